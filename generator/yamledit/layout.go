package yamledit

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// splices makes text of a draft. What is new takes the form of what it joins:
// block or flow, column, indentation and line ends.
func (f *draft) splices() []Splice {
	d := f.doc
	var out []Splice
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
	end := len(d.src)
	if n := bytes.IndexByte(d.src[at:], '\n'); n >= 0 {
		end = at + n
		if end > 0 && d.src[end-1] == '\r' {
			end--
		}
	}
	return end
}

func (d *Document) lineStart(at int) int { return bytes.LastIndexByte(d.src[:at], '\n') + 1 }

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
func (d *Document) replace(v int32, value any) []Splice {
	x := &d.nodes[v]
	inFlow := d.nodes[x.parent].style == flow
	text := d.look(int(x.start)).scalar(value, inFlow)
	start, end := int(x.start), int(x.end)
	var out []Splice
	if q := d.props[v]; q.tagEnd != 0 {
		out = append(out, Splice{int(q.tag), skipBlanks(d.src, int(q.tagEnd)), ""})
	}
	switch {
	case x.flags&noColon != 0:
		return []Splice{{start, start, ": " + text}}
	case x.flags&implied != 0:
		start = skipBlanksBack(d.src, start)
		if out != nil {
			out[0].End = int(d.props[v].tagEnd)
			start = max(start, out[0].End)
		}
		return append(out, Splice{start, start, " " + text})
	case x.style == literal || x.style == folded:
		indicator := start + 1
		for indicator < end && !blankOrEnd(d.src, indicator) {
			indicator++
		}
		body := d.lineEnd(start)
		return append(out, Splice{start, indicator, text}, Splice{body, max(body, end), ""})
	}
	return append(out, Splice{start, end, text})
}

func skipBlanksBack(src []byte, i int) int {
	for i > 0 && (src[i-1] == ' ' || src[i-1] == '\t') {
		i--
	}
	return i
}

// fill makes a mapping of a null.
func (f *draft) fill(id int32) []Splice {
	d, x, g := f.doc, &f.doc.nodes[id], f.grown[id]
	start, end := int(x.start), int(x.end)
	l := d.look(start)
	parent := &d.nodes[x.parent]
	if parent.style == flow {
		text := l.braces(g, d.frame(x.parent))
		if x.flags&noColon != 0 {
			text = ": " + text
		} else if x.flags&implied != 0 && !l.tight && !blankBefore(d.src, start) {
			text = " " + text
		}
		return []Splice{{start, end, text}}
	}
	column := int(parent.col) + 2
	if parent.kind == Mapping {
		column = int(parent.col) + d.unit(x.parent)
	}
	below := l.eol + strings.Repeat(" ", column) + l.block(g, column, d.unit(x.parent))
	at := d.lineEnd(end)
	if start == end {
		return []Splice{{at, at, below}}
	}
	if d.opensLine(start) {
		return []Splice{{start, end, l.block(g, int(x.col), d.unit(x.parent))}}
	}
	return []Splice{{skipBlanksBack(d.src, start), end, ""}, {at, at, below}}
}

func blankBefore(src []byte, i int) bool { return i > 0 && (src[i-1] == ' ' || src[i-1] == '\t') }

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

// entriesEnd gives where new lines of a block mapping go: after the last entry's,
// and after the comments right below it that are indented more than its key, since
// they belong to it. Other comments may head what comes next.
func (d *Document) entriesEnd(id int32) int {
	x := &d.nodes[id]
	end := d.lineEnd(int(x.end))
	for next := end; ; {
		n := bytes.IndexByte(d.src[next:], '\n')
		if n < 0 {
			return end
		}
		line := next + n + 1
		text := line
		for text < len(d.src) && d.src[text] == ' ' {
			text++
		}
		if text == len(d.src) || d.src[text] != '#' || text-line <= int(x.col) {
			return end
		}
		end = d.lineEnd(text)
		next = end
	}
}

// reshapeBlock adds to a block mapping and takes from it. When the last entry goes,
// new lines take its place.
func (f *draft) reshapeBlock(id int32) []Splice {
	d, x, g := f.doc, &f.doc.nodes[id], f.grown[id]
	var out []Splice
	kept, last := 0, int32(0)
	for k := x.first; k != 0; k = d.nodes[last].next {
		if last = d.nodes[k].next; !f.removed[last] {
			kept++
		}
	}
	if kept == 0 && g == nil {
		return []Splice{{int(x.start), int(x.end), "{}"}}
	}
	end := d.lineEnd(int(d.nodes[last].end))
	if g != nil {
		l := d.look(end)
		text := l.block(g, int(x.col), d.unit(id))
		if f.removed[last] {
			out = append(out, Splice{d.begin(d.nodes[last].key), end, text})
		} else {
			end = d.entriesEnd(id)
			out = append(out, Splice{end, end, l.eol + strings.Repeat(" ", int(x.col)) + text})
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
func (f *draft) removeLines(k, v int32) Splice {
	d := f.doc
	start, end := d.begin(k), d.lineEnd(int(d.nodes[v].end))
	next := len(d.src)
	if n := bytes.IndexByte(d.src[end:], '\n'); n >= 0 {
		next = end + n + 1
	}
	if d.opensLine(start) {
		if start = d.lineStart(start); start == 0 {
			return Splice{0, next, ""}
		}
		return Splice{d.lineEnd(start - 1), end, ""}
	}
	if following := d.nodes[v].next; following != 0 && !f.removed[d.nodes[following].next] {
		if begin := d.begin(following); d.lineStart(begin) == next {
			return Splice{start, begin, ""}
		}
	}
	return Splice{skipBlanksBack(d.src, start), end, ""}
}

// reshapeFlow adds to a flow mapping and takes from it.
func (f *draft) reshapeFlow(id int32) []Splice {
	d, x, g := f.doc, &f.doc.nodes[id], f.grown[id]
	var values []int32
	for k := x.first; k != 0; k = d.nodes[values[len(values)-1]].next {
		values = append(values, d.nodes[k].next)
	}
	var out []Splice
	for i := 0; i < len(values); i++ {
		first := i
		for i < len(values) && f.removed[values[i]] {
			i++
		}
		if i == first {
			continue
		}
		start, end := d.begin(d.nodes[values[first]].key), d.flowEnd(values[i-1])
		switch isLast := i == len(values); {
		case isLast && g != nil:
			out = append(out, Splice{start, end, f.entries(id)})
			g = nil
		case !isLast && first == 0:
			out = append(out, d.cut(start, end, d.begin(d.nodes[values[i]].key), false)...)
		case first > 0:
			out = append(out, d.cut(start, end, d.flowEnd(values[first-1]), true)...)
		default:
			out = append(out, Splice{start, end, ""})
			if comma := d.comma(end); d.src[comma] == ',' {
				out = append(out, Splice{comma, comma + 1, ""})
			}
		}
	}
	if g == nil {
		return out
	}
	return append(out, f.appendFlow(id, values)...)
}

// cut takes the text between two offsets out of a flow mapping, with the comma
// and the blanks between it and its neighbour, but no comment there.
func (d *Document) cut(start, end, neighbour int, isBefore bool) []Splice {
	from, to := end, neighbour
	if isBefore {
		from, to = neighbour, start
	}
	comma := d.comma(from)
	switch isClean := bytes.IndexByte(d.src[from:to], '#') < 0; {
	case isClean:
		return []Splice{{min(start, neighbour), max(end, neighbour), ""}}
	case isBefore:
		return []Splice{{comma, comma + 1, ""}, {start, end, ""}}
	}
	return []Splice{{start, end, ""}, {comma, comma + 1, ""}}
}

// flowEnd gives where an entry of a flow mapping ends: a colon without a value
// needs the blank behind it.
func (d *Document) flowEnd(v int32) int {
	x := &d.nodes[v]
	end := int(x.end)
	if x.flags&implied != 0 && x.flags&noColon == 0 && d.src[end] == ' ' && d.src[end+1] != '#' {
		end++
	}
	return end
}

// commaAfter spells a comma that does not become part of a colon before it.
func (d *Document) commaAfter(at int) string {
	if d.src[at-1] == ':' {
		return " ,"
	}
	return ","
}

// comma gives where the comma or the closing brace after an entry stands.
func (d *Document) comma(at int) int {
	for d.src[at] != ',' && d.src[at] != '}' {
		if d.src[at] == '#' {
			at = d.lineEnd(at)
		} else {
			at++
		}
	}
	return at
}

// entries spells what is added to a flow mapping, without a comma before it.
func (f *draft) entries(id int32) string {
	d := f.doc
	l, at := d.look(int(d.nodes[id].start)), d.frame(id)
	return strings.Join(l.flow(f.grown[id], at), ","+l.separator(at))
}

// appendFlow adds entries after the last one, before the comment behind it only
// when they stand on its line. A comma at the end stays at the end.
func (f *draft) appendFlow(id int32, values []int32) []Splice {
	d, x := f.doc, &f.doc.nodes[id]
	l, at := d.look(int(x.start)), d.frame(id)
	if len(values) == 0 {
		start := int(x.start) + 1
		return []Splice{{start, start, at.pad + f.entries(id)}}
	}
	end := d.flowEnd(values[len(values)-1])
	comma := skipBlanks(d.src, end)
	trailing := ""
	after := end
	if d.src[comma] == ',' {
		trailing, after = ",", comma+1
	}
	rest := skipBlanks(d.src, after)
	if at.lines && (blankOrEnd(d.src, rest) || d.src[rest] == '#') {
		var out []Splice
		if trailing == "" {
			out = append(out, Splice{end, end, d.commaAfter(end)})
		}
		line := d.lineEnd(rest)
		return append(out, Splice{line, line, l.separator(at) + f.entries(id) + trailing})
	}
	return []Splice{{end, end, d.commaAfter(end) + l.separator(at) + f.entries(id)}}
}

// frame gives how entries stand in a flow mapping.
func (d *Document) frame(id int32) frame {
	x := &d.nodes[id]
	at := frame{unit: "  "}
	if x.kind != Mapping || x.first == 0 {
		if end := int(x.end) - 1; x.kind == Mapping && d.src[x.start+1] == ' ' && end > int(x.start)+1 {
			at.pad = " "
		}
		return at
	}
	last := x.first
	for d.nodes[d.nodes[last].next].next != 0 {
		last = d.nodes[d.nodes[last].next].next
	}
	key := d.begin(last)
	at.lines = d.opensLine(key) && d.lineStart(key) > int(x.start)
	if at.lines {
		at.indent = string(d.src[d.lineStart(key):key])
		brace := d.src[d.lineStart(int(x.start)):x.start]
		outer := string(brace[:len(brace)-len(bytes.TrimLeft(brace, " \t"))])
		if unit, deeper := strings.CutPrefix(at.indent, outer); deeper && unit != "" {
			at.unit = unit
		}
	} else if d.src[x.start+1] == ' ' {
		at.pad = " "
	}
	return at
}
