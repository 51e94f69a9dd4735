package yamledit

import (
	"bytes"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// reshapeFlow adds to a flow collection and takes from it.
func (f *draft) reshapeFlow(id int32) []diag.Splice {
	d := f.doc
	values, added := d.values(id), f.added(id)
	var out []diag.Splice
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
		case isLast && added != "":
			out = append(out, diag.Put(start, end, added))
			added = ""
		case !isLast && first == 0:
			out = append(out, d.cut(start, end, d.begin(d.nodes[values[i]].key), false)...)
		case first > 0:
			out = append(out, d.cut(start, end, d.flowEnd(values[first-1]), true)...)
		default:
			out = append(out, diag.Put(start, end, ""))
			if comma := d.comma(end); d.src[comma] == ',' {
				out = append(out, diag.Put(comma, comma+1, ""))
			}
		}
	}
	if added == "" {
		return out
	}
	return append(out, d.appendFlow(id, values, added)...)
}

// values gives what a collection holds: a mapping's values, a list's elements.
func (d *Document) values(id int32) []int32 {
	x := &d.nodes[id]
	var all []int32
	for c := x.first; c != 0; c = d.nodes[c].next {
		if x.kind == Mapping {
			c = d.nodes[c].next
		}
		all = append(all, c)
	}
	return all
}

// cut takes the text between two offsets out of a flow mapping, with the comma
// and the blanks between it and its neighbour, but no comment there.
func (d *Document) cut(start, end, neighbour int, isBefore bool) []diag.Splice {
	from, to := end, neighbour
	if isBefore {
		from, to = neighbour, start
	}
	comma := d.comma(from)
	switch isClean := bytes.IndexByte(d.src[from:to], '#') < 0; {
	case isClean && isBefore && d.src[neighbour-1] == ':': // a key without a value needs a blank
		return []diag.Splice{diag.Put(neighbour, end, " ")}
	case isClean:
		return []diag.Splice{diag.Put(min(start, neighbour), max(end, neighbour), "")}
	case isBefore:
		return []diag.Splice{diag.Put(comma, comma+1, ""), diag.Put(start, end, "")}
	}
	return []diag.Splice{diag.Put(start, end, ""), diag.Put(comma, comma+1, "")}
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
	for d.src[at] != ',' && d.src[at] != '}' && d.src[at] != ']' {
		if d.src[at] == '#' {
			at = d.lineEnd(at)
		} else {
			at++
		}
	}
	return at
}

// added spells what is added to a flow collection, without a comma before it.
func (f *draft) added(id int32) string {
	d := f.doc
	l, at := d.look(int(d.nodes[id].start)), d.frame(id)
	var parts []string
	if g := f.grown[id]; g != nil {
		parts = l.entries(g, at)
	}
	for _, v := range f.longer[id] {
		parts = append(parts, l.flow(v, at, true))
	}
	return strings.Join(parts, ","+l.separator(at))
}

// appendFlow adds entries after the last one, before the comment behind it only
// when they stand on its line. A comma at the end stays at the end.
func (d *Document) appendFlow(id int32, values []int32, added string) []diag.Splice {
	x := &d.nodes[id]
	l, at := d.look(int(x.start)), d.frame(id)
	if len(values) == 0 {
		start := int(x.start) + 1
		return []diag.Splice{diag.Put(start, start, at.pad+added)}
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
		var out []diag.Splice
		if trailing == "" {
			out = append(out, diag.Put(end, end, d.commaAfter(end)))
		}
		line := d.lineEnd(rest)
		return append(out, diag.Put(line, line, l.separator(at)+added+trailing))
	}
	return []diag.Splice{diag.Put(end, end, d.commaAfter(end)+l.separator(at)+added)}
}

// frame gives how entries stand in a flow collection.
func (d *Document) frame(id int32) frame {
	x := &d.nodes[id]
	at := frame{unit: "  "}
	last := x.first
	if last == 0 || x.style != flow {
		if end := int(x.end) - 1; x.kind == Mapping && x.style == flow && d.src[x.start+1] == ' ' && end > int(x.start)+1 {
			at.pad = " "
		}
		return at
	}
	step := func(id int32) int32 {
		if x.kind == Mapping {
			id = d.nodes[id].next
		}
		return d.nodes[id].next
	}
	for step(last) != 0 {
		last = step(last)
	}
	start := d.begin(last)
	at.lines = d.opensLine(start) && d.lineStart(start) > int(x.start)
	if at.lines {
		at.indent = string(d.src[d.lineStart(start):start])
		line := d.lineStart(int(x.start))
		outer := string(d.src[line:skipBlanks(d.src, line)])
		if unit, deeper := strings.CutPrefix(at.indent, outer); deeper && unit != "" {
			at.unit = unit
		}
	} else if x.kind == Mapping && d.src[x.start+1] == ' ' {
		at.pad = " "
	}
	return at
}
