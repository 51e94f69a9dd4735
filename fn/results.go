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
		if item := f.about; item.Kind() == yamledit.Mapping {
			r.ResourceRef = refOf(item)
			if path := fileOf(item); path != "" {
				index, _ := strconv.Atoi(annotation(item, indexAnnotations...)) // without one it is the first
				r.File = &file{path, index}
			}
		}
		results = append(results, r)
	}
	return results
}

func refOf(n yamledit.Node) *resourceRef {
	metadata := n.Get("metadata")
	return &resourceRef{n.Get("apiVersion").Text(), n.Get("kind").Text(), metadata.Get("name").Text(), metadata.Get("namespace").Text()}
}

// withResults puts results into a ResourceList, a line of JSON each, in place of
// those that came in. Without any the list stays as it is.
func withResults(list []byte, results []result) ([]byte, error) {
	if len(results) == 0 {
		return list, nil
	}
	doc, err := yamledit.Parse(list, diag.Position{})
	if err != nil {
		return nil, err
	}
	var lines [][]byte
	for _, r := range results {
		line, err := marshal(r)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	root, before := doc.Root(), doc.Root().Get("results")
	start, end := root.Span()
	if root.Flow() {
		text := "[" + string(bytes.Join(lines, []byte(", "))) + "]"
		if before.Kind() != yamledit.None {
			start, end = before.Span()
			return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: start, End: end, Text: text}})
		}
		return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: end - 1, End: end - 1, Text: `, "results": ` + text}})
	}
	indent := string(list[bytes.LastIndexByte(list[:start], '\n')+1 : start])
	text := "results:"
	for _, line := range lines {
		text += "\n" + indent + "- " + string(line)
	}
	if before.Kind() != yamledit.None {
		start, _ = before.Key().Span()
		_, end = before.Span()
		return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: start, End: lineEnd(list, end), Text: text}})
	}
	at := lineEnd(list, end)
	return diag.Spliced(doc.Bytes(), []diag.Splice{{Start: at, End: at, Text: "\n" + indent + text}})
}

// spaced gives the blank that a value needs after a colon, when there is none.
func spaced(text []byte, at int) string {
	if at > 0 && text[at-1] == ':' {
		return " "
	}
	return ""
}

// lineEnd gives where the line of an offset ends, before its line end.
func lineEnd(text []byte, at int) int {
	if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
		return at + len(bytes.TrimSuffix(text[at:at+n], []byte("\r")))
	}
	return len(text)
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
