package generator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
	"sigs.k8s.io/yaml"
)

// Verify lists every volume of one document that is not as intended, and storage
// in the clear that no rule covers. Output is the input: nothing is changed.
func (p *Plan) Verify(file string, chunk yamledit.Chunk, base Base) Result {
	doc, items, outcome := p.read(file, chunk, storageWords()...)
	if doc == nil {
		return Result{Output: chunk.Bytes, Outcomes: []Outcome{outcome}}
	}
	return Result{Output: doc.Bytes(), Outcomes: p.VerifyItems(items, base)}
}

// VerifyItems lists what of some objects is not as intended, and storage in the clear
// among them that no rule covers.
func (p *Plan) VerifyItems(items []Item, base Base) (outcomes []Outcome) {
	gate := p.AsGate()
	for _, item := range items {
		s := gate.survey(item, base)
		for _, c := range s.claims {
			s.add(item, c.gaps()...)
			s.Cluster.Keys = append(s.Cluster.Keys, c.uses(item.File, s.Cluster.Regions)...)
		}
		if !s.isLeft {
			s.add(item, p.intents[0].fold(looks().Uncovered, &cluster{root: place{node: item.Root}})...)
		}
		if !s.isLeft && s.Cluster != nil {
			s.add(item, p.intents[0].fold(looks().Classes, &cluster{root: place{node: item.Root}})...)
		}
		outcomes = append(outcomes, s.Outcome)
	}
	return outcomes
}

// read gives a document and its objects, if the reader of reference finds the same in it
// as we do: where a text is unusual, a volume may be encrypted for one of the two.
func (p *Plan) read(file string, chunk yamledit.Chunk, words ...string) (*yamledit.Document, []Item, Outcome) {
	doc, items, outcome := read(file, chunk, words...)
	if doc == nil || !doc.IsUnusual() {
		return doc, items, outcome
	}
	if wrong := p.ReadOtherwise(items, Reference(chunk.Bytes)); wrong != nil {
		return nil, nil, Outcome{Unread: true, Findings: wrong}
	}
	return doc, items, outcome
}

// Reference gives what the reader of reference finds in a text; nothing where it
// refuses it, and so does not take it for green.
func Reference(text []byte) yamledit.Node {
	read, err := yaml.YAMLToJSON(text)
	if err != nil {
		return yamledit.Node{}
	}
	doc, err := yamledit.Parse(read, diag.Position{})
	if err != nil {
		doc, _ = yamledit.Parse([]byte("null"), diag.Position{}) // nothing like what we read
	}
	return doc.Root()
}

// ReadOtherwise says of the items in one place, such as a document that is written in
// unusual ways, when the reader of reference finds something else there.
func (p *Plan) ReadOtherwise(items []Item, theirs yamledit.Node) diag.Findings {
	if theirs.Kind() == yamledit.None || !slices.ContainsFunc(items, func(i Item) bool { return whose(i.Root) == kublrs }) {
		return nil
	}
	if found(p.VerifyItems(items, Base{})) == found(p.VerifyItems(ItemsIn(items[0].File, theirs), Base{})) {
		return nil
	}
	return readOtherwise(items)
}

// found gives what outcomes say, wherever it stands in the text.
func found(outcomes []Outcome) string {
	var b strings.Builder
	for _, o := range outcomes {
		if o.Cluster != nil {
			fmt.Fprintln(&b, o.Cluster.Name, o.Cluster.Regions, o.Cluster.Volumes, o.Cluster.Skipped)
		}
		var lines []string
		for _, f := range o.Findings {
			f.Position = diag.Position{}
			lines = append(lines, f.String())
		}
		slices.Sort(lines)
		fmt.Fprintln(&b, strings.Join(lines, "\n"))
	}
	return b.String()
}

// gaps gives the finding for a volume that is not as claimed, if it is not: that
// it is not encrypted, or else that it has another key.
func (c claim) gaps() diag.Findings {
	target := c.target()
	wrong, ok := c.firstGap(target)
	if !ok {
		return nil
	}
	var has []string
	for _, entry := range c.set {
		has = append(has, spellField(target, entry.Key))
	}
	for _, key := range c.unset() {
		has = append(has, spellField(target, key))
	}
	return diag.Findings{c.say(c.rule.gap(wrong), map[string]string{"has": strings.Join(has, ", "), "wants": c.wants()})}
}

// firstGap gives the first field of a mapping that is not as the claim wants it.
func (c claim) firstGap(n yamledit.Node) (field string, ok bool) {
	for _, entry := range c.set {
		if n.Get(entry.Key).Value() != entry.Value {
			return entry.Key, true
		}
	}
	for _, key := range c.gone {
		if !isNothing(n.Get(key)) {
			return key, true
		}
	}
	return "", false
}

// gap gives the wording of a field that is not so, in any spelling.
func (r *rule) gap(field string) string {
	for name, wording := range r.Gaps {
		if strings.EqualFold(name, field) {
			return wording
		}
	}
	return ""
}

func spellField(n yamledit.Node, key string) string {
	field := n.Get(key)
	if isNothing(field) {
		return "no " + key
	}
	return key + ": " + spell(field)
}
