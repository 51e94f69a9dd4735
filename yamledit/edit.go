package yamledit

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Want is a place in a document, and what must and must not stand there.
type Want struct {
	In     Node     // a mapping or list, or a null that becomes one
	At     []string // keys below In; what is missing or null on the way is created when something is set or appended
	Set    []Entry  // in a mapping, in the order in which missing keys are added
	Unset  []string // in a mapping
	Append []any    // to a list, each value that none of its elements equals
}

// An Entry is a key and the value it must have: nil, a bool, an int, a finite
// float64, a string, a list ([]any) of values, or a mapping, as []Entry in its
// order or as map[string]any by its keys. A [json.RawMessage] is written as it is,
// on one line. A value takes the place of one of its own kind or of a null: a
// scalar never replaces a mapping or a list.
type Entry struct {
	Key   string
	Value any
}

// A Result is what wants made of a document.
type Result struct {
	Text    []byte // the document's own bytes, not a copy, when nothing changed
	Changes []Change
	Splices []diag.Splice // what was put where in the document's bytes, as [diag.SortSplices] orders them
}

// A Change is one value that was set, appended or removed.
type Change struct {
	Field    diag.Field // of the mapping, or of the element that was appended
	Key      string     // empty for an element
	Old, New any        // as [Node.Value] gives them; nil when there was or is none
	Removed  bool
	Position diag.Position // of the key in the input; of the deepest mapping or list that was there when the value is new
}

// Edit sets entries in the mapping at a field, written as in spec.nodes[0].aws, of
// the one document in src, and gives the new text. Mappings that are missing are
// created. See [Document.Apply] for what holds of it.
func Edit(src []byte, field string, set ...Entry) ([]byte, error) {
	steps, err := diag.ParseField(field)
	if err != nil {
		return nil, err
	}
	d, err := Parse(src, diag.Position{})
	if err != nil {
		return nil, err
	}
	w := Want{In: d.Root(), Set: set}
	for i, step := range steps {
		index, isIndex := step.Index()
		if !isIndex {
			key, _ := step.Key()
			w.At = append(w.At, key)
			continue
		}
		list := w.In.Lookup(w.At...)
		if w.In = list.Index(index); w.In.Kind() == None {
			return nil, diag.Findings{codeNotAList.Finding(list.Position(), steps[:i+1], "is not there", "give an element that the list has")}
		}
		w.At = nil
	}
	r, err := d.Apply([]Want{w})
	return r.Text, err
}

// Apply brings the document to what is wanted. Nothing is half done: on an error, a
// [diag.Findings], there is no text. Where wants set one key twice the later one
// counts; what goes takes wants below it along.
//
// Where an anchor shares a place with others, it is edited once, at the anchor, and
// only when the outcome is what the wants ask for in every place.
func (d *Document) Apply(wants []Want) (Result, error) {
	f := draft{doc: d}
	var refused refusals
	for _, w := range wants {
		refused.add(f.take(w))
	}
	if refused.all == nil {
		f.prune()
		refused.all = f.prove(wants)
	}
	if refused.all != nil {
		return Result{}, refused.all
	}
	splices := f.splices()
	if splices == nil {
		return Result{Text: d.src}, nil
	}
	text, err := diag.Spliced(d.src, splices)
	if err != nil {
		return Result{}, diag.Findings{*d.unverified(d.root)}
	}
	diag.SortSplices(splices)
	if problem := f.verify(text, splices); problem != nil {
		return Result{}, diag.Findings{*problem}
	}
	return Result{text, f.changes(), splices}, nil
}

// refusals are findings, each once.
type refusals struct {
	all  diag.Findings
	seen map[string]bool
}

func (r *refusals) add(one *diag.Finding) {
	if one == nil || r.seen[one.String()] {
		return
	}
	if r.seen == nil {
		r.seen = map[string]bool{}
	}
	r.seen[one.String()] = true
	r.all = append(r.all, *one)
}

// holds tells whether all is as wanted, as a decoder sees it. The values are those of
// what is new.
func (w Want) holds() bool {
	target := w.In.Lookup(w.At...)
	for _, e := range w.Set {
		if v := target.Get(e.Key); v.Kind() == None || !v.isValue(decoded(e.Value)) {
			return false
		}
	}
	for _, v := range w.Append {
		if !target.has(decoded(v)) {
			return false
		}
	}
	return !slices.ContainsFunc(w.Unset, func(key string) bool { return target.Get(key).Kind() != None })
}

// has tells whether a list has an element that reads as a decoded value.
func (n Node) has(v any) bool {
	for _, e := range n.Elements() {
		if e.isValue(v) {
			return true
		}
	}
	return false
}
