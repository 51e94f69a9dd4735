package yamledit

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// Codes of what is refused, which are stable:
//   - yaml: not YAML, or YAML that is read differently by different parsers
//   - template: a template that has yet to be rendered into YAML
//   - duplicate-key: a key stands twice in one mapping
//   - tab: a tab where YAML wants blanks
//   - encoding: not UTF-8, or a character that YAML forbids
//   - anchor: an edit would change other places too, through an anchor or alias
//   - merge-key: a merge key (<<) on the way to the edit
//   - not-a-mapping, not-a-scalar: something else stands where one is needed

// fail gives up the parse; Parse recovers the error.
func (p *parser) fail(at int, code, message, hint string) {
	if code == "yaml" && p.templateAt(at) {
		code, message = "template", "a template expression stands where YAML is expected"
		hint = "render the template first, then edit its output"
	}
	panic(diag.Finding{Severity: diag.Error, Code: code, Position: p.doc.position(at), Message: message, Hint: hint})
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
