package yamledit

import (
	"iter"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Kind is what a value is.
type Kind uint8

const (
	None   Kind = iota // nothing there
	Null               // null, ~, or a key without value
	Scalar             // any other scalar
	Mapping
	Sequence
	alias // only inside: a Node shows what it stands for
)

func (k Kind) String() string {
	return [...]string{"nothing", "null", "a scalar", "a mapping", "a list", "an alias"}[k]
}

// A Node is a value in a document. The zero Node is "nothing there", and every
// method may be called on it. Aliases are followed and merge keys resolved: Get
// and Entries show what a decoder sees.
type Node struct {
	doc *Document
	id  int32
	via int32 // the route by which aliases led here; 0 for none
}

// A route is the alias through which a value was reached, and the route to it.
// Two places that share a value have the same node and two routes.
type route struct{ alias, via int32 }

// at gives the stored node, aliases followed.
func (n Node) at() *node {
	if n.doc == nil {
		return &node{}
	}
	x := &n.doc.nodes[n.id]
	if x.kind == alias {
		x = &n.doc.nodes[x.first]
	}
	return x
}

// followed gives what an alias stands for, and any other node itself.
func (n Node) followed() Node {
	if n.doc == nil || n.doc.nodes[n.id].kind != alias {
		return n
	}
	return Node{n.doc, n.doc.nodes[n.id].first, n.doc.route(route{n.id, n.via})}
}

// route gives the number of a route, the same whenever it is taken.
func (d *Document) route(r route) int32 {
	number, known := d.routes[r]
	if !known {
		if d.routes == nil {
			d.routes, d.taken = map[route]int32{}, make([]route, 1)
		}
		number = int32(len(d.taken))
		d.routes[r], d.taken = number, append(d.taken, r)
	}
	return number
}

// up gives what a value stands in: the alias through which it was reached, which is
// the same value, else the mapping or list; the zero Node above the root.
func (n Node) up() Node {
	if n.via != 0 {
		if r := n.doc.taken[n.via]; n.doc.nodes[r.alias].first == n.id {
			return Node{n.doc, r.alias, r.via}
		}
	}
	return n.other(n.doc.nodes[n.id].parent)
}

// other gives a node that is reached by the same route.
func (n Node) other(id int32) Node {
	if id == 0 {
		return Node{}
	}
	return Node{n.doc, id, n.via}
}

// Kind tells what the value is; an alias is what it stands for.
func (n Node) Kind() Kind {
	x := n.at()
	if x.kind == Scalar && n.doc.tagOf(n.doc.follow(n.id)) == nullTag {
		return Null
	}
	return x.kind
}

// Get gives the value of a key in a mapping: its own, else a merged one. It is
// the zero Node when the key is absent or n is not a mapping.
func (n Node) Get(key string) Node {
	n = n.followed()
	if n.Kind() != Mapping {
		return Node{}
	}
	if v := n.doc.own(n.id, key); v != 0 {
		return n.other(v)
	}
	return n.merged(key)
}

// merged gives the value that a merge key brings into a mapping under a key.
func (n Node) merged(key string) Node {
	for _, from := range n.merges() {
		if found := from.Get(key); found.id != 0 {
			return found
		}
	}
	return Node{}
}

// merges gives the mappings that merge keys name in a mapping, in the order in
// which they count; n is no alias.
func (n Node) merges() []Node {
	d := n.doc
	if n.at().flags&hasMerge == 0 {
		return nil
	}
	var all []Node
	for k := d.nodes[n.id].first; k != 0; k = d.nodes[d.nodes[k].next].next {
		if !d.isMerge(k) {
			continue
		}
		from := n.other(d.nodes[k].next).followed()
		if from.Kind() == Mapping {
			all = append(all, from)
		}
		for _, e := range from.Elements() {
			all = append(all, e.followed())
		}
	}
	return all
}

// Key gives the key a mapping's value stands under; the zero Node for others.
func (n Node) Key() Node {
	if n.doc == nil || n.doc.nodes[n.id].key <= 0 {
		return Node{}
	}
	return n.other(n.doc.nodes[n.id].key)
}

// Field gives the way to the value in its document, as it was reached: through an
// alias or a merge key it is the way to where they stand. It is empty for the root.
func (n Node) Field() diag.Field {
	if n.id == 0 {
		return nil
	}
	above := n.up()
	if above.id == 0 {
		return nil
	}
	d, x := n.doc, &n.doc.nodes[n.id]
	switch {
	case d.nodes[above.id].kind == alias, x.key > 0 && d.isMerge(x.key), d.merging(x.parent):
		return above.Field()
	case x.key < 0:
		return above.Field().At(int(-1 - x.key))
	case x.key == 0: // a key itself
		return above.Field().Key(d.text(n.id))
	}
	return above.Field().Key(d.text(x.key))
}

// merging tells whether a node is the list of what a merge key merges.
func (d *Document) merging(id int32) bool {
	x := &d.nodes[id]
	return x.kind == Sequence && x.key > 0 && d.isMerge(x.key)
}

// Lookup gets one key after another; the zero Node when one is absent.
func (n Node) Lookup(path ...string) Node {
	for _, key := range path {
		n = n.Get(key)
	}
	return n
}

// Entries gives a mapping's keys and values in order, merged ones last.
func (n Node) Entries() iter.Seq2[Node, Node] {
	return func(yield func(Node, Node) bool) {
		if n = n.followed(); n.at().kind == Mapping {
			n.entries(nil, yield)
		}
	}
}

// entries yields what is not in seen yet, which is nil as long as no merge asks
// for it.
func (n Node) entries(seen map[string]bool, yield func(Node, Node) bool) bool {
	d, first := n.doc, n.at().first
	for k := first; k != 0; k = d.nodes[d.nodes[k].next].next {
		if d.isMerge(k) || seen != nil && seen[d.text(k)] {
			continue
		}
		if !yield(n.other(k), n.other(d.nodes[k].next)) {
			return false
		}
	}
	merges := n.merges()
	if seen == nil && merges == nil {
		return true
	}
	if seen == nil {
		seen = map[string]bool{}
	}
	for k := first; k != 0; k = d.nodes[d.nodes[k].next].next {
		if !d.isMerge(k) {
			seen[d.text(k)] = true
		}
	}
	for _, from := range merges {
		if !from.entries(seen, yield) {
			return false
		}
	}
	return true
}

// Elements gives a sequence's elements in order.
func (n Node) Elements() iter.Seq2[int, Node] {
	return func(yield func(int, Node) bool) {
		if n = n.followed(); n.at().kind != Sequence {
			return
		}
		for i, e := 0, n.at().first; e != 0; i, e = i+1, n.doc.nodes[e].next {
			if !yield(i, n.other(e)) {
				return
			}
		}
	}
}

// Index gives a sequence's element; the zero Node when there is none.
func (n Node) Index(i int) Node {
	for j, e := range n.Elements() {
		if i == j {
			return e
		}
	}
	return Node{}
}

// Text gives a scalar's content, quotes, escapes and folding resolved; "" for
// others. A null that is written gives its word.
func (n Node) Text() string {
	if n.doc == nil {
		return ""
	}
	return n.doc.text(n.doc.follow(n.id))
}

// Value decodes the node as YAML decoders do: nil, bool, int, float64, string,
// []any or map[string]any. Keys are taken by their text, dates stay strings, and
// a custom tag leaves a scalar a string.
func (n Node) Value() any {
	switch n.Kind() {
	case Mapping:
		m := map[string]any{}
		for k, v := range n.Entries() {
			m[k.Text()] = v.Value()
		}
		return m
	case Sequence:
		list := []any{}
		for _, e := range n.Elements() {
			list = append(list, e.Value())
		}
		return list
	case Scalar:
		_, v := n.doc.resolved(n.doc.follow(n.id))
		return v
	}
	return nil
}

// Position gives where the value starts, after its anchor and tag; for a value
// that is not written, where it would stand. An alias is where the alias stands.
func (n Node) Position() diag.Position {
	if n.doc == nil {
		return diag.Position{}
	}
	return n.doc.position(int(n.doc.nodes[n.id].start))
}

// follow gives what an alias stands for, and any other node itself.
func (d *Document) follow(id int32) int32 {
	if d.nodes[id].kind == alias {
		return d.nodes[id].first
	}
	return id
}

// isMerge tells whether a key is the merge key: << without quotes and tag.
func (d *Document) isMerge(key int32) bool {
	x := &d.nodes[key]
	return x.style == plain && x.end-x.start == 2 && d.src[x.start] == '<' && d.src[x.start+1] == '<' && d.tag(key) == ""
}

// keyIs compares a key's text without making a string of it where it can.
func (d *Document) keyIs(key int32, text string) bool {
	x := &d.nodes[key]
	switch {
	case x.flags&(escaped|multiline) != 0 || x.style == literal || x.style == folded:
		return d.text(key) == text
	case x.style == plain:
		return string(d.src[x.start:x.end]) == text
	default:
		return string(d.src[x.start+1:x.end-1]) == text
	}
}
