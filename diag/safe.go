package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe makes any text safe to print on one line: what a terminal or a reader of
// lines would obey, and not show, is written as an escape of Go's. These are the
// control characters (C0, DEL and C1, line ends among them), the line and
// paragraph separators, what turns the direction of text, bytes that are not
// UTF-8, and the bracket of ##[, behind which GitHub's and Azure's runners look for
// commands anywhere in a line.
//
// Sources: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters,
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
func Safe(text string) string {
	return strings.ReplaceAll(shown(text), "##[", `##\x5b`)
}

func shown(text string) string {
	if !strings.ContainsFunc(text, isUnsafe) { // an invalid byte reads as U+FFFD
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case !isUnsafe(r) || r == utf8.RuneError:
			b.WriteString(text[i : i+size])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

func isUnsafe(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)
}
