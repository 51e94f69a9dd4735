package yamledit

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// A look says how new text is to look where it goes.
type look struct {
	eol    string // the file's line end
	isJSON bool   // double quotes, so that JSON stays JSON
	tight  bool   // JSON without blanks
}

// scalar spells a value: a string plain where that reads back as the same string,
// else in single quotes.
func (l look) scalar(value any, inFlow bool) string {
	switch v := value.(type) {
	case bool:
		if v {
			return "true"
		}
		return "false"
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

func quotedJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
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
	if strings.IndexByte("-?:,[]{}#&*!|>'\"%@`=", s[0]) >= 0 {
		return false
	}
	if inFlow && strings.ContainsAny(s, ",[]{}?") {
		return false
	}
	return !strings.Contains(s, ": ") && !strings.Contains(s, " #") && !strings.HasSuffix(s, ":")
}

// block spells new entries as lines of a block mapping in a column; the first
// begins where it is put.
func (l look) block(g *growth, column, unit int) string {
	var b strings.Builder
	for i, e := range g.entries {
		if i > 0 {
			b.WriteString(l.eol + strings.Repeat(" ", column))
		}
		b.WriteString(l.scalar(e.key, false) + ":")
		if e.below != nil {
			b.WriteString(l.eol + strings.Repeat(" ", column+unit) + l.block(e.below, column+unit, unit))
		} else {
			b.WriteString(" " + l.scalar(e.value, false))
		}
	}
	return b.String()
}

// A frame says how the entries of a flow mapping stand: each on a line of its
// own with this indentation, or, with lines false, all on one.
type frame struct {
	lines        bool
	indent, unit string
	pad          string // inside the braces, on one line
}

func (l look) flow(g *growth, at frame) []string {
	var parts []string
	for _, e := range g.entries {
		text := l.scalar(e.key, true) + ":"
		if !l.tight {
			text += " "
		}
		if e.below != nil {
			text += l.braces(e.below, at)
		} else {
			text += l.scalar(e.value, true)
		}
		parts = append(parts, text)
	}
	return parts
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

// braces spells a new flow mapping as the value of an entry in a frame.
func (l look) braces(g *growth, at frame) string {
	inner := at
	inner.indent += at.unit
	text := strings.Join(l.flow(g, inner), ","+l.separator(inner))
	if at.lines {
		return "{" + l.eol + inner.indent + text + l.eol + at.indent + "}"
	}
	return "{" + at.pad + text + at.pad + "}"
}
