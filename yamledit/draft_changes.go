package yamledit

import "github.com/kublr-encryption/kublr-encryption/diag"

// A note is a key of a mapping, or a list, that some want was about. What became of
// it is told from the draft when that is complete.
type note struct {
	place
	field diag.Field // of the mapping or list
}

// A place is a key of a mapping, or a list as a whole, with key "".
type place struct {
	at  spot
	key string
}

func (f *draft) note(at spot, field diag.Field, key string) {
	f.notes = append(f.notes, note{place{at, key}, field})
}

// changes lists each value that is another than before, once, in the order in which
// wants came to it.
func (f *draft) changes() []Change {
	noted := map[place]bool{}
	for _, n := range f.notes {
		noted[n.place] = true
	}
	apart := f.apart(noted)
	var all []Change
	for _, n := range f.notes {
		if noted[n.place] {
			noted[n.place] = false
			if n.at.cell == nil || apart[n.at.cell] {
				all = append(all, f.changesAt(n)...)
			}
		}
	}
	return all
}

// apart gives the cells that are part of the outcome and of no other cell that is
// noted itself.
func (f *draft) apart(noted map[place]bool) map[*cell]bool {
	all := map[*cell]bool{}
	var visit func(node int32, c *cell)
	visit = func(node int32, c *cell) {
		all[c] = true
		if g, ok := c.value.(*growth); ok {
			for _, below := range g.cells {
				if !noted[place{spot{node, c}, below.key}] {
					visit(node, below)
				}
			}
		}
	}
	d := f.doc
	for v, c := range f.replaced {
		if x := d.nodes[v]; x.key <= 0 || !noted[place{spot{node: x.parent}, d.text(x.key)}] {
			visit(v, c)
		}
	}
	for id, g := range f.grown {
		for _, c := range g.cells {
			if !noted[place{spot{node: id}, c.key}] {
				visit(id, c)
			}
		}
	}
	return all
}

func (f *draft) changesAt(n note) []Change {
	d, id := f.doc, n.at.node
	if n.at.cell != nil {
		switch v := n.at.cell.value.(type) {
		case []any:
			return f.appended(n, v, 0)
		case *growth:
			return created(n, v, d.node(id).Position())
		}
		return nil
	}
	if d.nodes[id].kind == Sequence {
		at := len(d.node(id).Value().([]any))
		if d.openEnd(id) {
			at--
		}
		return f.appended(n, f.longer[id], at)
	}
	v := d.own(id, n.key)
	if v == 0 {
		return created(n, f.grown[id], d.node(id).Position())
	}
	c := Change{Field: n.field, Key: n.key, Old: d.node(v).Value(), Position: d.node(d.nodes[v].key).Position()}
	switch replaced := f.replaced[d.follow(v)]; {
	case f.removed[v]:
		c.Removed = true
	case replaced != nil:
		c.New = decoded(replaced.value)
	default:
		return nil
	}
	return []Change{c}
}

func created(n note, g *growth, at diag.Position) []Change {
	c := g.cell(n.key)
	if c == nil {
		return nil
	}
	return []Change{{Field: n.field, Key: n.key, New: decoded(c.value), Position: at}}
}

// appended lists what is appended to a list, from an index on.
func (f *draft) appended(n note, values []any, index int) []Change {
	var all []Change
	for i, v := range values {
		all = append(all, Change{Field: n.field.At(index + i), New: decoded(v), Position: f.doc.node(n.at.node).Position()})
	}
	return all
}
