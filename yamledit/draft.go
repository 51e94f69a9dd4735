package yamledit

import (
	"maps"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A draft is what wants amount to, node by node, before any text is made of it.
// Aliases are followed: what several places share stands in it once.
type draft struct {
	doc      *Document
	grown    map[int32]*growth // what is added to a mapping
	longer   map[int32][]any   // what is added to a list
	replaced map[int32]*cell   // what comes in place of a value
	removed  map[int32]bool    // values that go, with their keys
	below    map[int32]bool    // nodes at or below which something is drafted
	isShared bool              // something is drafted in what aliases share
	notes    []note
}

// A spot is a value as the draft has it: a node, or the cell that comes in its place
// or below it. node is the deepest one that is in the document.
type spot struct {
	node int32
	cell *cell
}

// take adds a want to the draft; the finding, if any, leaves it half added.
func (f *draft) take(w Want) *diag.Finding {
	w, problem := f.understood(w)
	if problem != nil {
		return problem
	}
	if w.holds() && !f.near(w) {
		return nil
	}
	d := f.doc
	id := w.In.followed().id
	for up := id; up != 0; up = d.nodes[up].parent {
		if problem := d.merged(up); problem != nil {
			return problem
		}
	}
	creates := len(w.Set)+len(w.Append) > 0
	at, field := f.spot(id), w.In.Field()
	for _, key := range w.At {
		if at, problem = f.step(at, key, creates); problem != nil || at == (spot{}) {
			return problem
		}
		field = field.Key(key)
	}
	kind := Mapping
	if len(w.Append) > 0 && len(w.Set)+len(w.Unset) == 0 {
		kind = Sequence
	}
	if at, problem = f.become(at, kind, creates); problem != nil || at == (spot{}) {
		return problem
	}
	if kind == Sequence {
		f.add(at, field, w.Append)
		return nil
	}
	for _, e := range w.Set {
		if problem := f.set(at, field, e); problem != nil {
			return problem
		}
	}
	for _, key := range w.Unset {
		if problem := f.unset(at, field, key); problem != nil {
			return problem
		}
	}
	return nil
}

// understood gives a want with its values as what is new.
func (f *draft) understood(w Want) (Want, *diag.Finding) {
	bad := func(problem string) (Want, *diag.Finding) {
		return w, f.doc.refuse(w.In.id, codeBadEdit, problem, "mend the program that asks for the edit")
	}
	switch {
	case w.In.id == 0:
		return w, f.doc.refuse(f.doc.root, codeNotAMapping, "has nothing where a mapping or list is needed", "write one there")
	case w.In.doc != f.doc:
		finding := codeBadEdit.Finding(f.doc.position(0), nil, "is to be edited at a place of another document", "parse the document and find the place in it")
		return w, &finding
	case len(w.Append) > 0 && len(w.Set)+len(w.Unset) > 0:
		return bad("is to be a list and a mapping")
	}
	for _, key := range w.At {
		if problem := badKey(key); problem != "" {
			return bad(problem)
		}
	}
	entries, problem := asGrowth(w.Set)
	if problem != "" {
		return bad("is to have a value that " + problem)
	}
	list, problem := asNew(w.Append)
	if problem != "" {
		return bad("is to have an element that " + problem)
	}
	w.Set = nil
	for _, c := range entries.(*growth).cells {
		w.Set = append(w.Set, Entry{c.key, c.value})
	}
	w.Append = list.([]any)
	return w, nil
}

// near tells whether what is drafted may have changed what a want is about.
func (f *draft) near(w Want) bool {
	n := w.In
	for _, key := range w.At {
		next := n.Get(key)
		if next.id == 0 {
			break
		}
		n = next
	}
	id := n.followed().id
	if f.below[id] {
		return true
	}
	for up := id; up != 0; up = f.doc.nodes[up].parent {
		if f.replaced[up] != nil || f.removed[up] {
			return true
		}
	}
	return false
}

func (f *draft) spot(id int32) spot {
	id = f.doc.follow(id)
	return spot{id, f.replaced[id]}
}

// mark notes that something is drafted at a node.
func (f *draft) mark(id int32) {
	for up := id; up != 0 && !f.below[up]; up = f.doc.nodes[up].parent {
		f.below = put(f.below, up, true)
		f.isShared = f.isShared || f.doc.nodes[up].flags&isAliased != 0
	}
}

func put[V any](m map[int32]V, id int32, v V) map[int32]V {
	if m == nil {
		m = map[int32]V{}
	}
	m[id] = v
	return m
}

// become gives a spot that is a mapping or a list. A null is made one when creates
// says so; else there is no spot.
func (f *draft) become(at spot, kind Kind, creates bool) (spot, *diag.Finding) {
	d := f.doc
	have := d.node(at.node).Kind()
	if at.cell != nil {
		if s, ok := at.cell.value.(spelt); ok {
			at.cell.value, _ = asNew(s.value)
		}
		have = kindOf(at.cell.value)
	}
	switch {
	case have == kind:
		return at, nil
	case have != Null:
		return spot{}, d.unlike(at.node, have, kind)
	case !creates:
		return spot{}, nil
	}
	if at.cell == nil {
		if problem := d.fillable(at.node, kind); problem != nil {
			return spot{}, problem
		}
		at.cell = &cell{}
		f.replaced = put(f.replaced, at.node, at.cell)
		f.mark(at.node)
	}
	if at.cell.value = any(&growth{}); kind == Sequence {
		at.cell.value = []any{}
	}
	return at, nil
}

// step goes from a mapping to what stands under a key of its own, which is made when
// creates says so; else there may be no spot.
func (f *draft) step(at spot, key string, creates bool) (spot, *diag.Finding) {
	at, problem := f.become(at, Mapping, creates)
	if problem != nil || at == (spot{}) {
		return at, problem
	}
	d := f.doc
	if at.cell == nil {
		if problem := d.brings(at.node, key); problem != nil {
			return spot{}, problem
		}
		v := d.own(at.node, key)
		if v != 0 && !f.removed[v] {
			return f.spot(v), d.merged(d.follow(v))
		}
		if !creates {
			c := f.grown[at.node].cell(key)
			if c == nil {
				return spot{}, nil
			}
			return spot{at.node, c}, nil
		}
		c, problem := f.fresh(at.node, v, key)
		return spot{at.node, c}, problem
	}
	g := at.cell.value.(*growth)
	if g.cell(key) == nil && !creates {
		return spot{}, nil
	}
	return spot{at.node, g.put(key)}, nil
}

// fresh gives the cell for a key of a mapping in the document that has none, or
// whose value v goes.
func (f *draft) fresh(mapping, v int32, key string) (*cell, *diag.Finding) {
	d := f.doc
	f.mark(mapping)
	if v != 0 {
		if d.nodes[v].kind == alias {
			return nil, d.sharedWith(d.node(v), d.nodes[v].first)
		}
		delete(f.removed, v)
		c := &cell{}
		f.replaced = put(f.replaced, v, c)
		return c, nil
	}
	if d.nodes[mapping].flags&pair != 0 {
		return nil, d.refuse(mapping, codeNotAMapping, "is a mapping without braces", "put it in braces")
	}
	g := f.grown[mapping]
	if g == nil {
		g = &growth{}
		f.grown = put(f.grown, mapping, g)
	}
	return g.put(key), nil
}

// set brings one key of a mapping to its value.
func (f *draft) set(at spot, field diag.Field, e Entry) *diag.Finding {
	d := f.doc
	if at.cell != nil {
		at.cell.value.(*growth).put(e.Key).value = e.Value
		f.note(at, field, e.Key)
		return nil
	}
	v, brought, value := d.own(at.node, e.Key), d.node(at.node).merged(e.Key), decoded(e.Value)
	switch {
	case brought.id != 0 && !brought.isValue(value):
		return d.brings(at.node, e.Key)
	case brought.id != 0 && v == 0: // as wanted
		return nil
	case v == 0 || f.removed[v]:
		c, problem := f.fresh(at.node, v, e.Key)
		if problem == nil {
			c.value = e.Value
			f.note(at, field, e.Key)
		}
		return problem
	}
	target, have, want := d.follow(v), d.node(v).Kind(), kindOf(e.Value)
	if have != want && have != Null && !(have == Scalar && want == Null) {
		return d.unlike(v, have, want)
	}
	isCollection := have == Mapping || have == Sequence
	if d.node(v).isValue(value) && !(isCollection && f.below[target]) {
		delete(f.replaced, target)
		return nil
	}
	if problem := d.replaceable(v, want); problem != nil {
		return problem
	}
	f.replaced = put(f.replaced, target, &cell{value: e.Value})
	f.mark(target)
	f.note(at, field, e.Key)
	return nil
}

// unset removes one key of a mapping.
func (f *draft) unset(at spot, field diag.Field, key string) *diag.Finding {
	d := f.doc
	f.note(at, field, key)
	if at.cell != nil {
		at.cell.value.(*growth).remove(key)
		return nil
	}
	if problem := d.brings(at.node, key); problem != nil {
		return problem
	}
	if g := f.grown[at.node]; g != nil {
		if g.remove(key); len(g.cells) == 0 {
			delete(f.grown, at.node)
		}
	}
	v := d.own(at.node, key)
	if v == 0 || f.removed[v] {
		return nil
	}
	if problem := d.removable(at.node, v); problem != nil {
		return problem
	}
	f.removed = put(f.removed, v, true)
	f.mark(at.node)
	return nil
}

// add appends to a list what it lacks.
func (f *draft) add(at spot, field diag.Field, values []any) {
	for _, v := range values {
		if value := decoded(v); !f.lists(at, value) {
			f.note(at, field, "")
			if at.cell != nil {
				at.cell.value = append(at.cell.value.([]any), v)
				continue
			}
			f.longer = put(f.longer, at.node, append(f.longer[at.node], v))
			f.mark(at.node)
		}
	}
}

// lists tells whether a list has an element that reads as a decoded value.
func (f *draft) lists(at spot, value any) bool {
	added := f.longer[at.node]
	if at.cell != nil {
		added = at.cell.value.([]any)
	}
	for _, v := range added {
		if sameValue(decoded(v), value) {
			return true
		}
	}
	if at.cell != nil {
		return false
	}
	for _, e := range f.doc.node(at.node).Elements() {
		if e.isValue(value) && !f.below[e.followed().id] {
			return true
		}
	}
	return false
}

// prune drops what is drafted below what goes anyway.
func (f *draft) prune() {
	if len(f.removed)+len(f.replaced) == 0 {
		return
	}
	goes := func(id int32) bool {
		for ; id != 0; id = f.doc.nodes[id].parent {
			if f.removed[id] || f.replaced[id] != nil {
				return true
			}
		}
		return false
	}
	above := func(id int32) bool { return f.removed[id] || goes(f.doc.nodes[id].parent) }
	maps.DeleteFunc(f.grown, func(id int32, _ *growth) bool { return goes(id) })
	maps.DeleteFunc(f.longer, func(id int32, _ []any) bool { return goes(id) })
	replaced, removed := maps.Clone(f.replaced), maps.Clone(f.removed)
	maps.DeleteFunc(replaced, func(id int32, _ *cell) bool { return above(id) })
	maps.DeleteFunc(removed, func(id int32, _ bool) bool { return goes(f.doc.nodes[id].parent) })
	f.replaced, f.removed = replaced, removed
}

// own gives the value under a key that stands in the mapping itself; 0 for none.
func (d *Document) own(mapping int32, key string) int32 {
	x := &d.nodes[mapping]
	if x.kind != Mapping {
		return 0
	}
	for k := x.first; k != 0; k = d.nodes[d.nodes[k].next].next {
		if d.keyIs(k, key) && !d.isMerge(k) {
			return d.nodes[k].next
		}
	}
	return 0
}

// within tells whether a node lies at or below another.
func (d *Document) within(id, top int32) bool {
	for id != 0 && id != top {
		id = d.nodes[id].parent
	}
	return id == top
}

// value gives what a node decodes to once the draft is carried out.
func (f *draft) value(n Node) any {
	n = n.followed()
	if c := f.replaced[n.id]; c != nil {
		return decoded(c.value)
	}
	switch n.Kind() {
	case Mapping:
		m := map[string]any{}
		for k, v := range n.Entries() {
			if !f.removed[v.id] {
				m[k.Text()] = f.value(v)
			}
		}
		return f.grown[n.id].into(m)
	case Sequence:
		list := []any{}
		for _, e := range n.Elements() {
			list = append(list, f.value(e))
		}
		return f.lengthened(n.id, list)
	}
	return n.Value()
}

// lengthened adds to a decoded list what is appended to it: at its end, or before the
// last element when that has to stay the last.
func (f *draft) lengthened(id int32, list []any) []any {
	added, _ := decoded(f.longer[id]).([]any)
	at := len(list)
	if len(added) > 0 && f.doc.openEnd(id) {
		at--
	}
	return append(list[:at:at], append(added, list[at:]...)...)
}
