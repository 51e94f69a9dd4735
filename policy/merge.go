package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// Merge puts our statements into a policy that is not ours, by Sid: one that is
// there already stays, byte for byte, when it says the same, and is replaced when
// it does not; others come last. Nothing else is touched: what we did not write
// keeps its place, order and spelling. A second merge changes nothing.
//
// It fails when a statement of ours has no Sid, when theirs has a Sid of ours
// twice, and when KMS would refuse the outcome.
func Merge(theirs, ours *Document) ([]byte, error) {
	var out []diag.Splice
	appended := []*Statement{}
	for _, s := range ours.Statements {
		there, err := find(theirs, s)
		switch {
		case err != nil:
			return nil, err
		case there == nil:
			appended = append(appended, s)
		case !there.says(s):
			out = append(out, diag.Put(there.node.start, there.node.end, theirs.spelled(ours, s, there.node.start)))
		}
	}
	merged, err := diag.Spliced(theirs.source, append(out, theirs.appended(ours, appended)...))
	if err != nil {
		return nil, fmt.Errorf("merging the key policy: %w", err)
	}
	if d, findings := Parse(merged); d == nil {
		return nil, fmt.Errorf("merging the key policy: %s", findings[0])
	}
	return merged, nil
}

func find(theirs *Document, s *Statement) (*Statement, error) {
	if s.Sid == "" {
		return nil, fmt.Errorf("merging the key policy: %s of ours has no Sid, by which statements are merged; give it one", s)
	}
	var found *Statement
	for _, t := range theirs.Statements {
		if t.Sid != s.Sid {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("merging the key policy: %d:%d: %s has the Sid of %s, so which is ours cannot be told; rename one", t.Position.Line, t.Position.Column, t.Field, found)
		}
		found = t
	}
	return found, nil
}

// appended puts statements behind the last one.
func (d *Document) appended(from *Document, statements []*Statement) (out []diag.Splice) {
	if len(statements) == 0 {
		return nil
	}
	last := d.Statements[len(d.Statements)-1].node
	var b strings.Builder
	for _, s := range statements {
		b.WriteString("," + d.newline(last.start) + d.spelled(from, s, last.start))
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
