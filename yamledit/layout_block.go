package yamledit

import (
	"bytes"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// unit gives by how many blanks a mapping below this one is indented: as one of
// its own is, else as it is below its parent, and so on.
func (d *Document) unit(id int32) int {
	for up := id; up != 0; up = d.nodes[up].parent {
		x := &d.nodes[up]
		if x.style != block || x.kind != Mapping {
			continue
		}
		for k := x.first; k != 0; k = d.nodes[d.nodes[k].next].next {
			if v := &d.nodes[d.nodes[k].next]; v.kind == Mapping && v.style == block && v.col > x.col {
				return int(v.col - x.col)
			}
		}
	}
	return 2
}

// entriesEnd gives where new lines of a block collection go: after the last entry's,
// and after the comments that belong to it.
func (d *Document) entriesEnd(id int32) int {
	x := &d.nodes[id]
	return d.commentsEnd(int(x.end), x.col)
}

// commentsEnd gives the end of the line of an offset, or of the comments right
// below it that are indented more than a column: they belong to what stands there.
// Other comments may head what comes next.
func (d *Document) commentsEnd(at int, column int32) int {
	end := d.lineEnd(at)
	for {
		line := d.nextLine(end)
		if line == end {
			return end
		}
		text := line
		for text < len(d.src) && d.src[text] == ' ' {
			text++
		}
		if text == len(d.src) || d.src[text] != '#' || text-line <= int(column) {
			return end
		}
		end = d.lineEnd(text)
	}
}

// reshapeBlock adds to a block collection and takes from it. When the last entry
// goes, new lines take its place.
func (f *draft) reshapeBlock(id int32) []diag.Splice {
	d, x := f.doc, &f.doc.nodes[id]
	g, longer := f.grown[id], f.longer[id]
	values := d.values(id)
	last := values[len(values)-1]
	isAll := !slices.ContainsFunc(values, func(v int32) bool { return !f.removed[v] })
	if isAll && g == nil {
		return []diag.Splice{diag.Put(int(x.start), int(x.end), "{}")}
	}
	var out []diag.Splice
	switch p := f.printer(d.lineEnd(int(x.end))); {
	case g != nil && f.removed[last]:
		p.mapping(g.cells, int(x.col), d.unit(id))
		out = append(out, diag.Put(d.begin(d.nodes[last].key), d.lineEnd(int(d.nodes[last].end)), p.text()))
	case g != nil:
		out = append(out, f.addLines(id, values, g))
	case longer != nil:
		out = append(out, f.addLines(id, values, longer))
	}
	for _, v := range values {
		if f.removed[v] && !(g != nil && v == last) {
			out = append(out, f.removeLines(d.nodes[v].key, v))
		}
	}
	return out
}

// addLines puts new entries behind the last one and the comments that belong to it;
// before the last one when the end of the text ends it, since a line end would become
// part of it.
func (f *draft) addLines(id int32, values []int32, added any) diag.Splice {
	d, x := f.doc, &f.doc.nodes[id]
	column, at := int(x.col), d.entriesEnd(id)
	if d.openEnd(id) {
		last := len(values) - 1
		if last == 0 || f.removed[values[last-1]] {
			at = d.entry(id, values, last)
			p := f.printer(at)
			p.collection(added, column, d.unit(id))
			p.indent(column)
			return diag.Put(at, at, p.text())
		}
		at = d.commentsEnd(int(d.nodes[values[last-1]].end), x.col)
	}
	p := f.printer(at)
	p.indent(column)
	p.collection(added, column, d.unit(id))
	return diag.Put(at, at, p.text())
}

// openEnd tells whether a block collection ends in a block scalar that the end of the
// text ends and that keeps its line ends.
func (d *Document) openEnd(id int32) bool {
	x := &d.nodes[id]
	for x.style == block {
		last := x.first
		for d.nodes[last].next != 0 {
			last = d.nodes[last].next
		}
		x = &d.nodes[last]
	}
	if x.style != literal && x.style != folded || int(x.end) != len(d.src) {
		return false
	}
	header := d.src[x.start:d.lineEnd(int(x.start))]
	return !bytes.Contains(header[:min(3, len(header))], []byte("-"))
}

// entry gives where the i-th entry of a block collection begins: its key or its dash.
func (d *Document) entry(id int32, values []int32, i int) int {
	x := &d.nodes[id]
	if x.kind == Mapping {
		return d.begin(d.nodes[values[i]].key)
	}
	if i == 0 {
		return int(x.start)
	}
	for line := int(d.nodes[values[i-1]].end); ; {
		line = d.nextLine(line)
		if at := line + int(x.col); d.src[at] == '-' && d.lineStart(at) == line && d.opensLine(at) {
			return at
		}
	}
}

// removeLines takes an entry's lines out, with the line end before them, since
// new lines may go where they end. When a dash stands before the entry, the next
// one moves up to the dash, unless comments or blank lines lie between.
func (f *draft) removeLines(k, v int32) diag.Splice {
	d := f.doc
	start, end := d.begin(k), d.lineEnd(int(d.nodes[v].end))
	next := d.nextLine(end)
	if d.opensLine(start) {
		if start = d.lineStart(start); start == 0 {
			return diag.Put(0, next, "")
		}
		return diag.Put(d.lineEnd(start-1), end, "")
	}
	if following := d.nodes[v].next; following != 0 && !f.removed[d.nodes[following].next] {
		if begin := d.begin(following); d.lineStart(begin) == next {
			return diag.Put(start, begin, "")
		}
	}
	return diag.Put(skipBlanksBack(d.src, start), end, "")
}
