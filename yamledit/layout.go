package yamledit

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// splices makes text of a draft. What is new takes the form of what it joins:
// block or flow, column, indentation and line ends.
func (f *draft) splices() []diag.Splice {
	d := f.doc
	var out []diag.Splice
	for _, v := range slices.Sorted(maps.Keys(f.replaced)) {
		out = append(out, d.replace(v, f.replaced[v])...)
	}
	touched := map[int32]bool{}
	for id := range f.grown {
		touched[id] = true
	}
	for v := range f.removed {
		touched[d.nodes[v].parent] = true
	}
	// Where two mappings end on one line, the inner one grows first: its number is
	// the higher one.
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(touched))) {
		switch x := &d.nodes[id]; {
		case x.kind != Mapping:
			out = append(out, f.fill(id)...)
		case x.style == flow:
			out = append(out, f.reshapeFlow(id)...)
		default:
			out = append(out, f.reshapeBlock(id)...)
		}
	}
	return out
}

// look gives how new text at an offset is to look.
func (d *Document) look(at int) look {
	l := look{eol: "\n"}
	if end := d.lineEnd(at); bytes.HasPrefix(d.src[end:], []byte("\r\n")) {
		l.eol = "\r\n"
	} else if before := bytes.LastIndexByte(d.src[:end], '\n'); end == len(d.src) && before > 0 && d.src[before-1] == '\r' {
		l.eol = "\r\n"
	}
	if root := &d.nodes[d.root]; root.style == flow {
		first := root
		for first.first != 0 && first.kind == Sequence {
			first = &d.nodes[first.first]
		}
		if k := first.first; first.kind == Mapping && k != 0 && d.nodes[k].style == doubleQuoted {
			l.isJSON = true
			colon := int(d.nodes[k].end)
			l.tight = colon+1 < len(d.src) && d.src[colon] == ':' && !blankOrEnd(d.src, colon+1)
		}
	}
	return l
}

// lineEnd gives where the line of an offset ends, before its line end.
func (d *Document) lineEnd(at int) int {
	_, end := d.lines.Line(at)
	return end
}

func (d *Document) lineStart(at int) int {
	start, _ := d.lines.Line(at)
	return start
}

// begin gives where a node starts, with its anchor and tag.
func (d *Document) begin(id int32) int {
	start := d.nodes[id].start
	if q, ok := d.props[id]; ok {
		if q.anchorEnd != 0 {
			start = min(start, q.anchor)
		}
		if q.tagEnd != 0 {
			start = min(start, q.tag)
		}
	}
	return int(start)
}

// opensLine tells whether nothing but blanks stands before an offset on its line.
func (d *Document) opensLine(at int) bool {
	return len(bytes.Trim(d.src[d.lineStart(at):at], " \t")) == 0
}

// replace puts a value in place of a scalar or null. Its anchor and the comment
// behind it stay; a tag goes, since it spoke of the old value.
func (d *Document) replace(v int32, value any) []diag.Splice {
	x := &d.nodes[v]
	inFlow := d.nodes[x.parent].style == flow
	text := d.look(int(x.start)).scalar(value, inFlow)
	start, end := int(x.start), int(x.end)
	var out []diag.Splice
	if q := d.props[v]; q.tagEnd != 0 {
		out = append(out, diag.Put(int(q.tag), skipBlanks(d.src, int(q.tagEnd)), ""))
	}
	switch {
	case x.flags&noColon != 0:
		return []diag.Splice{diag.Put(start, start, ": "+text)}
	case x.flags&implied != 0:
		start = skipBlanksBack(d.src, start)
		if out != nil {
			out[0].End = int(d.props[v].tagEnd)
			start = max(start, out[0].End)
		}
		return append(out, diag.Put(start, start, " "+text))
	case x.style == literal || x.style == folded:
		indicator := start + 1
		for indicator < end && !blankOrEnd(d.src, indicator) {
			indicator++
		}
		body := d.lineEnd(start)
		return append(out, diag.Put(start, indicator, text), diag.Put(body, max(body, end), ""))
	}
	return append(out, diag.Put(start, end, text))
}

func skipBlanksBack(src []byte, i int) int {
	for i > 0 && (src[i-1] == ' ' || src[i-1] == '\t') {
		i--
	}
	return i
}

// fill makes a mapping of a null.
func (f *draft) fill(id int32) []diag.Splice {
	d, x, g := f.doc, &f.doc.nodes[id], f.grown[id]
	start, end := int(x.start), int(x.end)
	l := d.look(start)
	parent := &d.nodes[x.parent]
	if parent.style == flow {
		text := l.braces(g, d.frame(x.parent))
		if x.flags&noColon != 0 {
			text = ": " + text
		} else if x.flags&implied != 0 && !l.tight && skipBlanksBack(d.src, start) == start {
			text = " " + text
		}
		return []diag.Splice{diag.Put(start, end, text)}
	}
	column := int(parent.col) + 2
	if parent.kind == Mapping {
		column = int(parent.col) + d.unit(x.parent)
	}
	below := l.eol + strings.Repeat(" ", column) + l.block(g, column, d.unit(x.parent))
	at := d.commentsEnd(end, parent.col)
	if start == end {
		return []diag.Splice{diag.Put(at, at, below)}
	}
	if d.opensLine(start) {
		return []diag.Splice{diag.Put(start, end, l.block(g, int(x.col), d.unit(x.parent)))}
	}
	return []diag.Splice{diag.Put(skipBlanksBack(d.src, start), end, ""), diag.Put(at, at, below)}
}
