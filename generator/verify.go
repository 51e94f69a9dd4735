package generator

import (
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// Verify lists every volume of one document that is not as intended, and storage
// in the clear that no rule covers. Output is the input: nothing is changed.
func (p *Plan) Verify(file string, chunk yamledit.Chunk, base Base) Result {
	doc, items, findings := p.read(file, chunk, p.shape().Kind, "StorageClass")
	if len(items) == 0 {
		return unread(chunk, findings)
	}
	return p.VerifyItems(doc, items, base)
}

// VerifyItems does what Verify does for clusters inside one document.
func (p *Plan) VerifyItems(doc *yamledit.Document, items []Item, base Base) Result {
	r := Result{Output: doc.Bytes()}
	for _, item := range items {
		s := p.survey(item, base)
		for _, c := range s.claims {
			s.add(item, c.gaps()...)
		}
		if s.Cluster == nil || s.Cluster.Skipped == "" {
			s.add(item, uncovered(item.Root)...)
		}
		r.Outcomes = append(r.Outcomes, s.Outcome)
	}
	return r
}

// gaps gives the finding for a volume that is not as claimed, if it is not: that
// it is not encrypted, or else that it has another key.
func (c claim) gaps() diag.Findings {
	target := c.target()
	if c.holds(target) {
		return nil
	}
	f := diag.Finding{
		Severity: diag.Error, Code: "wrong-key", Position: c.position(), Field: c.field(),
		Message: "has " + spellFields(target, c) + ", where the intent wants " + c.wants(),
		Hint:    "run `kublr-encryption apply`",
	}
	for _, entry := range c.set {
		if entry.Key == "encrypted" && target.Get(entry.Key).Value() != entry.Value {
			f.Code = "not-encrypted"
			if entry.Value == false || entry.Value == "false" {
				f.Code = "not-plain"
			}
		}
	}
	return diag.Findings{f}
}

// spellFields says what stands in a mapping of the fields a claim is about.
func spellFields(n yamledit.Node, c claim) string {
	var out string
	for _, entry := range c.set {
		out += spellField(n, entry.Key)
	}
	for _, key := range c.rule.Unset {
		if n.Get(key).Kind() != yamledit.None {
			out += spellField(n, key)
		}
	}
	return out[len(", "):]
}

func spellField(n yamledit.Node, key string) string {
	field := n.Get(key)
	if isNothing(field) {
		return ", no " + key
	}
	if s, ok := field.Value().(string); ok && (s == "true" || s == "false") {
		return fmt.Sprintf(", %s: '%s'", key, s)
	}
	return fmt.Sprintf(", %s: %v", key, field.Value())
}
