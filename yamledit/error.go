package yamledit

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Position is a place in a file. Line and Column start at 1; Column counts
// bytes, as go/token's does; Byte starts at 0. Only \n and \r\n end a line.
type Position struct{ Line, Column, Byte int }

// An Error says what in a document cannot be read or cannot be edited safely.
//
// Codes are stable:
//   - yaml: not YAML, or YAML that is read differently by different parsers
//   - template: a template that has yet to be rendered into YAML
//   - duplicate-key: a key stands twice in one mapping
//   - tab: a tab where YAML wants blanks
//   - encoding: not UTF-8, or a character that YAML forbids
//   - anchor: an edit would change other places too, through an anchor or alias
//   - merge-key: a merge key (<<) on the way to the edit
//   - not-a-mapping, not-a-scalar: something else stands where one is needed
type Error struct {
	Position Position
	Code     string
	Message  string
	Hint     string
	Path     string // of the field, such as spec.nodes[0].aws; empty when it is the text that is wrong
}

// Error gives line:column: path: message; hint.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d:%d: ", e.Position.Line, e.Position.Column)
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// fail gives up the parse; Parse recovers the error.
func (p *parser) fail(at int, code, message, hint string) {
	if code == "yaml" && p.templateAt(at) {
		code, message = "template", "a template expression stands where YAML is expected"
		hint = "render the template first, then edit its output"
	}
	panic(&Error{Position: p.doc.position(at), Code: code, Message: message, Hint: hint})
}

// templateAt tells whether the line at an offset holds a template expression, so
// that a syntax error there is best explained by it.
func (p *parser) templateAt(at int) bool {
	start := bytes.LastIndexByte(p.src[:at], '\n') + 1
	line := p.src[start:]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	return bytes.Contains(line, []byte("{{")) || bytes.Contains(line, []byte("{%"))
}

// named quotes a key or an anchor for a message.
func named(name string) string { return fmt.Sprintf("%q", shortened(name)) }

// shortened gives at most 60 bytes of a name.
func shortened(name string) string {
	if len(name) > 60 {
		cut := 57
		for !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + "..."
	}
	return name
}
