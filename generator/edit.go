package generator

import (
	"cmp"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// An Item is one object, what it stands in, and the file it is known by.
type Item struct {
	File string
	In   yamledit.Node // a document's root, or an item of a ResourceList; Root itself where it is no list
	Root yamledit.Node
}

// ItemsIn gives the objects at a document's root or an item of a ResourceList.
func ItemsIn(file string, at yamledit.Node) []Item {
	var items []Item
	for object := range objects(at) {
		items = append(items, Item{file, at, object})
	}
	return items
}

// A Result is what a plan made of one document or list.
type Result struct {
	Output   []byte        // the new bytes; the input's, untouched, when nothing changed or an error was found
	Splices  []diag.Splice // what was put where in the input, in order
	Outcomes []Outcome     // one for each item, in their order
}

// HasErrors tells whether an error was found in one of the items.
func (r Result) HasErrors() bool {
	return slices.ContainsFunc(r.Outcomes, func(o Outcome) bool { return o.Findings.HasErrors() })
}

// An Outcome is what became of one item.
type Outcome struct {
	Name     string   // metadata.name, whatever the item is; may be empty
	Cluster  *Cluster // nil when the item is no Kublr cluster
	Foreign  string   // the apiVersion of another project's Cluster; empty when the item is none
	Unread   bool     // whether it was refused before anything in it could be looked at
	Findings diag.Findings
}

// A Cluster is what became of one Kublr cluster that was looked at.
type Cluster struct {
	Name    string // metadata.name, may be empty
	File    string
	Regions []string // of its AWS locations, as far as they say
	Volumes int      // how many volumes the plan claims
	Changes []yamledit.Change
	Skipped string   // why it was left alone; empty when it was not
	Keys    []KeyUse // that its volumes name, as [Plan.Verify] finds them
}

// Edit makes one document of a file as intended: it sets what the rules ask for
// and keeps every other byte. What is not a Kublr cluster comes back as it is; an
// error among the findings leaves the document as it was.
func (p *Plan) Edit(file string, chunk yamledit.Chunk, base Base) Result {
	doc, items, outcome := p.read(file, chunk)
	if doc == nil {
		return Result{Output: chunk.Bytes, Outcomes: []Outcome{outcome}}
	}
	wants, outcomes := p.Wants(items, base)
	r := Result{Output: doc.Bytes(), Outcomes: outcomes}
	made, err := doc.Apply(wants)
	Settle(items, outcomes, made, err)
	if !r.HasErrors() {
		r.Output, r.Splices = made.Text, made.Splices
	}
	return r
}

// Wants gives what the plan asks for in the clusters among the items of one document,
// such as a ResourceList, and what it says of each item before anything is changed.
func (p *Plan) Wants(items []Item, base Base) (wants []yamledit.Want, outcomes []Outcome) {
	for _, item := range items {
		s := p.survey(item, base)
		for _, c := range s.claims {
			wants = append(wants, c.want())
		}
		outcomes = append(outcomes, s.Outcome)
	}
	return wants, outcomes
}

// Settle adds what the editor refused, and what of its changes SOPS would, to the
// outcomes of the items it is about, and gives the rest. Where there is no error then,
// it adds the changes.
func Settle(items []Item, outcomes []Outcome, made yamledit.Result, err error) (rest diag.Findings) {
	for _, f := range append(refusals("", err), sopsRefusals(items, made.Changes)...) {
		i := itemAt(items, f.Position)
		if i < 0 || !items[i].has(f.Field) {
			rest = append(rest, f)
			continue
		}
		f.File, f.Field = items[i].File, items[i].below(f.Field)
		outcomes[i].Findings = append(outcomes[i].Findings, f)
	}
	if (Result{Outcomes: outcomes}).HasErrors() {
		return rest
	}
	for _, change := range made.Changes {
		i := itemAt(items, change.Position)
		if i < 0 || !items[i].has(change.Field) || outcomes[i].Cluster == nil {
			continue // of the list, or an item that others than the plan want something of
		}
		change.Field = items[i].below(change.Field)
		outcomes[i].Cluster.Changes = append(outcomes[i].Cluster.Changes, change)
	}
	return rest
}

// has tells whether a field of the document is in what the item stands in.
func (i Item) has(f diag.Field) bool {
	in := i.In.Field()
	return slices.Equal(in, f[:min(len(in), len(f))])
}

// below gives a field of the document as one of what the item stands in.
func (i Item) below(f diag.Field) diag.Field { return f[min(len(i.In.Field()), len(f)):] }

// add adds findings about the item's root. They get its file, and their fields the
// way to it, where they do not name a file of their own.
func (o *Outcome) add(item Item, findings ...diag.Finding) {
	way := item.below(item.Root.Field())
	for _, f := range findings {
		if f.File == "" {
			f.File, f.Field = item.File, append(slices.Clip(way), f.Field...)
		}
		o.Findings = append(o.Findings, f)
	}
}

// itemAt finds the item a place stands in: the last that starts at or before it, else the first; -1 without items.
func itemAt(items []Item, at diag.Position) int {
	i, _ := slices.BinarySearchFunc(items, at.Byte+1, func(item Item, b int) int {
		return cmp.Compare(item.Root.Position().Byte, b)
	})
	return min(max(i-1, 0), len(items)-1)
}

// A survey is what a plan says of one item before anything is changed.
type survey struct {
	Outcome
	claims []claim // that can be edited
	isLeft bool    // whether it is a cluster that no intent is about
}

// doubt adds findings about what an edit cannot help, and a gate must not pass.
func (p *Plan) doubt(s *survey, item Item, findings ...diag.Finding) {
	for _, f := range findings {
		if !p.isGate && f.Severity == diag.Error {
			f.Severity = diag.Warning
		}
		s.add(item, f)
	}
}

func (p *Plan) survey(item Item, base Base) survey {
	s := survey{Outcome: Outcome{Name: text(item.Root.Lookup("metadata", "name"))}}
	switch whose(item.Root) {
	case nobodys:
		if f, ok := misspeltKind(item.Root); ok {
			p.doubt(&s, item, f)
			return s
		}
		p.strays(place{node: item.Root}, func(f diag.Finding) { s.add(item, f) })
		return s
	case anothers:
		s.Foreign = cmp.Or(text(item.Root.Get("apiVersion")), "no apiVersion")
		p.below(item, &s)
		return s
	}
	p.below(item, &s)
	c := clusterAt(item.Root)
	s.Cluster = &Cluster{Name: c.name, File: item.File}
	isOurs := c.isAWS() || c.isPatch
	if !isOurs && len(c.wrong)+len(c.unclear) == 0 {
		s.Cluster.Skipped, s.isLeft = "no AWS location", true
		return s
	}
	selected := p.selecting(item.File, c)
	if len(selected) == 0 {
		s.Cluster.Skipped, s.isLeft = p.unselected(item.File), true
	}
	// As long as it is not known what a cluster is, nobody can say which rules are about it.
	if unrendered := p.intents[0].fold(looks().Unrendered, &c); len(unrendered) > 0 {
		s.add(item, unrendered...)
		return s
	}
	if len(selected) == 0 {
		if c.name == "" {
			p.doubt(&s, item, problem{"cluster-unnamed", c.root, ""}.finding())
		}
		return s
	}
	p.doubt(&s, item, c.unclear...)
	if !isOurs {
		s.add(item, c.wrong...)
		s.Cluster.Skipped = "nobody can tell where it is"
		return s
	}
	d := p.demand(c, selected)
	if c.isPatch {
		p.patched(&s, item, d)
		return s
	}
	s.claims = d.claims
	s.Cluster.Volumes = len(d.claims)
	s.Cluster.Regions = slices.DeleteFunc(c.regions(), func(region string) bool { return region == "" })
	s.add(item, d.findings...)
	p.doubt(&s, item, d.doubts...)
	s.add(item, base.runningChanges(c, d.claims)...)
	return s
}

// unselected says why no intent is about a cluster of a file.
func (p *Plan) unselected(file string) string {
	if slices.ContainsFunc(p.intents, func(e *expansion) bool { return e.intent.isFor == nil || e.intent.isFor(file) }) {
		return "not selected by the intent's spec.clusters"
	}
	return "no intent stands in its folder or above"
}

// selecting gives the intents that are about a cluster of a file.
func (p *Plan) selecting(file string, c cluster) []*expansion {
	var selected []*expansion
	for _, e := range p.intents {
		if e.intent.isFor != nil && !e.intent.isFor(file) {
			continue
		}
		isSelected := false
		for i, pattern := range e.Clusters {
			if matchName(pattern, c.name) {
				e.chosen[i].Store(true)
				isSelected = true
			}
		}
		if isSelected {
			selected = append(selected, e)
		}
	}
	return selected
}
