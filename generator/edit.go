package generator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// An Item is one document's root, or a node inside a larger document, and the
// file it is known by.
type Item struct {
	File string
	Path string // of the node in its document, such as items[2]; empty for a root
	Root yamledit.Node
}

// A Result is what a plan made of one document or list.
type Result struct {
	Output   []byte // the new bytes; the input's, untouched, when nothing changed or an error was found
	Clusters []Cluster
	Findings []Finding
}

// A Cluster is what became of one Kublr cluster that was looked at.
type Cluster struct {
	Name    string // metadata.name, may be empty
	Item    int    // index of the item it stands in
	File    string
	Regions []string // of its AWS locations, as far as they say
	Volumes int      // how many volumes the plan claims
	Changes []yamledit.Change
	Skipped string // why it was left alone; empty when it was not
}

// Edit makes one document of a file as intended: it sets what the rules ask for
// and keeps every other byte. What is not a Kublr cluster comes back as it is; an
// error among the findings leaves the document as it was.
func (p *Plan) Edit(file string, chunk yamledit.Chunk, base Base) Result {
	doc, items, findings := p.read(file, chunk, p.shape().Kind)
	if len(items) == 0 {
		return Result{Output: chunk.Bytes, Findings: findings}
	}
	return p.EditItems(doc, items, base)
}

// EditItems does what Edit does for clusters that stand inside one document, such
// as a ResourceList. One error, and none of them is changed.
func (p *Plan) EditItems(doc *yamledit.Document, items []Item, base Base) Result {
	r := Result{Output: doc.Bytes()}
	var edits []yamledit.Edit
	for i, item := range items {
		s := p.survey(i, item, base)
		for _, f := range s.findings {
			r.Findings = append(r.Findings, f.in(i, item))
		}
		if s.cluster == nil {
			continue
		}
		for _, c := range s.claims {
			edits = append(edits, c.edit())
		}
		r.Clusters = append(r.Clusters, *s.cluster)
	}
	out, changes, err := doc.Apply(edits)
	if err != nil {
		r.Findings = append(r.Findings, refused(items, err)...)
	}
	if HasErrors(r.Findings) {
		return r
	}
	r.Output = out
	for _, change := range changes {
		item := itemAt(items, change.Position)
		change.Path = strings.TrimPrefix(change.Path, items[item].Path+".")
		k, _ := slices.BinarySearchFunc(r.Clusters, item, func(c Cluster, item int) int { return cmp.Compare(c.Item, item) })
		r.Clusters[k].Changes = append(r.Clusters[k].Changes, change)
	}
	return r
}

// refused gives the editor's refusals the item they are about.
func refused(items []Item, err error) []Finding {
	findings := refusals("", err)
	for i := range findings {
		f := &findings[i]
		f.Item = itemAt(items, f.Position)
		f.File = items[f.Item].File
		f.Cluster = text(items[f.Item].Root.Lookup("metadata", "name"))
		f.Path = strings.TrimPrefix(f.Path, items[f.Item].Path+".")
	}
	return findings
}

// itemAt finds the item a place stands in: the last that starts at or before it.
func itemAt(items []Item, at yamledit.Position) int {
	i, _ := slices.BinarySearchFunc(items, at.Byte+1, func(item Item, b int) int {
		return cmp.Compare(item.Root.Position().Byte, b)
	})
	return max(i-1, 0)
}

// read parses one document if it may be one of ours. A document that is not YAML
// is refused only when a Kublr cluster was meant.
func (p *Plan) read(file string, chunk yamledit.Chunk, words ...string) (*yamledit.Document, []Item, []Finding) {
	if !mayMatter(chunk.Bytes, words...) {
		return nil, nil, nil
	}
	doc, err := yamledit.Parse(chunk.Bytes, chunk.Start)
	switch {
	case err == nil:
		return doc, []Item{{File: file, Root: doc.Root()}}, nil
	case p.shape().looksLikeCluster(chunk.Bytes):
		return nil, nil, refusals(file, err)
	default:
		return nil, nil, nil
	}
}

func (p *Plan) shape() *shape { return &p.intents[0].Shape }

// A survey is what a plan says of one item before anything is changed.
type survey struct {
	cluster  *Cluster // nil when the item is no Kublr cluster
	claims   []claim
	findings []Finding
}

func (p *Plan) survey(index int, item Item, base Base) survey {
	c, skipped := p.shape().clusterAt(item.Root)
	if skipped == notACluster {
		return survey{}
	}
	s := survey{cluster: &Cluster{Name: c.name, Item: index, File: item.File, Skipped: skipped}}
	if s.findings = c.unrendered(p.shape()); len(s.findings) > 0 {
		return s
	}
	selected := p.selecting(c)
	if skipped == "" && len(selected) == 0 {
		s.cluster.Skipped = "not selected by the intent's spec.clusters"
	}
	if s.cluster.Skipped != "" {
		return s
	}
	s.claims, s.findings = p.claims(c, selected)
	s.cluster.Volumes = len(s.claims)
	s.cluster.Regions = slices.DeleteFunc(c.regions(), func(region string) bool { return region == "" })
	s.findings = append(s.findings, base.runningChanges(c, s.claims)...)
	return s
}

// selecting gives the intents that are about a cluster.
func (p *Plan) selecting(c cluster) []*expansion {
	var selected []*expansion
	for _, e := range p.intents {
		if slices.ContainsFunc(e.Clusters, func(pattern string) bool { return matchName(pattern, c.name) }) {
			selected = append(selected, e)
		}
	}
	return selected
}
