package generator

import (
	"bytes"
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
	name      string
	root      place
	locations []location
}

// A location is one entry of a cluster's spec.locations.
type location struct {
	name   string
	aws    bool
	region string
}

// notACluster is why a document of another kind is skipped: not worth a word.
const notACluster = "another kind"

// clusterAt reads the cluster that stands at a node. When there is none for us
// it says why not.
func clusterAt(root yamledit.Node) (c cluster, skipped string) {
	s := shapeOf()
	if kind := text(root.Get("kind")); kind != s.Kind {
		return c, notACluster
	}
	c.name = text(root.Lookup(s.Name...))
	c.root = place{node: root, dims: map[string]string{}}
	if c.name != "" {
		c.root.dims["cluster"] = c.name
	}
	steps := s.Places["location"]
	list, each := keysOf(steps[:len(steps)-1]), steps[len(steps)-1].Each
	at := root.Lookup(list...)
	if at.Kind() != yamledit.Sequence {
		if version := text(root.Get("apiVersion")); version != "" {
			return c, "a Cluster of " + version + ", not of Kublr"
		}
		return c, "a Cluster without " + diag.Keys(list...).String() + ", not of Kublr"
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

// mayMatter tells, without parsing, whether a document may be one that is looked
// at: most files of a repository are not, and a parse of them would be wasted.
func mayMatter(doc []byte, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(doc, []byte(w)) })
}

// looksLikeCluster tells of a document that could not be parsed whether a Kublr
// cluster was meant: then it is refused, else it is none of our business.
func looksLikeCluster(doc []byte) bool {
	s := shapeOf()
	steps := s.Places["location"]
	if !bytes.Contains(doc, []byte(steps[len(steps)-2].Key)) {
		return false
	}
	for line := range bytes.Lines(doc) {
		rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, "- {\t\"'\ufeff"), []byte("kind"))
		if !ok {
			continue
		}
		if rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, "\"': \t"), []byte(s.Kind)); ok && !startsWord(rest) {
			return true
		}
	}
	return false
}

func startsWord(b []byte) bool {
	return len(b) > 0 && (b[0] >= 'a' && b[0] <= 'z' || b[0] >= 'A' && b[0] <= 'Z')
}
