package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// Merge puts our statements into a policy that is not ours, by what they say: one
// that a statement there covers, under whatever Sid, is not added; others come last,
// under a Sid that is free. Nothing that is there is touched: it keeps its place,
// order and spelling, also what stands under a Sid of ours and says something else,
// unless replaces: then ours takes its place. A second merge changes nothing.
//
// It fails when a statement of ours has no Sid, when one that is to be replaced
// stands twice, and when KMS would refuse the outcome.
func Merge(theirs, ours *Document, replaces bool) ([]byte, error) {
	var out, names []diag.Splice
	var added []int
	for i, s := range ours.Statements {
		if s.Sid == "" {
			return nil, fmt.Errorf("merging the key policy: %s of ours has no Sid, under which it is added; give it one", s)
		}
		if slices.ContainsFunc(theirs.Statements, func(t *Statement) bool { return t.covers(s) }) {
			continue
		}
		there, err := find(theirs, s)
		switch {
		case there == nil:
			added = append(added, i)
		case !replaces:
			added = append(added, i)
			names = append(names, s.named(theirs.free(s.Sid)))
		case err != nil:
			return nil, err
		default:
			out = append(out, diag.Put(there.node.start, there.node.end, theirs.spelled(ours, s, there.node.start)))
		}
	}
	named, err := ours.with(names)
	if err != nil {
		return nil, err
	}
	merged, err := diag.Spliced(theirs.source, append(out, theirs.appended(named, added)...))
	if err != nil {
		return nil, fmt.Errorf("merging the key policy: %w", err)
	}
	if d, findings := Parse(merged); d == nil {
		return nil, fmt.Errorf("merging the key policy: %s", findings[0])
	}
	return merged, nil
}

// covers tells whether a statement allows all that another does: to the same
// principals, under the same conditions, the same actions or more.
func (s *Statement) covers(other *Statement) bool {
	if s.Allows != other.Allows || !s.Allows || s.notAction || other.notAction {
		return s.says(other)
	}
	rest := func(s *Statement) []element {
		return slices.DeleteFunc(s.elements(), func(e element) bool { return e.label == s.actionElement() })
	}
	if !slices.EqualFunc(rest(s), rest(other), func(a, b element) bool { return a.folded == b.folded }) {
		return false
	}
	for _, a := range other.actions {
		isThere := slices.ContainsFunc(s.actions, func(b action) bool { return strings.EqualFold(a.spelled, b.spelled) })
		if !isThere && (strings.ContainsAny(a.spelled, "*?") || !s.speaksOf(a.spelled)) {
			return false
		}
	}
	return true
}

// named gives the splice that gives a statement another Sid.
func (s *Statement) named(sid string) diag.Splice {
	i := slices.IndexFunc(s.node.members, func(m member) bool { return m.name == "Sid" })
	at := s.node.members[i].value
	text, err := json.Marshal(sid)
	if err != nil {
		panic(err) // it is a string
	}
	return diag.Put(at.start, at.end, string(text))
}

// with gives the document with splices put in.
func (d *Document) with(splices []diag.Splice) (*Document, error) {
	text, err := diag.Spliced(d.source, splices)
	if err != nil {
		return nil, fmt.Errorf("merging the key policy: %w", err)
	}
	spliced, findings := Parse(text)
	if spliced == nil {
		return nil, fmt.Errorf("merging the key policy: %s", findings[0])
	}
	return spliced, nil
}

// free gives a Sid that no statement has.
func (d *Document) free(sid string) string {
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s %d", sid, n)
		if !slices.ContainsFunc(d.Statements, func(s *Statement) bool { return s.Sid == name }) {
			return name
		}
	}
}

func find(theirs *Document, s *Statement) (found *Statement, err error) {
	for _, t := range theirs.Statements {
		if t.Sid != s.Sid {
			continue
		}
		if found != nil {
			return found, fmt.Errorf("merging the key policy: %d:%d: %s has the Sid of %s, so which is ours cannot be told; rename one", t.Position.Line, t.Position.Column, t.Field, found)
		}
		found = t
	}
	return found, nil
}

// appended puts statements behind the last one.
func (d *Document) appended(from *Document, added []int) (out []diag.Splice) {
	if len(added) == 0 {
		return nil
	}
	last := d.Statements[len(d.Statements)-1].node
	var b strings.Builder
	for _, i := range added {
		b.WriteString("," + d.newline(last.start) + d.spelled(from, from.Statements[i], last.start))
	}
	if d.list.kind == object {
		out = append(out, diag.Put(last.start, last.start, "["))
		b.WriteByte(']')
	}
	return append(out, diag.Put(last.end, last.end, b.String()))
}

// spelled gives a statement of another document as it is written at a place in
// this one: on one line where all is on one line, else indented as that place is.
func (d *Document) spelled(from *Document, s *Statement, at int) string {
	var ordered, out bytes.Buffer
	writeStatements(&ordered, from.source, s.node)
	line := d.newline(at)
	if strings.Trim(line, " ") == "" {
		if err := json.Compact(&out, ordered.Bytes()); err != nil {
			panic(err) // it was scanned
		}
		return out.String()
	}
	if err := json.Indent(&out, ordered.Bytes(), "", "  "); err != nil {
		panic(err) // it was scanned
	}
	return strings.ReplaceAll(out.String(), "\n", line)
}

// newline gives the line end and indentation of the line of a place, or "" when
// the whole policy is on one line.
func (d *Document) newline(at int) string {
	start := bytes.LastIndexByte(d.source[:at], '\n') + 1
	if bytes.IndexByte(d.source, '\n') < 0 || start == 0 && bytes.IndexByte(d.source[at:], '\n') < 0 {
		return ""
	}
	end := start
	for end < at && (d.source[end] == ' ' || d.source[end] == '\t') {
		end++
	}
	lineEnd := "\n"
	if bytes.Contains(d.source, []byte("\r\n")) {
		lineEnd = "\r\n"
	}
	return lineEnd + string(d.source[start:end])
}
