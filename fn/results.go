package fn

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A result is a finding in the form orchestrators read.
type result struct {
	Message     string            `json:"message"`
	Severity    diag.Severity     `json:"severity"`
	ResourceRef *resourceRef      `json:"resourceRef,omitempty"`
	Field       *field            `json:"field,omitempty"`
	File        *file             `json:"file,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
}

type resourceRef struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Name       string `json:"name,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
}

type field struct {
	Path string `json:"path"`
}

type file struct {
	Path  string `json:"path"`
	Index int    `json:"index"`
}

func resultsOf(findings []found) []result {
	var results []result
	for _, f := range findings {
		r := result{Message: f.Message, Severity: f.Severity, Tags: map[string]string{"code": f.Code}}
		if f.Hint != "" {
			r.Message += "; " + f.Hint
		}
		if len(f.Field) > 0 {
			r.Field = &field{f.Field.String()}
		}
		if item := f.about; item.Root.Kind() == yamledit.Mapping {
			r.ResourceRef = refOf(item.Root)
			if path := fileOf(item.In); path != "" {
				index, _ := strconv.Atoi(annotation(item.In, indexAnnotations...)) // without one it is the first
				r.File = &file{path, index}
			}
		}
		results = append(results, r)
	}
	return results
}

// grouped gives what is to be said: of what says the same of many places and is no
// error, the first few, and at the end how many there are.
func grouped(all []found) (said []found) {
	var groups diag.Groups
	for _, f := range all {
		if groups.Shows(f.Finding) {
			said = append(said, f)
		}
	}
	for _, f := range groups.Rest() {
		said = append(said, found{Finding: f})
	}
	return said
}

func refOf(n yamledit.Node) *resourceRef {
	metadata := n.Get("metadata")
	return &resourceRef{n.Get("apiVersion").Text(), n.Get("kind").Text(), metadata.Get("name").Text(), metadata.Get("namespace").Text()}
}

// wantResults puts findings as results into a ResourceList, a line of JSON each, in
// place of those that came in. Without any the list stays as it is.
func (l *resourceList) wantResults(findings []found) ([]yamledit.Want, error) {
	var lines []any
	for _, r := range resultsOf(findings) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(r); err != nil {
			return nil, err
		}
		lines = append(lines, json.RawMessage(b.Bytes()))
	}
	if lines == nil {
		return nil, nil
	}
	return []yamledit.Want{{In: l.doc.Root(), Set: []yamledit.Entry{{Key: "results", Value: lines}}}}, nil
}
