package run

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/pmezard/go-difflib/difflib"
)

// A hunk is one piece of a unified diff. It stays inside one document, so that
// no line of the document beside it, which may hold credentials, is shown.
type hunk struct {
	line       int // where it starts in the old file, from 1
	old, added int // how many lines it has before, and how many more after
	text       string
	isOpen     bool // it ends in a change, where its document does
}

// close gives an open hunk the line after its document as context, without which
// git takes it for the end of the file: when that line is the bare marker or
// blank, and so tells nothing of the next document.
func (h *hunk) close(next []byte) {
	first, _, _ := bytes.Cut(next, []byte("\n"))
	if text := string(bytes.TrimSpace(first)); h.isOpen && (text == "---" || text == "") {
		h.text += " " + string(first) + "\n"
		h.old++
	}
	h.isOpen = false
}

// hunks compares a document that starts at a line with what it became.
func hunks(line int, before, after []byte) []hunk {
	a, b := lines(before), lines(after)
	var all []hunk
	for _, group := range difflib.NewMatcher(a, b).GetGroupedOpCodes(3) {
		first, last := group[0], group[len(group)-1]
		h := hunk{line: line + first.I1, old: last.I2 - first.I1}
		h.added = last.J2 - first.J1 - h.old
		var text strings.Builder
		for _, op := range group {
			if op.Tag == 'e' {
				prefixed(&text, " ", a[op.I1:op.I2])
				continue
			}
			prefixed(&text, "-", a[op.I1:op.I2])
			prefixed(&text, "+", b[op.J1:op.J2])
		}
		h.text, h.isOpen = text.String(), last.Tag != 'e'
		all = append(all, h)
	}
	return all
}

func lines(text []byte) []string {
	var all []string
	for line := range bytes.Lines(text) {
		all = append(all, string(line))
	}
	return all
}

func prefixed(w *strings.Builder, prefix string, lines []string) {
	for _, line := range lines {
		w.WriteString(prefix + line)
		if !strings.HasSuffix(line, "\n") {
			w.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// A differ makes one file's diff as `patch -p1` and `git apply` take it, document by
// document.
type differ struct {
	name   string
	paint  report.Paint
	open   *hunk // one that waits for the line after it
	moved  int   // how many lines longer the file is so far
	anyYet bool
}

// document gives what is known of the diff once the file's next document is.
func (d *differ) document(doc document) string {
	var out string
	if d.open != nil {
		d.open.close(doc.chunk.Bytes)
		out = d.flush()
	}
	if !doc.isChanged() {
		return out
	}
	for _, h := range hunks(doc.chunk.Start.Line, doc.chunk.Bytes, doc.Output) {
		out += d.flush()
		d.open = &h
	}
	return out
}

// flush gives the hunk that waits; nothing when none does.
func (d *differ) flush() string {
	if d.open == nil {
		return ""
	}
	h := *d.open
	d.open = nil
	var w strings.Builder
	if !d.anyYet {
		name := strings.TrimPrefix(d.name, "/")
		fmt.Fprintf(&w, "%s\n%s\n", d.paint.Bold("--- a/"+name), d.paint.Bold("+++ b/"+name))
		d.anyYet = true
	}
	fmt.Fprintln(&w, d.paint.Cyan(fmt.Sprintf("@@ -%s +%s @@", span(h.line, h.old), span(h.line+d.moved, h.old+h.added))))
	d.moved += h.added
	for line := range strings.Lines(h.text) {
		switch text := strings.TrimSuffix(line, "\n"); line[0] {
		case '+':
			fmt.Fprintln(&w, d.paint.Green(text))
		case '-':
			fmt.Fprintln(&w, d.paint.Red(text))
		default:
			w.WriteString(line)
		}
	}
	return w.String()
}

func span(line, count int) string {
	if count == 1 {
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%d,%d", line, count)
}
