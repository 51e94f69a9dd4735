package yamledit

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// verify decodes what the draft touched, as other programs will read it, and
// compares it with what should stand there. The rest of the text is the input's, and
// how an entry is read hangs on what stands before it, not on what comes after the
// comments behind it.
// A document that is written in an unusual way is decoded whole, and so is one where
// aliases share what changes, or refer from it to other places.
func (f *draft) verify(out []byte, splices []diag.Splice) *diag.Finding {
	d := f.doc
	if d.unusual || f.isShared || f.replaced[d.root] != nil {
		return f.compareWhole(out)
	}
	pieces := f.pieces()
	if slices.ContainsFunc(pieces, f.leansOnOthers) {
		return f.compareWhole(out)
	}
	moved := newShift(splices)
	for some := range slices.Chunk(pieces, decodedAtOnce) {
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

// decodedAtOnce is how many pieces go into one decode: each costs its start, and
// holds a hundredfold of its text in memory.
const decodedAtOnce = 64

// compare decodes pieces of the new text, as a list of them; one in the first column
// cannot stand in a list, and is decoded alone.
func (f *draft) compare(pieces []piece, out []byte, moved shift) *diag.Finding {
	d := f.doc
	var text bytes.Buffer
	var listed []piece
	want := []any{}
	for _, p := range pieces {
		start, end := f.extent(p)
		part, lineEnd := out[moved.start(start):moved.end(end)], ""
		if end < len(d.src) {
			lineEnd = "\n"
		}
		x := &d.nodes[p.id]
		switch value := f.pieceValue(p); {
		case x.style == flow:
			text.WriteString("- ")
			want, listed = append(want, value), append(listed, p)
		case x.col == 0:
			if got, err := decode(append(slices.Clip(part), lineEnd...)); err != nil || !sameValue(got, value) {
				return d.unverified(p.id)
			}
			continue
		default:
			text.WriteString("-\n" + strings.Repeat(" ", int(x.col)))
			want, listed = append(want, value), append(listed, p)
		}
		text.Write(part)
		text.WriteString(lineEnd)
	}
	got, err := decode(text.Bytes())
	if len(listed) == 0 || err == nil && sameValue(got, want) {
		return nil
	}
	list, _ := got.([]any)
	for i, p := range listed {
		if i >= len(list) || !sameValue(list[i], want[i]) {
			return d.unverified(p.id)
		}
	}
	return nil
}

func (d *Document) unverified(id int32) *diag.Finding {
	return d.refuse(id, codeYAML, "cannot be edited so that every parser reads the outcome as meant", "set the values by hand, or write the mapping in a simpler way")
}

// A piece is a run of entries of a collection in which something changes, with the
// entries beside what is put in or taken out. first and last are the values.
type piece struct{ id, first, last int32 }

// pieces gives the outermost pieces, in order.
func (f *draft) pieces() []piece {
	d := f.doc
	all := map[int32]piece{}
	for v := range f.replaced {
		all[d.nodes[v].parent] = d.including(all[d.nodes[v].parent], v)
	}
	ends := map[int32]bool{}
	for id := range f.grown {
		ends[id] = true
	}
	for id := range f.longer {
		ends[id] = true
	}
	for v := range f.removed {
		if up := d.nodes[v].parent; !ends[up] {
			ends[up] = f.grown[up] != nil
		}
	}
	for id, isLonger := range ends {
		values := d.values(id)
		p := all[id]
		for i, v := range values {
			if f.removed[v] {
				p = d.including(d.including(p, values[max(i-1, 0)]), values[min(i+1, len(values)-1)])
			}
		}
		if isLonger && len(values) > 0 {
			p = d.including(d.including(p, values[max(len(values)-2, 0)]), values[len(values)-1])
		}
		all[id] = p
	}
	var outermost []piece
	for id, p := range all {
		p.id = id
		if !d.isCovered(id, all) {
			outermost = append(outermost, p)
		}
	}
	slices.SortFunc(outermost, func(a, b piece) int { return int(d.nodes[a.id].start - d.nodes[b.id].start) })
	return outermost
}

// including gives a piece that reaches to a value too.
func (d *Document) including(p piece, v int32) piece {
	if p.first == 0 || d.nodes[v].start < d.nodes[p.first].start {
		p.first = v
	}
	if p.last == 0 || d.nodes[v].start > d.nodes[p.last].start {
		p.last = v
	}
	return p
}

// isCovered tells whether a collection lies in a piece of one above it.
func (d *Document) isCovered(id int32, all map[int32]piece) bool {
	for up := d.nodes[id].parent; up != 0; id, up = up, d.nodes[up].parent {
		p, isPiece := all[up]
		if isPiece && (d.nodes[up].style == flow || p.covers(d, id)) {
			return true
		}
	}
	return false
}

// leansOnOthers tells whether a piece cannot be decoded without the rest: an alias or a
// merge key stands in it.
func (f *draft) leansOnOthers(p piece) bool {
	d := f.doc
	start, end := f.extent(p)
	i := sort.Search(len(d.aliases), func(i int) bool { return int(d.nodes[d.aliases[i]].start) >= start })
	if i < len(d.aliases) && int(d.nodes[d.aliases[i]].start) < end {
		return true
	}
	return d.nodes[p.id].flags&hasMerge != 0 && d.nodes[p.id].style == block &&
		slices.ContainsFunc(d.values(p.id), func(v int32) bool { return p.covers(d, v) && d.isMerge(d.nodes[v].key) })
}

// covers tells whether a value is one of the piece's.
func (p piece) covers(d *Document, v int32) bool {
	start := d.nodes[v].start
	return d.nodes[p.first].start <= start && start <= d.nodes[p.last].start
}

// extent gives the span of a piece, in a block with the comments behind it.
func (f *draft) extent(p piece) (start, end int) {
	d, x := f.doc, &f.doc.nodes[p.id]
	if x.style == flow {
		return int(x.start), int(x.end)
	}
	values := d.values(p.id)
	start = d.entry(p.id, values, slices.Index(values, p.first))
	return start, d.trail(d.commentsEnd(int(d.nodes[p.last].end), x.col))
}

// trail gives the end of the comments and empty lines that follow the line that ends
// at an offset: a block scalar before them might take them in.
func (d *Document) trail(end int) int {
	for line := d.nextLine(end); line < len(d.src); line = d.nextLine(line) {
		if text := skipBlanks(d.src, line); !blankOrEnd(d.src, text) && d.src[text] != '#' {
			break
		}
		end = d.lineEnd(line)
	}
	return end
}

// pieceValue gives what a piece decodes to once the draft is carried out.
func (f *draft) pieceValue(p piece) any {
	d, x := f.doc, &f.doc.nodes[p.id]
	if x.style == flow {
		return f.value(d.node(p.id))
	}
	m, list := map[string]any{}, []any{}
	isLast := true
	for _, v := range d.values(p.id) {
		switch isLast = p.last == v; {
		case !p.covers(d, v) || f.removed[v]:
		case x.kind == Mapping:
			m[d.text(d.nodes[v].key)] = f.value(d.node(v))
		default:
			list = append(list, f.value(d.node(v)))
		}
	}
	switch {
	case x.kind == Mapping && isLast:
		return f.grown[p.id].into(m)
	case x.kind == Mapping:
		return m
	case isLast:
		return f.lengthened(p.id, list)
	}
	return list
}

// A shift tells where offsets lie after splices.
type shift struct {
	splices []diag.Splice // in order
	gained  []int         // how much longer the text is before each, and after the last
}

func newShift(splices []diag.Splice) shift {
	s := shift{splices: splices, gained: make([]int, 1, len(splices)+1)}
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
