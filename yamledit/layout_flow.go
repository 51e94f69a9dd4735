package yamledit

import (
	"bytes"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// reshapeFlow adds to a flow mapping and takes from it.
func (f *draft) reshapeFlow(id int32) []diag.Splice {
	d, x, g := f.doc, &f.doc.nodes[id], f.grown[id]
	var values []int32
	for k := x.first; k != 0; k = d.nodes[values[len(values)-1]].next {
		values = append(values, d.nodes[k].next)
	}
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
		case isLast && g != nil:
			out = append(out, diag.Put(start, end, f.entries(id)))
			g = nil
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
	if g == nil {
		return out
	}
	return append(out, f.appendFlow(id, values)...)
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
func (f *draft) appendFlow(id int32, values []int32) []diag.Splice {
	d, x := f.doc, &f.doc.nodes[id]
	l, at := d.look(int(x.start)), d.frame(id)
	if len(values) == 0 {
		start := int(x.start) + 1
		return []diag.Splice{diag.Put(start, start, at.pad+f.entries(id))}
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
		return append(out, diag.Put(line, line, l.separator(at)+f.entries(id)+trailing))
	}
	return []diag.Splice{diag.Put(end, end, d.commaAfter(end)+l.separator(at)+f.entries(id))}
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
