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

	list []string // the keys that lead to its locations
	refs []string // the fields by which groups' places refer to one
}

// shapeOf gives the shape of a Kublr cluster, which the jsonnet library knows.
var shapeOf = sync.OnceValue(func() (s shape) {
	if err := json.Unmarshal(kublrencryption.Cluster(), &s); err != nil {
		panic(err) // it is embedded, and every test reads it
	}
	steps := s.Places["location"]
	s.list = keysOf(steps[:len(steps)-1])
	for _, steps := range s.Places {
		if len(steps) > 0 && last(steps).As == "location" && !slices.Contains(s.refs, last(steps).Each) {
			s.refs = append(s.refs, last(steps).Each)
		}
	}
	return s
})

func last[T any](all []T) T { return all[len(all)-1] }

// A cluster is a Kublr cluster spec.
type cluster struct {
	isPatch   bool // it has no locations: see patch.go
	name      string
	space     string
	root      place
	locations []location
	wrong     diag.Findings // with its locations
	unclear   diag.Findings // what nobody can tell of them
}

// A location is one entry of a cluster's spec.locations.
type location struct {
	name    string
	aws     bool
	isOther bool // of another provider
	region  string
}

// clusterAt reads the cluster that stands at a node.
func clusterAt(root yamledit.Node) (c cluster) {
	s := shapeOf()
	c.name, c.space = text(root.Lookup(s.Name...)), text(root.Lookup(s.Space...))
	c.root = place{node: root, dims: map[string]string{}}
	if c.name != "" {
		c.root.dims["cluster"] = c.name
	}
	list := root.Lookup(s.list...)
	wrong := func(p problem) { c.wrong = append(c.wrong, p.finding()) }
	unclear := func(say string, at place) { c.unclear = append(c.unclear, problem{say, at, ""}.finding()) }
	for i := range s.Name[1:] {
		keys := s.Name[:i+1]
		misspelt(place{node: root.Lookup(keys[:i]...), field: diag.Keys(keys[:i]...)}, keys[i], wrong)
	}
	walk(place{node: root, dims: map[string]string{}}, s.Places["location"], func(at place) {
		c.locations = append(c.locations, locationAt(at, wrong))
		if l := last(c.locations); !l.aws && !l.isOther {
			unclear("provider-unknown", at)
		}
	}, func(p problem) {
		switch p.say {
		case "null-group":
		case "no-volume/null":
			unclear("provider-unknown", p.at)
		default:
			wrong(p)
		}
	})
	switch at := (place{node: list, field: diag.Keys(s.list...)}); {
	case list.Kind() == yamledit.None:
		c.isPatch = len(c.wrong) == 0
	case len(c.locations) == 0 && len(c.wrong)+len(c.unclear) == 0:
		unclear("provider-unknown/none", at)
	}
	return c
}

func locationAt(at place, wrong func(problem)) location {
	s := shapeOf()
	provider := s.Locations.Provider
	misspelt(at, provider, wrong)
	l := location{name: text(at.node.Get(last(s.Places["location"]).Each)), region: text(at.node.Lookup(s.Locations.Region...))}
	switch n := at.node.Get(provider); n.Kind() {
	case yamledit.Mapping:
		l.aws = true
	case yamledit.None, yamledit.Null:
		l.isOther = isOthers(at.node)
	default:
		wrong(problem{"not-a-mapping", place{node: n, field: at.field.Key(provider)}, ""})
	}
	return l
}

// isOthers tells whether a location, or a group's, is of another provider than ours: it
// has a mapping, and none that is nearly called as ours.
func isOthers(n yamledit.Node) bool {
	found := false
	for key, value := range n.Entries() {
		if isAlike(key.Text(), shapeOf().Locations.Provider) && value.Kind() == yamledit.Mapping {
			return false
		}
		found = found || value.Kind() == yamledit.Mapping
	}
	return found
}

// isAWS tells whether one of the cluster's locations is in AWS.
func (c *cluster) isAWS() bool {
	return slices.ContainsFunc(c.locations, func(l location) bool { return l.aws })
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
	l := c.location(dims)
	return l != nil && l.aws
}

// location gives the location that a place in a group refers to: none is the only one.
func (c *cluster) location(dims map[string]string) *location {
	name, named := dims["location"]
	for i := range c.locations {
		if named && c.locations[i].name == name || !named && len(c.locations) == 1 {
			return &c.locations[i]
		}
	}
	return nil
}

// isElsewhere tells whether a group's location is plainly of another provider: it refers
// to such a one or, where nobody knows to which, is written so itself.
func (c *cluster) isElsewhere(at place) bool {
	if l := c.location(at.dims); l != nil {
		return l.isOther
	}
	return isOthers(at.node)
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
