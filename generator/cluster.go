package generator

import (
	"bytes"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A shape says where things stand in a Kublr cluster spec.
type shape struct {
	Kind      string   `json:"kind"`
	Name      []string `json:"name"`
	Locations struct {
		In       []step   `json:"in"`
		Provider string   `json:"provider"`
		Region   []string `json:"region"`
		Account  []string `json:"account"`
	} `json:"locations"`
}

// A cluster is a Kublr cluster spec with at least one AWS location.
type cluster struct {
	name      string
	root      place
	locations []location
}

// A location is one entry of a cluster's spec.locations.
type location struct {
	name    string
	aws     bool
	region  string
	node    yamledit.Node
	field   diag.Field
	account yamledit.Node
}

// notACluster is why a document of another kind is skipped: not worth a word.
const notACluster = "another kind"

// clusterAt reads the cluster that stands at a node. When there is none for us
// it says why not.
func (s *shape) clusterAt(root yamledit.Node) (c cluster, skipped string) {
	if kind := text(root.Get("kind")); kind != s.Kind {
		return c, notACluster
	}
	c.name = text(root.Lookup(s.Name...))
	c.root = place{node: root, dims: map[string]string{}}
	if c.name != "" {
		c.root.dims["cluster"] = c.name
	}
	list, each := s.Locations.In[:len(s.Locations.In)-1], s.Locations.In[len(s.Locations.In)-1]
	at := root
	for _, step := range list {
		at = at.Get(step.Key)
	}
	if at.Kind() != yamledit.Sequence {
		if version := text(root.Get("apiVersion")); version != "" {
			return c, "a Cluster of " + version + ", not of Kublr"
		}
		return c, "a Cluster without " + diag.Keys(keysOf(list)...).String() + ", not of Kublr"
	}
	for i, n := range at.Elements() {
		c.locations = append(c.locations, location{
			name: text(n.Get(each.Each)), aws: n.Get(s.Locations.Provider).Kind() == yamledit.Mapping,
			region: text(n.Lookup(s.Locations.Region...)), account: n.Lookup(s.Locations.Account...),
			node: n, field: diag.Keys(keysOf(list)...).At(i),
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

// unrendered reports placeholders where the plan looks for what a cluster is: as
// long as they stand there, nobody can say which rules are about it.
func (c *cluster) unrendered(s *shape) diag.Findings {
	var findings diag.Findings
	look := func(n yamledit.Node, field diag.Field) {
		if t := text(n); strings.Contains(t, "${") || strings.Contains(t, "{{") {
			findings = append(findings, diag.Finding{
				Severity: diag.Error, Code: "template", Position: n.Position(), Field: field,
				Message: "holds a placeholder, so nobody can say yet what this cluster is",
				Hint:    "render the spec first",
			})
		}
	}
	look(c.root.node.Lookup(s.Name...), diag.Keys(s.Name...))
	each := s.Locations.In[len(s.Locations.In)-1].Each
	for _, l := range c.locations {
		look(l.node.Get(each), l.field.Key(each))
		look(l.node.Lookup(s.Locations.Region...), l.field.Key(s.Locations.Region...))
		look(l.account, l.field.Key(s.Locations.Account...))
	}
	return findings
}

// mayMatter tells, without parsing, whether a document may be one that is looked
// at: most files of a repository are not, and a parse of them would be wasted.
func mayMatter(doc []byte, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(doc, []byte(w)) })
}

// looksLikeCluster tells of a document that could not be parsed whether a Kublr
// cluster was meant: then it is refused, else it is none of our business.
func (s *shape) looksLikeCluster(doc []byte) bool {
	if !bytes.Contains(doc, []byte(s.Locations.In[len(s.Locations.In)-2].Key)) {
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
