package run

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

// A diff is made of the edits, as `patch` and `git apply` take it. It is linear in
// the text, and shows no credential:
//
//   - A line that may hold one (hidden, in diff_hidden.go) is never context: the hunk
//     ends before it, so nothing is masked and every hunk still fits.
//   - A change on such a line is left out, which the diff says at the file's end, and
//     the run with a finding and its exit code.
//   - patch and git take a hunk with less context after it than before it for the end
//     of the file, so there it has no more before it either. Where it has none after
//     it, what stands before it goes and comes back: patch takes that as it is, and git
//     apply with --unidiff-zero, without which it refuses it.

// A change is one run of lines that an edit takes out and puts in.
type change struct {
	at, gone int // the first line that goes, from 0, and how many do
	added    [][]byte
}

// end gives the line after those that go.
func (c change) end() int { return c.at + c.gone }

// changes gives what splices do to the lines of the document.
func (p *page) changes(splices []diag.Splice) []change {
	var all []change
	for len(splices) > 0 {
		first, end, n := p.line(splices[0].Start), 0, 0
		var here []diag.Splice // those that meet on a line
		for n < len(splices) && (n == 0 || p.line(splices[n].Start) < end) {
			s := splices[n]
			here = append(here, diag.Put(s.Start-p.starts[first], s.End-p.starts[first], s.Text))
			end = max(end, min(p.line(s.End)+1, len(p.lines)))
			n++
		}
		splices = splices[n:]
		became, err := diag.Spliced(p.chunk.Bytes[p.starts[first]:p.starts[end]], here)
		if err != nil {
			panic(err) // they made the new text already
		}
		c := p.trimmed(change{at: first, gone: end - first, added: slices.Collect(bytes.Lines(became))})
		last := len(all) - 1
		switch {
		case c.gone == 0 && len(c.added) == 0:
		case last >= 0 && all[last].end() == c.at && p.isHidden(all[last].at, c.at) == p.isHidden(c.at, c.end()):
			all[last].gone += c.gone
			all[last].added = append(all[last].added, c.added...)
		default:
			all = append(all, c)
		}
	}
	return all
}

// trimmed leaves out what a change puts back.
func (p *page) trimmed(c change) change {
	for c.gone > 0 && len(c.added) > 0 && bytes.Equal(p.lines[c.at], c.added[0]) {
		c.at, c.gone, c.added = c.at+1, c.gone-1, c.added[1:]
	}
	for c.gone > 0 && len(c.added) > 0 && bytes.Equal(p.lines[c.end()-1], c.added[len(c.added)-1]) {
		c.gone, c.added = c.gone-1, c.added[:len(c.added)-1]
	}
	return c
}

// A hunk is one piece of a diff.
type hunk struct {
	line          int      // of its first change in the old file, from 1
	gone, added   int      // lines
	before, after [][]byte // its context
	body          string   // from the first change to the last
	isLast        bool     // its context ends where the document's value does
	tail          [][]byte // what follows that in the document: comments and blank lines
	hidden        []bool   // which of them are not shown
}

// A differ makes one file's diff, document by document.
type differ struct {
	name    string
	paint   report.Paint
	context int // how many lines around a change

	isAfterOurs bool  // the document before is all clusters, or there is none
	open        *hunk // the last one of its document, which waits for what comes after
	moved       int   // how many lines longer the file is so far
	isAny       bool
	left        []diag.Position // of the changes that are not shown
}

// document gives what is known of the diff once the file's next document is.
func (d *differ) document(doc document) string {
	out := d.close(&doc)
	if doc.isChanged() {
		out += d.hunks(doc)
	}
	d.isAfterOurs = doc.isOurs()
	return out
}

// hunks gives those of a document but for the last.
func (d *differ) hunks(doc document) (out string) {
	p := newPage(doc.chunk, d.isAfterOurs)
	all := slices.DeleteFunc(p.changes(doc.Splices), func(c change) bool {
		isLeft := p.isHidden(c.at, c.end())
		if isLeft {
			d.left = append(d.left, diag.Position{Line: doc.chunk.Start.Line + c.at, Column: 1})
		}
		return isLeft
	})
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].at-all[n-1].end() <= 2*d.context && !p.isHidden(all[n-1].end(), all[n].at) {
			n++
		}
		out += d.write(d.open, false)
		d.open = p.hunk(all[:n], d.context)
		all = all[n:]
	}
	return out
}

// hunk makes one of changes.
func (p *page) hunk(all []change, context int) *hunk {
	from, to := all[0].at, all[len(all)-1].end()
	h := &hunk{line: p.chunk.Start.Line + from, gone: to - from}
	var body strings.Builder
	for _, c := range all {
		prefixed(&body, " ", p.lines[from:c.at])
		prefixed(&body, "-", p.lines[c.at:c.end()])
		prefixed(&body, "+", c.added)
		h.added += len(c.added) - c.gone
		from = c.end()
	}
	h.body = body.String()
	first, end := all[0].at, to
	for all[0].at-first < context && first > 0 && !p.isHidden(first-1, first) {
		first--
	}
	for end-to < context && end < p.end && !p.isHidden(end, end+1) {
		end++
	}
	h.before, h.after = p.lines[first:all[0].at], slices.Clone(p.lines[to:end])
	if h.isLast = end >= p.end; h.isLast {
		h.tail, h.hidden = p.lines[end:], p.hidden[end:]
	}
	return h
}

// close gives the hunk that waits, nothing when none does, before the file's next
// document, nil at its end. Comments there may be about the next document.
func (d *differ) close(next *document) string {
	h := d.open
	d.open = nil
	if h == nil || !h.isLast {
		return d.write(h, false)
	}
	isOurs := next == nil || next.isOurs()
	for len(h.tail) > 0 && len(h.after) < d.context && !h.hidden[0] && (isOurs || isBare(h.tail[0])) {
		h.after, h.tail, h.hidden = append(h.after, h.tail[0]), h.tail[1:], h.hidden[1:]
	}
	isEnd := len(h.tail) == 0
	if isEnd && next != nil && len(h.after) < d.context {
		if first, _, _ := bytes.Cut(next.chunk.Bytes, []byte("\n")); isBare(first) {
			h.after = append(h.after, append(bytes.Clone(first), '\n'))
		}
	}
	return d.write(h, isEnd && next == nil)
}

// end gives what stands at the end of the file's diff.
func (d *differ) end() string {
	out := d.close(nil)
	if len(d.left) > 0 {
		out += fmt.Sprintf("# Not whole: %s of %s left out, where lines may hold a secret.\n", report.Count(len(d.left), "change"), report.QuotedName(d.name))
	}
	return out
}

// findings tells of the changes that are not shown.
func (d *differ) findings() (all diag.Findings) {
	for _, at := range d.left {
		f := report.DiffCut.Finding(at, nil, "a change is not shown, since its line, or those on both sides of it, may hold a secret", "`apply` makes it; --check lists what it sets")
		f.File = d.name
		all = append(all, f)
	}
	return all
}

// write gives a hunk, and before the first the names of the file.
func (d *differ) write(h *hunk, isEnd bool) string {
	if h == nil {
		return ""
	}
	var out, body strings.Builder
	switch more := len(h.before) - len(h.after); {
	case isEnd || d.context == 0:
	case len(h.after) > 0:
		h.before = h.before[max(more, 0):]
	case len(h.before)+h.gone == 0:
		d.left = append(d.left, diag.Position{Line: h.line, Column: 1})
		return ""
	default:
		prefixed(&body, "-", h.before)
		prefixed(&body, "+", h.before)
		h.line, h.gone, h.before = h.line-more, h.gone+more, nil
	}
	if !d.isAny {
		d.isAny = true
		fmt.Fprintf(&out, "%s\n%s\n", d.paint.Bold("--- "+d.side("a")), d.paint.Bold("+++ "+d.side("b")))
	}
	line, count := h.line-len(h.before), len(h.before)+h.gone+len(h.after)
	fmt.Fprintln(&out, d.paint.Cyan(fmt.Sprintf("@@ -%s +%s @@", span(line, count), span(line+d.moved, count+h.added))))
	d.moved += h.added
	prefixed(&body, " ", h.before)
	body.WriteString(h.body)
	prefixed(&body, " ", h.after)
	out.WriteString(d.painted(body.String()))
	return out.String()
}

// painted colours the lines of a hunk for a person. Nobody applies it then, so it is
// made safe to look at.
func (d *differ) painted(text string) string {
	if !d.paint {
		return text
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		shown := diag.Safe(strings.TrimRight(line, "\r\n"))
		switch line[0] {
		case '+':
			shown = d.paint.Green(shown)
		case '-':
			shown = d.paint.Red(shown)
		}
		out.WriteString(shown + "\n")
	}
	return out.String()
}

// side gives the name of the file on one side of the diff. Where it has a space, a tab
// ends it.
func (d *differ) side(prefix string) string {
	name := prefix + "/" + strings.TrimPrefix(filepath.ToSlash(d.name), "/")
	end := ""
	if strings.Contains(name, " ") {
		end = "\t"
	}
	return report.QuotedName(name) + end
}

// span says which lines a hunk is about: of none, after which it stands.
func span(line, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", line-1)
	case 1:
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%d,%d", line, count)
}

func prefixed(w *strings.Builder, prefix string, lines [][]byte) {
	for _, line := range lines {
		w.WriteString(prefix)
		w.Write(line)
		if !bytes.HasSuffix(line, []byte("\n")) {
			w.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
