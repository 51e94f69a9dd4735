package generator

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A shape says where things stand in a Kublr cluster spec.
type shape struct {
	Kind      string
	Name      []string
	Space     []string
	Locations struct {
		Provider string
		Region   []string
	}
	Places map[string][]step // "": the cluster itself
}

// shapeOf gives the shape of a Kublr cluster, which the jsonnet library knows.
var shapeOf = sync.OnceValue(func() (s shape) {
	if err := json.Unmarshal(kublrencryption.Cluster(), &s); err != nil {
		panic(err) // it is embedded, and every test reads it
	}
	return s
})

// A cluster is a Kublr cluster spec with at least one AWS location.
type cluster struct {
	isPatch   bool // it has no locations: see patch.go
	name      string
	space     string
	root      place
	locations []location
}

// A location is one entry of a cluster's spec.locations.
type location struct {
	name   string
	aws    bool
	region string
}

// clusterAt reads the cluster that stands at a node. When there is none for us
// it says why not.
func clusterAt(root yamledit.Node) (c cluster, skipped string) {
	s := shapeOf()
	c.name, c.space = text(root.Lookup(s.Name...)), text(root.Lookup(s.Space...))
	c.root = place{node: root, dims: map[string]string{}}
	if c.name != "" {
		c.root.dims["cluster"] = c.name
	}
	steps := s.Places["location"]
	list, each := keysOf(steps[:len(steps)-1]), steps[len(steps)-1].Each
	at := root.Lookup(list...)
	if at.Kind() != yamledit.Sequence {
		c.isPatch = at.Kind() == yamledit.None
		return c, diag.Keys(list...).String() + " is " + at.Kind().String()
	}
	for _, n := range at.Elements() {
		c.locations = append(c.locations, location{
			name:   text(n.Get(each)),
			aws:    n.Get(s.Locations.Provider).Kind() == yamledit.Mapping,
			region: text(n.Lookup(s.Locations.Region...)),
		})
	}
	if !slices.ContainsFunc(c.locations, func(l location) bool { return l.aws }) {
		return c, "no AWS location"
	}
	return c, ""
}

// keysOf gives the keys of steps; "" for one to each element of a list.
func keysOf(steps []step) []string {
	var keys []string
	for _, s := range steps {
		keys = append(keys, s.Key)
	}
	return keys
}

// region gives the region of a place: that of the location it names, of the
// only location when it names none, and, for a place outside the groups, the
// one that all AWS locations share. Empty: the spec does not say.
func (c *cluster) region(dims map[string]string, ofGroup bool) string {
	if !ofGroup {
		regions := c.regions()
		if len(regions) == 1 {
			return regions[0]
		}
		return ""
	}
	name, named := dims["location"]
	if !named && len(c.locations) == 1 {
		return c.locations[0].region
	}
	for _, l := range c.locations {
		if named && l.name == name {
			return l.region
		}
	}
	return ""
}

// isOurs tells whether a place in a group stands in an AWS location.
func (c *cluster) isOurs(dims map[string]string) bool {
	name, named := dims["location"]
	return slices.ContainsFunc(c.locations, func(l location) bool {
		return l.aws && (named && l.name == name || !named && len(c.locations) == 1)
	})
}

// regions gives the regions of the AWS locations, each once; an empty string
// stands for a location that does not say.
func (c *cluster) regions() []string {
	var regions []string
	for _, l := range c.locations {
		if l.aws && !slices.Contains(regions, l.region) {
			regions = append(regions, l.region)
		}
	}
	return regions
}
