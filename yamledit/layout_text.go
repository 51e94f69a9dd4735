package yamledit

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// A look says how new text is to look where it goes.
type look struct {
	eol    string // the file's line end
	isJSON bool   // double quotes, so that JSON stays JSON
	tight  bool   // JSON without blanks
	isOpen bool   // no line end follows before the end of the text
	lists  int    // by how many blanks a list below a key is indented
	reach  int    // the last column from which what follows would become part of a literal; -1 for none
}

// A printer spells what is new as lines of a block collection.
type printer struct {
	look
	strings.Builder
	ends bool // in a literal whose line end is part of it
}

// text gives what was written.
func (p *printer) text() string {
	if p.ends && p.isOpen {
		p.WriteString(p.eol)
	}
	return p.String()
}

func (p *printer) write(text string) {
	p.WriteString(text)
	p.ends = false
}

// indent begins a line.
func (p *printer) indent(column int) { p.write(p.eol + strings.Repeat(" ", column)) }

// mapping writes entries in a column; the first begins where the cursor is.
func (p *printer) mapping(cells []*cell, column, unit int) {
	for i, c := range cells {
		if i > 0 {
			p.indent(column)
		}
		p.write(p.scalar(c.key, false) + ":")
		switch v := c.value.(type) {
		case *growth:
			if len(v.cells) > 0 {
				p.indent(column + unit)
				p.mapping(v.cells, column+unit, unit)
				continue
			}
		case []any:
			if len(v) > 0 {
				p.indent(column + p.lists)
				p.list(v, column+p.lists, unit)
				continue
			}
		}
		p.write(" ")
		p.inline(c.value, column+unit)
	}
}

// list writes elements with dashes in a column; the first begins where the cursor is.
func (p *printer) list(values []any, column, unit int) {
	for i, value := range values {
		if i > 0 {
			p.indent(column)
		}
		p.write("- ")
		switch v := value.(type) {
		case *growth:
			if len(v.cells) > 0 {
				p.mapping(v.cells, column+2, unit)
				continue
			}
		case []any:
			if len(v) > 0 {
				p.list(v, column+2, unit)
				continue
			}
		}
		p.inline(value, column+2)
	}
}

// collection writes a mapping or list that is not empty.
func (p *printer) collection(value any, column, unit int) {
	if g, ok := value.(*growth); ok {
		p.mapping(g.cells, column, unit)
	} else {
		p.list(value.([]any), column, unit)
	}
}

// isLines tells whether a value is written on lines of its own in a block.
func isLines(value any) bool {
	switch v := value.(type) {
	case *growth:
		return len(v.cells) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// inline writes any other value where the cursor is; the lines of a literal go into
// a column.
func (p *printer) inline(value any, column int) {
	header, lines := p.literal(value, column)
	if header == "" {
		p.write(p.flow(value, frame{}, false))
		return
	}
	p.write(header)
	p.lines(lines, column)
	p.ends = header == "|"
}

// lines writes the lines of a literal.
func (p *printer) lines(lines []string, column int) {
	for _, line := range lines {
		if p.write(p.eol); line != "" {
			p.write(strings.Repeat(" ", column) + line)
		}
	}
}

// literal gives the indicator and the lines of a text of several lines in a column; ""
// when it is written otherwise, since its blanks or characters would not survive.
func (l look) literal(value any, column int) (header string, lines []string) {
	s, ok := value.(string)
	if !ok || l.isJSON || column <= l.reach || !strings.Contains(s, "\n") || strings.HasSuffix(s, "\n\n") || strings.IndexByte("\n \t", s[0]) >= 0 {
		return "", nil
	}
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' }) {
		return "", nil
	}
	text, isEnded := strings.CutSuffix(s, "\n")
	lines = strings.Split(text, "\n")
	for _, line := range lines {
		if line != "" && strings.Trim(line, " \t") == "" {
			return "", nil
		}
	}
	if isEnded {
		return "|", lines
	}
	return "|-", lines
}

// scalar spells a value: a string plain where that reads back as the same string,
// else in single quotes.
func (l look) scalar(value any, inFlow bool) string {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		switch {
		case l.isJSON || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) }):
			return quotedJSON(v)
		case !isPlain(v, inFlow):
			return "'" + strings.ReplaceAll(v, "'", "''") + "'"
		}
		return v
	}
	return "null"
}

// quotedJSON spells a string in double quotes, as JSON and YAML both read it.
func quotedJSON(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a string always encodes
	return withEscapes(strings.TrimSuffix(b.String(), "\n"))
}

// withEscapes writes as escapes what JSON may hold as it is and YAML may not, or that
// parsers take for a line end. All of it stands in strings.
func withEscapes(json string) string {
	isOdd := func(r rune) bool {
		return r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff
	}
	if !strings.ContainsFunc(json, isOdd) {
		return json
	}
	var b strings.Builder
	for _, r := range json {
		if isOdd(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// oldWords are what parsers of YAML 1.1 take for booleans and nulls, in lower case.
var oldWords = map[string]bool{"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "true": true, "false": true, "null": true}

// isPlain tells whether a string without quotes reads back as itself.
func isPlain(s string, inFlow bool) bool {
	if s == "" || strings.TrimSpace(s) != s || oldWords[strings.ToLower(s)] || markerAt([]byte(s)) != 0 {
		return false
	}
	if tag, _ := resolvePlain(s); tag != strTag {
		return false
	}
	if strings.IndexByte("-?:,[]{}#&*!|>'\"%@`=", s[0]) >= 0 || isOldNumber(s) {
		return false
	}
	if inFlow && strings.ContainsAny(s, ",[]{}?") {
		return false
	}
	return !strings.Contains(s, ": ") && !strings.Contains(s, " #") && !strings.HasSuffix(s, ":")
}

// isOldNumber tells whether a parser of YAML 1.1 may take a string for a number to the
// base of sixty, 12:30, or for a time, 2026-01-01 9:00:00 -5.
//
// Sources: https://yaml.org/type/int.html, https://yaml.org/type/timestamp.html
func isOldNumber(s string) bool {
	const digits = "0123456789"
	return strings.Contains(s, ":") && strings.Trim(s, digits+"_:.+-") == "" ||
		len(s) > 5 && s[4] == '-' && strings.Trim(s[:4]+s[5:6], digits) == ""
}

// A frame says how the entries of a flow collection stand: each on a line of its
// own with this indentation, or, with lines false, all on one.
type frame struct {
	lines        bool
	indent, unit string
	pad          string // inside the braces of a mapping, on one line
}

// flow spells a value on one line or, in a frame of lines, a collection on several.
func (l look) flow(value any, at frame, inFlow bool) string {
	inner := at
	inner.indent += at.unit
	switch v := value.(type) {
	case spelt:
		return v.text
	case *growth:
		return l.enclosed("{", l.entries(v, inner), "}", at, inner)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = l.flow(v[i], inner, true)
		}
		at.pad = ""
		return l.enclosed("[", parts, "]", at, inner)
	}
	return l.scalar(value, inFlow)
}

// entries spells the entries of a flow mapping in its frame.
func (l look) entries(g *growth, at frame) []string {
	var parts []string
	for _, c := range g.cells {
		text := l.scalar(c.key, true) + ":"
		if !l.tight {
			text += " "
		}
		parts = append(parts, text+l.flow(c.value, at, true))
	}
	return parts
}

// enclosed puts parts that stand in the inner frame between braces or brackets that
// stand in the outer one.
func (l look) enclosed(opening string, parts []string, closing string, at, inner frame) string {
	switch text := strings.Join(parts, ","+l.separator(inner)); {
	case text == "":
		return opening + closing
	case at.lines:
		return opening + l.eol + inner.indent + text + l.eol + at.indent + closing
	default:
		return opening + at.pad + text + at.pad + closing
	}
}

// separator goes after the comma between two entries.
func (l look) separator(at frame) string {
	switch {
	case at.lines:
		return l.eol + at.indent
	case l.tight:
		return ""
	}
	return " "
}
