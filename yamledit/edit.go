package yamledit

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// An Edit is one mapping and what must and must not stand in it.
type Edit struct {
	In    Node     // a mapping, or a null that becomes one
	At    []string // keys below In; mappings that are missing or null are created when Set needs them
	Set   []Entry  // in the order in which missing keys are added
	Unset []string
}

// An Entry is a key and the value it must have: a bool or a string.
type Entry struct {
	Key   string
	Value any
}

// A Change is one key that an edit set or removed.
type Change struct {
	Field            diag.Field // of the mapping
	Key              string
	Old, New         any // as Node.Value gives them; nil when there was or is none
	Removed, Created bool
	Position         diag.Position // of the key in the input; of the deepest mapping that was there when it is new
}

// Apply makes the edits and gives the new bytes and what was changed. Nothing is
// half done: on an error, a [diag.Findings], there are
// no bytes. When every value is as wanted already, out is the document's own
// bytes, not a copy, however it is written. Where edits set one key twice the
// later one wins; a mapping that goes takes the edits in it along.
func (d *Document) Apply(edits []Edit) (out []byte, changes []Change, err error) {
	f := draft{doc: d}
	var refused diag.Findings
	for _, e := range edits {
		if e.holds() {
			continue
		}
		if problem := f.take(e); problem != nil && !slices.ContainsFunc(refused, func(other diag.Finding) bool { return other.String() == problem.String() }) {
			refused = append(refused, *problem)
		}
	}
	if refused != nil {
		return nil, nil, refused
	}
	if len(f.changes) == 0 {
		return d.src, nil, nil
	}
	f.prune()
	splices := f.splices()
	if out, err = diag.Spliced(d.src, splices); err != nil {
		return nil, nil, err
	}
	if problem := f.verify(out, splices); problem != nil {
		return nil, nil, diag.Findings{*problem}
	}
	return out, f.changes, nil
}

// holds tells whether all is as the edit wants it, as a decoder sees it.
func (e Edit) holds() bool {
	target := e.In.Lookup(e.At...)
	for _, entry := range e.Set {
		if v := target.Get(entry.Key); v.Kind() != Scalar || v.Value() != entry.Value {
			return false
		}
	}
	return !slices.ContainsFunc(e.Unset, func(key string) bool { return target.Get(key).Kind() != None })
}
