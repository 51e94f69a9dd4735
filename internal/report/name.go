package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// QuotedName gives the name of a file as git quotes it, so that names stay apart
// whatever bytes they have: as it is, or in quotes with escapes.
//
// Source: https://git-scm.com/docs/git-config#Documentation/git-config.txt-corequotePath
func QuotedName(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c >= '\a' && c <= '\r':
			b.WriteString(`\` + string("abtnvfr"[c-'\a']))
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() == len(name) {
		return name
	}
	return `"` + b.String() + `"`
}

// named gives the name of a file for JSON, which has only UTF-8. What is none is
// quoted, and so that nothing else reads as it, what begins with a quote.
func named(file string) string {
	if utf8.ValidString(file) && !strings.HasPrefix(file, `"`) {
		return file
	}
	return QuotedName(file)
}
