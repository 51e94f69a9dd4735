package yamledit

import (
	"bytes"
	"strings"

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
		n := bytes.IndexByte(d.src[end:], '\n')
		if n < 0 {
			return end
		}
		line := end + n + 1
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

// reshapeBlock adds to a block mapping and takes from it. When the last entry goes,
// new lines take its place.
func (f *draft) reshapeBlock(id int32) []diag.Splice {
	d, x, g := f.doc, &f.doc.nodes[id], f.grown[id]
	var out []diag.Splice
	kept, last := 0, int32(0)
	for k := x.first; k != 0; k = d.nodes[last].next {
		if last = d.nodes[k].next; !f.removed[last] {
			kept++
		}
	}
	if kept == 0 && g == nil {
		return []diag.Splice{diag.Put(int(x.start), int(x.end), "{}")}
	}
	end := d.lineEnd(int(d.nodes[last].end))
	if g != nil {
		l := d.look(end)
		text := l.block(g, int(x.col), d.unit(id))
		if f.removed[last] {
			out = append(out, diag.Put(d.begin(d.nodes[last].key), end, text))
		} else {
			end = d.entriesEnd(id)
			out = append(out, diag.Put(end, end, l.eol+strings.Repeat(" ", int(x.col))+text))
		}
	}
	for k := x.first; k != 0; k = d.nodes[d.nodes[k].next].next {
		if v := d.nodes[k].next; f.removed[v] && !(g != nil && v == last) {
			out = append(out, f.removeLines(k, v))
		}
	}
	return out
}

// removeLines takes an entry's lines out, with the line end before them, since
// new lines may go where they end. When a dash stands before the entry, the next
// one moves up to the dash, unless comments or blank lines lie between.
func (f *draft) removeLines(k, v int32) diag.Splice {
	d := f.doc
	start, end := d.begin(k), d.lineEnd(int(d.nodes[v].end))
	next := len(d.src)
	if n := bytes.IndexByte(d.src[end:], '\n'); n >= 0 {
		next = end + n + 1
	}
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
