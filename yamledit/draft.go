package yamledit

import (
	"maps"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A draft is what edits amount to, node by node, before any text is made of it.
type draft struct {
	doc      *Document
	grown    map[int32]*growth // what is added to a mapping, or to a null that becomes one
	replaced map[int32]any     // the new value of a scalar or null
	removed  map[int32]bool    // values that go, with their keys
	changes  []Change
}

// A growth is a mapping's new entries, in order.
type growth struct{ entries []newEntry }

// A newEntry holds a value, or a mapping that is new itself.
type newEntry struct {
	key   string
	value any
	below *growth
}

// take adds an edit to the draft; the error, if any, leaves it half added.
func (f *draft) take(e Edit) *diag.Finding {
	d := f.doc
	id := e.In.id
	if k := e.In.Kind(); k != Mapping && k != Null || id == d.root && k == Null {
		return d.refuse(id, codeNotAMapping, "is "+k.String()+" where a mapping is needed", "write a mapping there")
	}
	for up := id; up != 0; up = d.nodes[up].parent {
		if problem := d.shared(up); problem != nil {
			return problem
		}
	}
	var below *growth
	for i, key := range e.At {
		next, found, problem := f.step(id, key)
		switch {
		case problem != nil:
			return problem
		case found:
			id = next
			continue
		case len(e.Set) == 0:
			return nil
		}
		below = f.grow(id)
		for _, key := range e.At[i:] {
			below = below.mapping(key)
		}
		break
	}
	path := e.In.Field().Key(e.At...)
	for _, entry := range e.Set {
		if problem := f.set(id, below, entry, path); problem != nil {
			return problem
		}
	}
	if below != nil { // what is new holds nothing to remove
		return nil
	}
	for _, key := range e.Unset {
		if problem := f.unset(id, key, path); problem != nil {
			return problem
		}
	}
	return nil
}

// step goes from a mapping or null to what stands under a key of its own, which
// may be edited and is a mapping or null itself.
func (f *draft) step(id int32, key string) (next int32, found bool, problem *diag.Finding) {
	d := f.doc
	v := d.own(id, key)
	if v == 0 {
		return 0, false, d.growable(id)
	}
	if problem := d.shared(v); problem != nil {
		return 0, false, problem
	}
	if k := d.node(v).Kind(); k != Mapping && k != Null {
		return 0, false, d.refuse(v, codeNotAMapping, "is "+k.String()+" where a mapping is needed", "write a mapping there")
	}
	return v, true, nil
}

// set brings one key to its value, in the mapping id or, when that is not there
// yet, in what grows below it.
func (f *draft) set(id int32, below *growth, entry Entry, path diag.Field) *diag.Finding {
	d := f.doc
	v := int32(0)
	if below == nil {
		v = d.own(id, entry.Key)
	}
	if v == 0 {
		if below == nil {
			if problem := d.growable(id); problem != nil {
				return problem
			}
			below = f.grow(id)
		}
		if below.put(entry) {
			f.changes = append(f.changes, Change{Field: path, Key: entry.Key, New: entry.Value, Created: true, Position: d.node(id).Position()})
		}
		return nil
	}
	if k := d.node(v).Kind(); k == Mapping || k == Sequence {
		return d.refuse(v, codeNotAScalar, "is "+k.String()+" where a plain value is needed", "write the value there, or remove the key")
	}
	if !f.removed[v] && d.node(v).Kind() == Scalar && d.node(v).Value() == entry.Value {
		delete(f.replaced, v)
		return nil
	}
	if problem := d.shared(v); problem != nil {
		return problem
	}
	if d.nodes[v].flags&noColon != 0 && d.nodes[id].style != flow {
		return d.refuse(v, codeNotAScalar, "is a key without a colon", "write it as \"key: value\"")
	}
	delete(f.removed, v)
	delete(f.grown, v)
	f.replaced = put(f.replaced, v, entry.Value)
	f.changes = append(f.changes, Change{Field: path, Key: entry.Key, Old: d.node(v).Value(), New: entry.Value, Position: d.node(d.nodes[v].key).Position()})
	return nil
}

// unset removes one key of the mapping id.
func (f *draft) unset(id int32, key string, path diag.Field) *diag.Finding {
	d := f.doc
	v := d.own(id, key)
	if d.node(id).Get(key).Kind() == None {
		return nil
	}
	if problem := d.merges(id); problem != nil {
		return problem
	}
	if d.nodes[id].flags&pair != 0 {
		return d.refuse(id, codeNotAMapping, "is a mapping without braces", "put it in braces")
	}
	if d.nodes[d.nodes[v].key].flags&questioned != 0 {
		return d.refuse(v, codeYAML, "stands under a key behind a question mark, which is not removed", "write it as \"key: value\"")
	}
	for _, anchored := range slices.Sorted(maps.Keys(d.aliased)) {
		if d.within(anchored, v) {
			return d.shared(anchored)
		}
	}
	f.removed = put(f.removed, v, true)
	delete(f.replaced, v)
	f.changes = append(f.changes, Change{Field: path, Key: key, Old: d.node(v).Value(), Removed: true, Position: d.node(d.nodes[v].key).Position()})
	return nil
}

// prune drops edits of what goes anyway.
func (f *draft) prune() {
	if len(f.removed) == 0 {
		return
	}
	goes := func(id int32) bool {
		for ; id != 0; id = f.doc.nodes[id].parent {
			if f.removed[id] {
				return true
			}
		}
		return false
	}
	maps.DeleteFunc(f.grown, func(id int32, _ *growth) bool { return goes(id) })
	maps.DeleteFunc(f.replaced, func(id int32, _ any) bool { return goes(id) })
	maps.DeleteFunc(f.removed, func(id int32, _ bool) bool { return goes(f.doc.nodes[id].parent) })
}

func put[V any](m map[int32]V, id int32, v V) map[int32]V {
	if m == nil {
		m = map[int32]V{}
	}
	m[id] = v
	return m
}

func (f *draft) grow(id int32) *growth {
	g := f.grown[id]
	if g == nil {
		g = &growth{}
		delete(f.replaced, id)
		f.grown = put(f.grown, id, g)
	}
	return g
}

// mapping gives the new mapping under a key.
func (g *growth) mapping(key string) *growth {
	i := g.index(key)
	if i < 0 {
		i = len(g.entries)
		g.entries = append(g.entries, newEntry{key: key})
	}
	if g.entries[i].below == nil {
		g.entries[i].below = &growth{}
	}
	return g.entries[i].below
}

// put sets a new entry's value, and tells whether that was something new.
func (g *growth) put(entry Entry) bool {
	if i := g.index(entry.Key); i >= 0 {
		same := g.entries[i].value == entry.Value
		g.entries[i] = newEntry{key: entry.Key, value: entry.Value}
		return !same
	}
	g.entries = append(g.entries, newEntry{key: entry.Key, value: entry.Value})
	return true
}

func (g *growth) index(key string) int {
	return slices.IndexFunc(g.entries, func(e newEntry) bool { return e.key == key })
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

// within tells whether a node lies below another.
func (d *Document) within(id, top int32) bool {
	for id != 0 && id != top {
		id = d.nodes[id].parent
	}
	return id == top
}

// value gives what a node decodes to once the draft is carried out.
func (f *draft) value(n Node) any {
	id := n.doc.follow(n.id)
	if v, ok := f.replaced[id]; ok {
		return v
	}
	switch n.Kind() {
	case Mapping:
		m := map[string]any{}
		for k, v := range n.Entries() {
			if !f.removed[v.id] {
				m[k.Text()] = f.value(v)
			}
		}
		return f.grown[id].into(m)
	case Sequence:
		list := []any{}
		for _, e := range n.Elements() {
			list = append(list, f.value(e))
		}
		return list
	}
	if g := f.grown[id]; g != nil {
		return g.into(map[string]any{})
	}
	return n.Value()
}

// into adds the new entries to a decoded mapping.
func (g *growth) into(m map[string]any) map[string]any {
	if g == nil {
		return m
	}
	for _, e := range g.entries {
		if m[e.key] = e.value; e.below != nil {
			m[e.key] = e.below.into(map[string]any{})
		}
	}
	return m
}
