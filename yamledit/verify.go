package yamledit

import (
	"bytes"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// verify decodes what the draft touched, as other programs will read it, and
// compares it with what should stand there. The rest of the text is the input's.
// A document that is written in an unusual way is decoded whole.
func (f *draft) verify(out []byte, splices []diag.Splice) *diag.Finding {
	d := f.doc
	touched := f.touched()
	if d.unusual || d.aliased != nil || slices.ContainsFunc(touched, func(id int32) bool { return d.nodes[id].col == 0 }) {
		return f.compareWhole(out)
	}
	moved := newShift(splices)
	for some := range slices.Chunk(touched, decodedAtOnce) {
		if problem := f.compare(some, out, moved); problem != nil {
			return problem
		}
	}
	return nil
}

// compareWhole decodes the whole new text. When it is as meant, the rest of the
// old one was read as the decoder reads it too.
func (f *draft) compareWhole(out []byte) *diag.Finding {
	d := f.doc
	after, err := decode(out)
	if err == nil && sameValue(after, f.value(d.Root())) {
		return nil
	}
	before, err := decode(d.src)
	if err != nil || !sameValue(before, d.Root().Value()) {
		return d.refuse(d.root, codeYAML, "the document is read differently by different YAML parsers", "write it in a simpler way")
	}
	return d.unverified(d.root)
}

// decodedAtOnce is how many collections go into one decode: each costs its start,
// and holds a hundredfold of its text in memory.
const decodedAtOnce = 64

// compare decodes collections in the new text, as a list of them.
func (f *draft) compare(touched []int32, out []byte, moved shift) *diag.Finding {
	d := f.doc
	var text bytes.Buffer
	want := []any{}
	for _, id := range touched {
		start, end := d.extent(id)
		text.WriteString("-\n")
		if !d.opensLine(start) {
			text.WriteString(strings.Repeat(" ", int(d.nodes[id].col)))
		} else {
			start = d.lineStart(start)
		}
		text.Write(out[moved.start(start):moved.end(end)])
		if end < len(d.src) {
			text.WriteString("\n")
		}
		want = append(want, f.value(d.node(id)))
	}
	got, err := decode(text.Bytes())
	if err == nil && sameValue(got, want) {
		return nil
	}
	list, _ := got.([]any)
	for i, id := range touched {
		if i >= len(list) || !sameValue(list[i], want[i]) {
			return d.unverified(id)
		}
	}
	return nil
}

func (d *Document) unverified(id int32) *diag.Finding {
	return d.refuse(id, codeYAML, "cannot be edited so that every parser reads the outcome as meant", "set the values by hand, or write the mapping in a simpler way")
}

// touched gives the outermost collections in which something changes, in order.
func (f *draft) touched() []int32 {
	d := f.doc
	all := map[int32]bool{}
	for id := range f.grown {
		if d.nodes[id].kind != Mapping {
			id = d.nodes[id].parent
		}
		all[id] = true
	}
	for v := range f.replaced {
		all[d.nodes[v].parent] = true
	}
	for v := range f.removed {
		all[d.nodes[v].parent] = true
	}
	outermost := slices.DeleteFunc(slices.Collect(maps.Keys(all)), func(id int32) bool {
		for up := d.nodes[id].parent; up != 0; up = d.nodes[up].parent {
			if all[up] {
				return true
			}
		}
		return false
	})
	slices.SortFunc(outermost, func(a, b int32) int { return int(d.nodes[a].start - d.nodes[b].start) })
	return outermost
}

// extent gives the span of a collection, in a block with the comments behind it.
func (d *Document) extent(id int32) (start, end int) {
	x := &d.nodes[id]
	if x.style == block {
		return int(x.start), d.entriesEnd(id)
	}
	return int(x.start), int(x.end)
}

// A shift tells where offsets lie after splices.
type shift struct {
	splices []diag.Splice // in order
	gained  []int         // how much longer the text is before each, and after the last
}

func newShift(splices []diag.Splice) shift {
	sorted := slices.Clone(splices)
	diag.SortSplices(sorted)
	s := shift{splices: sorted, gained: make([]int, 1, len(splices)+1)}
	for i, p := range s.splices {
		s.gained = append(s.gained, s.gained[i]+len(p.Text)-(p.End-p.Start))
	}
	return s
}

// start gives where an offset lies that begins something: before what is put in
// at it.
func (s shift) start(at int) int {
	i := sort.Search(len(s.splices), func(i int) bool { return s.splices[i].End > at || s.splices[i].Start == at })
	return s.inside(i, at)
}

// end gives where an offset lies that ends something: behind what is put in at it.
func (s shift) end(at int) int {
	i := sort.Search(len(s.splices), func(i int) bool { return s.splices[i].End > at })
	return s.inside(i, at)
}

// inside gives the place of an offset that the i-th splice may take out: then it
// is where that splice's text ends.
func (s shift) inside(i, at int) int {
	to := at + s.gained[i]
	if i < len(s.splices) && s.splices[i].Start < at {
		to += len(s.splices[i].Text) + s.splices[i].Start - at
	}
	return to
}
