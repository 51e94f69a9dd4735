package generator

import (
	"bytes"
	"fmt"
	"io"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// APIVersion and IntentKind name the intent's schema.
const (
	APIVersion = "kublr-encryption.github.io/v1alpha1"
	IntentKind = "EncryptionIntent"
)

// An Intent is one EncryptionIntent as a person wrote it: its value, and where
// each field of it stands. Nothing of it is checked before [NewPlan].
type Intent struct {
	file  string
	value any
	place func(field []any) (yamledit.Position, string)
}

// ReadIntents reads a file of intents: one document each, YAML or JSON. Every
// document that is not empty counts as an intent.
func ReadIntents(name string, src []byte) ([]Intent, []Finding) {
	var intents []Intent
	var findings []Finding
	splitter := yamledit.NewSplitter(bytes.NewReader(src))
	for {
		chunk, err := splitter.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, append(findings, refusals(name, err)...)
		}
		doc, err := yamledit.Parse(bytes.Clone(chunk.Bytes), chunk.Start)
		if err != nil {
			findings = append(findings, refusals(name, err)...)
			continue
		}
		if root := doc.Root(); root.Kind() != yamledit.None && root.Kind() != yamledit.Null {
			intents = append(intents, IntentOf(name, root))
		}
	}
	if len(intents) == 0 && len(findings) == 0 {
		findings = append(findings, Finding{
			Severity: Error, Code: "required", File: name,
			Message: fmt.Sprintf("no %s in it", IntentKind),
			Hint:    "give a document with apiVersion " + APIVersion + " and kind " + IntentKind,
		})
	}
	return intents, findings
}

// IntentOf takes the intent that stands at a node, whole.
func IntentOf(file string, n yamledit.Node) Intent {
	return Intent{file: file, value: n.Value(), place: func(field []any) (yamledit.Position, string) {
		return locate(n, field).Position(), fieldPath(field)
	}}
}

// locate finds the node a field path leads to, or the deepest one on the way
// that stands there. A mapping's value is shown by its key: that is where a
// reader looks for a field.
func locate(n yamledit.Node, field []any) yamledit.Node {
	shown := n
	for i, step := range field {
		var next yamledit.Node
		switch step := step.(type) {
		case string:
			next = n.Get(step)
		case float64:
			next = n.Index(int(step))
		}
		if next.Kind() == yamledit.None {
			break
		}
		n, shown = next, next
		if _, isKey := step.(string); isKey && (i < len(field)-1 || n.Kind() != yamledit.Scalar) {
			shown = n.Key()
		}
	}
	return shown
}

// fieldPath spells a field path as people write it: spec.overrides[0].match.
func fieldPath(field []any) string {
	var path string
	for _, step := range field {
		switch step := step.(type) {
		case string:
			path = joinPath(path, step)
		case float64:
			path = fmt.Sprintf("%s[%d]", path, int(step))
		}
	}
	return path
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
