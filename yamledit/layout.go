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
	touched := map[int32]bool{}
	for v := range f.replaced {
		touched[v] = true
	}
	for id := range f.grown {
		touched[id] = true
	}
	for id := range f.longer {
		touched[id] = true
	}
	for v := range f.removed {
		touched[d.nodes[v].parent] = true
	}
	// Where two values end on one line, the inner one grows first: its number is the
	// higher one.
	var out []diag.Splice
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(touched))) {
		switch c := f.replaced[id]; {
		case c != nil:
			out = append(out, f.replace(id, c.value)...)
		case d.nodes[id].style == flow:
			out = append(out, f.reshapeFlow(id)...)
		default:
			out = append(out, f.reshapeBlock(id)...)
		}
	}
	return out
}

// printer gives a printer of text that is put in at an offset.
func (f *draft) printer(at int) *printer { return &printer{look: f.doc.look(at)} }

// look gives how new text at an offset is to look.
func (d *Document) look(at int) look {
	start, end := d.lines.Line(at)
	l := look{eol: "\n", lists: d.listUnit(), reach: d.reach(end)}
	l.isOpen = end == len(d.src)
	if bytes.HasPrefix(d.src[end:], []byte("\r\n")) || l.isOpen && start > 1 && d.src[start-2] == '\r' {
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

// reach gives the last column from which a literal would take in what follows the line
// that ends at an offset: blanks on empty lines, and a comment.
func (d *Document) reach(end int) int {
	reach := -1
	for line := d.nextLine(end); line < len(d.src); line = d.nextLine(line) {
		text := skipBlanks(d.src, line)
		switch {
		case blankOrEnd(d.src, text):
			reach = max(reach, text-line-1)
		case d.src[text] == '#':
			return max(reach, text-line)
		default:
			return reach
		}
	}
	return reach
}

// listUnit gives by how many blanks a list below a key is indented: as the first one
// of the document is, else not at all.
func (d *Document) listUnit() int {
	if d.lists == 0 {
		d.lists = 1
		for i := range d.nodes {
			x := &d.nodes[i]
			if above := &d.nodes[x.parent]; x.kind == Sequence && x.style == block && above.kind == Mapping && above.style == block {
				d.lists += int(x.col - above.col)
				break
			}
		}
	}
	return d.lists - 1
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

// nextLine gives where the next line starts; the end of the text when there is none.
func (d *Document) nextLine(at int) int {
	end := d.lineEnd(at)
	if end < len(d.src) && d.src[end] == '\r' {
		end++
	}
	return min(end+1, len(d.src))
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

// replace puts a value in place of another. The anchor and the comment behind it stay;
// a tag goes, since it spoke of the old value.
func (f *draft) replace(v int32, value any) []diag.Splice {
	d, x := f.doc, &f.doc.nodes[v]
	parent := &d.nodes[x.parent]
	var out []diag.Splice
	if q := d.props[v]; q.tagEnd != 0 {
		out = append(out, diag.Put(int(q.tag), skipBlanks(d.src, int(q.tagEnd)), ""))
	}
	switch {
	case parent.style == flow || x.style == flow && isLines(value):
		return append(out, f.replaceInFlow(v, value, parent.style == flow)...)
	case x.style == block:
		return append(out, f.replaceBlock(v, value)...)
	case isLines(value):
		return append(out, f.replaceByLines(v, value)...)
	}
	start, end := int(x.start), int(x.end)
	l := d.look(end)
	text, lines := l.literal(value, f.column(v, Mapping))
	if text == "" {
		text = l.flow(value, frame{}, false)
	}
	switch {
	case x.flags&implied != 0:
		start = skipBlanksBack(d.src, start)
		if out != nil {
			out[0].End = int(d.props[v].tagEnd)
			start = max(start, out[0].End)
		}
		out = append(out, diag.Put(start, start, " "+text))
	case x.style == literal || x.style == folded:
		out = append(out, diag.Put(start, d.headerEnd(v), text))
		body := d.lineEnd(start)
		if end = max(body, end); end > body {
			out = append(out, diag.Put(body, end, ""))
		}
	default:
		out = append(out, diag.Put(start, end, text))
	}
	if lines == nil {
		return out
	}
	at := d.lineEnd(end)
	p := f.printer(at)
	p.lines(lines, f.column(v, Mapping))
	p.ends = text == "|"
	return append(out, diag.Put(at, at, p.text()))
}

// headerEnd gives where the indicators of a block scalar end.
func (d *Document) headerEnd(v int32) int {
	end := int(d.nodes[v].start) + 1
	for end < int(d.nodes[v].end) && !blankOrEnd(d.src, end) {
		end++
	}
	return end
}

// column gives where the lines of a value of some kind stand below its key or dash.
func (f *draft) column(v int32, kind Kind) int {
	d := f.doc
	up := d.nodes[v].parent
	switch parent := &d.nodes[up]; {
	case parent.kind == Sequence:
		return int(parent.col) + 2
	case parent.kind != Mapping:
		return 0
	case kind == Sequence:
		return int(parent.col) + d.listUnit()
	default:
		return int(parent.col) + d.unit(up)
	}
}

// replaceInFlow puts a value into a flow collection, or in place of one.
func (f *draft) replaceInFlow(v int32, value any, inFlow bool) []diag.Splice {
	d, x := f.doc, &f.doc.nodes[v]
	start, end := int(x.start), int(x.end)
	l := d.look(start)
	at := frame{}
	if inFlow {
		at = d.frame(x.parent)
	} else if at = d.frame(v); at.lines {
		at.indent = strings.TrimSuffix(at.indent, at.unit)
	}
	text := l.flow(value, at, inFlow)
	switch {
	case x.flags&noColon != 0:
		text = ": " + text
	case x.flags&implied != 0 && skipBlanksBack(d.src, start) == start && !(l.tight && isLines(value) && d.nodes[x.key].style == doubleQuoted):
		text = " " + text
	}
	return []diag.Splice{diag.Put(start, end, text)}
}

// replaceBlock puts a value in place of a block collection: on its lines, or, when it
// needs none, behind its key.
func (f *draft) replaceBlock(v int32, value any) []diag.Splice {
	d, x := f.doc, &f.doc.nodes[v]
	column, end := int(x.col), d.entriesEnd(v)
	p := f.printer(end)
	parent := &d.nodes[x.parent]
	switch isBelow := parent.kind == Mapping && d.opensLine(int(x.start)) && d.nodes[x.key].flags&questioned == 0; {
	case isLines(value):
		if isBelow && x.col == parent.col && kindOf(value) != Sequence {
			column += d.unit(x.parent)
			p.write(strings.Repeat(" ", column-int(x.col)))
		}
		p.collection(value, column, d.unit(v))
	case isBelow:
		p.write(" " + p.flow(value, frame{}, false))
		at := max(skipBlanks(d.src, int(d.nodes[x.key].end))+1, int(d.props[v].end()))
		line := d.lineEnd(at)
		return []diag.Splice{diag.Put(at, at, p.text()), diag.Put(line, end, "")}
	default:
		p.inline(value, column+1)
	}
	return []diag.Splice{diag.Put(int(x.start), end, p.text())}
}

// replaceByLines puts a mapping or list, on lines of its own, in place of a null or,
// where another value goes, of a scalar or a flow collection.
func (f *draft) replaceByLines(v int32, value any) []diag.Splice {
	d, x := f.doc, &f.doc.nodes[v]
	start, end := int(x.start), int(x.end)
	parent := &d.nodes[x.parent]
	column, unit := f.column(v, kindOf(value)), d.unit(x.parent)
	switch {
	case v == d.root && x.flags&implied != 0 && x.kind == Null:
		return []diag.Splice{f.fillText(start, value)}
	case start != end && d.opensLine(start) && skipBlanks(d.src, end) == d.lineEnd(end) && x.style != literal && x.style != folded:
		p := f.printer(end)
		p.collection(value, max(int(x.col), column), unit)
		return []diag.Splice{diag.Put(start, end, p.text())}
	}
	at := d.commentsEnd(end, parent.col)
	p := f.printer(at)
	p.indent(column)
	p.collection(value, column, unit)
	below := diag.Put(at, at, p.text())
	switch {
	case start == end:
		return []diag.Splice{below}
	case x.style == literal || x.style == folded:
		body := d.lineEnd(start)
		return []diag.Splice{diag.Put(skipBlanksBack(d.src, start), d.headerEnd(v), ""), diag.Put(body, max(body, end), ""), below}
	}
	if d.opensLine(start) {
		return []diag.Splice{diag.Put(start, skipBlanks(d.src, end), ""), below}
	}
	return []diag.Splice{diag.Put(skipBlanksBack(d.src, start), end, ""), below}
}

// fillText puts a mapping or list into a document that is empty.
func (f *draft) fillText(at int, value any) diag.Splice {
	d := f.doc
	p := f.printer(at)
	if line := d.src[d.lineStart(at):at]; len(line) > 0 && string(line) != byteOrderMark {
		p.write(p.eol)
	}
	p.collection(value, 0, 2)
	p.write(p.eol)
	return diag.Put(at, at, p.text())
}

func skipBlanksBack(src []byte, i int) int {
	for i > 0 && (src[i-1] == ' ' || src[i-1] == '\t') {
		i--
	}
	return i
}
