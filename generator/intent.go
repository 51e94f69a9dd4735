package generator

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// APIVersion and IntentKind name the intent's schema.
const (
	APIVersion = "kublr-encryption.github.io/v1alpha1"
	IntentKind = "EncryptionIntent"
)

// ModeAnnotation is the annotation by which an intent says what the KRM function does,
// since neither kpt nor kustomize tells a function whether it runs as a validator.
const (
	ModeAnnotation = "kublr-encryption.github.io/mode"
	modeVerify     = "verify"
)

// An Intent is one EncryptionIntent as a person wrote it: its value, and where
// each field of it stands. Nothing of it is checked before [NewPlan].
type Intent struct {
	file  string
	value any
	place func(diag.Field) (diag.Position, diag.Field)
	isFor func(file string) bool // nil: it is for all files
	words func(*diag.Finding)    // puts a finding in the form the intent is written in; nil: it is as it is
}

// For gives the intent as one that is about clusters in some files alone.
func (i Intent) For(isFor func(file string) bool) Intent {
	i.isFor = isFor
	return i
}

// ReadIntents reads a file of intents: one document each, YAML or JSON. Every
// document that is not empty counts as an intent.
func ReadIntents(name string, src []byte) ([]Intent, diag.Findings) {
	var intents []Intent
	var findings diag.Findings
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
		findings = append(findings, diag.Finding{
			Severity: diag.Error, Code: "required", File: name,
			Message: fmt.Sprintf("no %s in it", IntentKind),
			Hint:    "give a document with apiVersion " + APIVersion + " and kind " + IntentKind,
		})
	}
	return intents, findings
}

// IntentOf takes the intent that stands at a node, whole.
func IntentOf(file string, n yamledit.Node) Intent {
	return Intent{file: file, value: writable(n.Value()), place: func(field diag.Field) (diag.Position, diag.Field) {
		return locate(n, field).Position(), field
	}}
}

// writable gives a value as JSON can write it: a number that is none, such as .nan, is
// text, of which the library says what is wrong with it.
func writable(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = writable(v[key])
		}
	case []any:
		for i := range v {
			v[i] = writable(v[i])
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
	}
	return v
}

// locate finds the node a field path leads to, or the deepest one on the way
// that stands there. A mapping's value is shown by its key: that is where a
// reader looks for a field.
func locate(n yamledit.Node, field diag.Field) yamledit.Node {
	shown := n
	for i, step := range field {
		var next yamledit.Node
		key, isKey := step.Key()
		if index, ok := step.Index(); ok {
			next = n.Index(index)
		} else {
			next = n.Get(key)
		}
		if next.Kind() == yamledit.None {
			break
		}
		n, shown = next, next
		if isKey && (i < len(field)-1 || n.Kind() != yamledit.Scalar) {
			shown = n.Key()
		}
	}
	return shown
}
