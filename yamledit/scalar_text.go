package yamledit

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// text gives a scalar's content, decoded.
func (d *Document) text(id int32) string {
	x := &d.nodes[id]
	if x.kind != Scalar {
		return ""
	}
	raw := d.src[x.start:x.end]
	switch {
	case x.style == literal || x.style == folded:
		return d.blockText(x)
	case x.style == plain && x.flags&multiline == 0:
		return string(raw)
	case x.style == plain:
		return fold(raw)
	case x.flags&(escaped|multiline) == 0:
		return string(raw[1 : len(raw)-1])
	case x.style == singleQuoted:
		return strings.ReplaceAll(fold(raw[1:len(raw)-1]), "''", "'")
	default:
		return unescape(raw[1 : len(raw)-1])
	}
}

// fold joins the lines of a scalar: one line end is a blank, more are themselves
// less one. Blanks around line ends go.
func fold(raw []byte) string {
	if bytes.IndexByte(raw, '\n') < 0 {
		return string(raw)
	}
	lines := strings.Split(string(raw), "\n")
	var b strings.Builder
	empty := 0
	for i, line := range lines {
		if i > 0 {
			line = strings.TrimLeft(line, " \t")
		}
		if i < len(lines)-1 {
			line = strings.TrimRight(line, " \t\r")
		}
		switch {
		case i == 0:
		case line == "" && i < len(lines)-1:
			empty++
			continue
		case empty > 0:
			b.WriteString(strings.Repeat("\n", empty))
			empty = 0
		default:
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

// simpleEscapes are those of one character; \/ is JSON's, which yaml.v3 lacks.
var simpleEscapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	' ': " ", '"': "\"", '\'': "'", '\\': "\\", '/': "/", 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

// escape checks the escape at i and gives where it ends; before the line end,
// when it is one of a line end.
func (p *parser) escape(i int) int {
	if i+1 < len(p.src) {
		c := p.src[i+1]
		if c == '\n' || c == '\r' {
			return i + 1
		}
		if c == '/' {
			p.doc.unusual = true
		}
		if _, simple := simpleEscapes[c]; simple {
			return i + 2
		}
		r, end := hexEscape(p.src, i)
		if r >= 0xd800 && r < 0xdc00 { // JSON writes what is beyond U+FFFF as a pair
			p.doc.unusual = true
			low, after := hexEscape(p.src, end)
			if low >= 0xdc00 && low < 0xe000 {
				return after
			}
			r = -1
		}
		if r >= 0 && (r < 0xd800 || r >= 0xe000) && r <= utf8.MaxRune {
			return end
		}
	}
	p.fail(i, codeYAML, "an escape that YAML does not know", "double the backslash, or use single quotes")
	return 0
}

// hexEscape reads \xHH, \uHHHH or \UHHHHHHHH; -1 when there is none.
func hexEscape(src []byte, i int) (r rune, end int) {
	if i+1 >= len(src) || src[i] != '\\' {
		return -1, i
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[src[i+1]]
	if end = i + 2 + digits; digits == 0 || end > len(src) {
		return -1, i
	}
	for _, c := range src[i+2 : end] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1, i
		}
		if r >= 1<<27 {
			return -1, i
		}
		r = r<<4 | rune(c)
	}
	return r, end
}

// unescape decodes the inside of double quotes.
func unescape(raw []byte) string {
	var b strings.Builder
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\' && (raw[i+1] == '\n' || raw[i+1] == '\r'): // joins without a blank, but keeps further line ends
			_, i = lineEnds(raw, i+1, &b, true)
		case c == '\\':
			if s, simple := simpleEscapes[raw[i+1]]; simple {
				b.WriteString(s)
				i += 2
				continue
			}
			r, end := hexEscape(raw, i)
			if r >= 0xd800 && r < 0xe000 {
				low, after := hexEscape(raw, end)
				r, end = 0x10000+(r-0xd800)<<10+(low-0xdc00), after
			}
			b.WriteRune(r)
			i = end
		case c == ' ' || c == '\t':
			end := skipBlanks(raw, i)
			if end < len(raw) && (raw[end] == '\n' || raw[end] == '\r') {
				_, i = lineEnds(raw, end, &b, false)
				continue
			}
			b.Write(raw[i:end])
			i = end
		case c == '\n' || c == '\r':
			_, i = lineEnds(raw, i, &b, false)
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// lineEnds writes what the line ends at i fold to and gives where the text goes
// on. After an escaped line end nothing stands for the first.
func lineEnds(raw []byte, i int, b *strings.Builder, isEscaped bool) (count, next int) {
	for i < len(raw) && (raw[i] == '\n' || raw[i] == '\r' || raw[i] == ' ' || raw[i] == '\t') {
		if raw[i] == '\n' {
			if count++; count > 1 {
				b.WriteByte('\n')
			}
		}
		i++
	}
	if count == 1 && !isEscaped {
		b.WriteByte(' ')
	}
	return count, i
}

// blockText decodes a literal or folded scalar.
func (d *Document) blockText(x *node) string {
	raw := d.src[x.start:]
	header := raw
	body := len(raw)
	if n := bytes.IndexByte(raw, '\n'); n >= 0 {
		header, body = raw[:n], n+1
	}
	var chomp byte
	for _, c := range header[1:min(3, len(header))] {
		if c == '+' || c == '-' {
			chomp = c
		} else if c < '1' || c > '9' {
			break
		}
	}
	var b strings.Builder
	var pending string // line ends not yet written
	width := int(x.first)
	leading, any := false, false
	for i := body; i < len(raw); {
		end := len(raw)
		terminated := false
		if n := bytes.IndexByte(raw[i:], '\n'); n >= 0 {
			end, terminated = i+n, true
		}
		line := strings.TrimSuffix(string(raw[i:end]), "\r")
		next := end
		if terminated {
			next++
		}
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if indent >= len(line) && len(line) <= width {
			if terminated {
				pending += "\n"
			}
			i = next
			continue
		}
		if indent < width {
			break
		}
		line = line[width:]
		blank := line[0] == ' ' || line[0] == '\t'
		switch {
		case x.style == literal || leading || blank || !any:
			b.WriteString(pending)
		case len(pending) == 1:
			b.WriteByte(' ')
		case len(pending) > 1:
			b.WriteString(pending[1:])
		}
		pending = ""
		b.WriteString(line)
		leading, any = blank, true
		if terminated {
			pending = "\n"
		}
		i = next
	}
	switch {
	case chomp == '+':
		b.WriteString(pending)
	case chomp == 0 && any && pending != "":
		b.WriteByte('\n')
	}
	return b.String()
}
