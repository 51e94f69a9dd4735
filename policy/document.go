package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Document is a policy that was read. It is compiled for Evaluate, never
// changes, and is safe for concurrent use.
type Document struct {
	Version    string
	ID         string
	Statements []*Statement

	source []byte
	root   *node
	list   *node // the value of Statement
}

// Limits of a key policy.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
const (
	maxBytes = 32768
	// maxRead is what is looked at for other mistakes when a policy is too large.
	maxRead = 4 * maxBytes
)

// Parse reads a key policy, and refuses what KMS refuses: then there are findings
// of severity Error, all of them, and the document is nil. Nothing that is read
// is lost or respelled: Source gives it back.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
func Parse(source []byte) (*Document, diag.Findings) {
	return parse(source, &reader{report: newReport(source)})
}

// Unwrapped gives the policy that `aws kms get-key-policy` prints, as a string in an
// object; another text is given back as it is. An object that has other elements
// beside the string is neither, and is refused: what it says would be lost.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/kms/get-key-policy.html
func Unwrapped(source []byte) ([]byte, diag.Findings) {
	r := &reader{report: newReport(source)}
	if len(source) > 2*maxRead { // it is refused as it is
		return source, nil
	}
	root := scan(r.report)
	if root == nil || root.kind != object {
		return source, nil
	}
	i := slices.IndexFunc(root.members, func(m member) bool { return m.name == "Policy" && m.value.kind == text })
	if i < 0 {
		return source, nil
	}
	for _, m := range root.members {
		if m.name != "Policy" && m.name != "PolicyName" && m.name != "ResponseMetadata" {
			r.unknown(m, diag.Keys(m.name), "Policy", "PolicyName")
		}
	}
	if r.findings.HasErrors() {
		return source, r.findings
	}
	return []byte(root.members[i].value.text), nil
}

// ParseIdentity reads a policy of IAM, as one attached to a user or role, for
// Evaluate.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func ParseIdentity(source []byte) (*Document, diag.Findings) {
	return parse(source, &reader{report: newReport(source), identity: true})
}

func parse(source []byte, r *reader) (*Document, diag.Findings) {
	if len(source) > maxBytes && !r.identity {
		r.add(tooLarge, nil, 0, fmt.Sprintf("%d bytes are more than the %d that a key policy may have, and the limit cannot be raised", len(source), maxBytes), "join statements, or give access by grants or IAM policies")
	}
	if len(source) > maxRead {
		if r.identity {
			r.add(tooLarge, nil, 0, fmt.Sprintf("%d bytes are more than an IAM policy may have", len(source)), "split it")
		}
		return nil, r.findings
	}
	r.charset()
	root := scan(r.report)
	if root == nil {
		return nil, r.findings
	}
	d := r.document(root)
	if r.findings.HasErrors() {
		return nil, r.findings
	}
	d.source, d.root = source, root
	return d, r.findings
}

// Source gives the bytes that were read.
func (d *Document) Source() []byte { return d.source }

// Format prints a policy as people and `aws kms put-key-policy` expect it:
// Version and Id before Statement; Sid, Effect, Principal, Action, Resource,
// Condition in each; two blanks a level; a newline at the end. All values keep
// their spelling and order, and fields it does not know come last. It fails on
// what is no JSON object, and on a field that stands twice.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
func Format(raw json.RawMessage) ([]byte, error) {
	r := newReport(raw)
	root := scan(r)
	if root != nil && root.kind != object {
		r.add(notJSON, nil, root.start, "a policy is an object, not "+root.kind.String(), "")
	}
	if r.findings.HasErrors() {
		return nil, fmt.Errorf("formatting the key policy: %s", r.findings[0])
	}
	return format(raw, root, ""), nil
}

// format prints a policy below an indentation.
func format(source []byte, root *node, indent string) []byte {
	var ordered, out bytes.Buffer
	writeOrdered(&ordered, source, root, []string{"Version", "Id", "Statement"})
	if err := json.Indent(&out, ordered.Bytes(), indent, "  "); err != nil {
		panic(err) // it was scanned
	}
	if indent == "" {
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// writeOrdered prints an object with the fields of an order first. Statements
// inside follow their own.
func writeOrdered(out *bytes.Buffer, source []byte, n *node, order []string) {
	out.WriteByte('{')
	first := true
	write := func(m member) {
		if !first {
			out.WriteByte(',')
		}
		first = false
		out.Write(source[m.start:m.value.start])
		if m.name == "Statement" {
			writeStatements(out, source, m.value)
		} else {
			out.Write(source[m.value.start:m.value.end])
		}
	}
	known := map[string]bool{}
	for _, name := range order {
		known[name] = true
		for _, m := range n.members {
			if m.name == name {
				write(m)
			}
		}
	}
	for _, m := range n.members {
		if !known[m.name] {
			write(m)
		}
	}
	out.WriteByte('}')
}

func writeStatements(out *bytes.Buffer, source []byte, n *node) {
	switch n.kind {
	case object:
		writeOrdered(out, source, n, statementOrder)
	case list:
		out.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				out.WriteByte(',')
			}
			writeStatements(out, source, item)
		}
		out.WriteByte(']')
	default:
		out.Write(source[n.start:n.end])
	}
}

var statementOrder = []string{
	"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}
