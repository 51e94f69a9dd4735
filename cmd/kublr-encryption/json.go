package main

import (
	"encoding/json"
	"io"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// The forms of --output.
const (
	asText  = "text"
	asJSON  = "json"
	asYAML  = "yaml"
	asSARIF = "sarif"
)

type jsonFinding struct {
	Severity diag.Severity `json:"severity"`
	Code     string        `json:"code"`
	File     string        `json:"file,omitempty"`
	Line     int           `json:"line,omitempty"`
	Column   int           `json:"column,omitempty"`
	Path     string        `json:"path,omitempty"`
	Cluster  string        `json:"cluster,omitempty"`
	Message  string        `json:"message"`
	Hint     string        `json:"hint,omitempty"`
}

type jsonCluster struct {
	File    string       `json:"file"`
	Name    string       `json:"name"`
	Skipped string       `json:"skipped,omitempty"`
	Volumes int          `json:"volumes"`
	Changes []jsonChange `json:"changes"`
}

type jsonChange struct {
	Path    string `json:"path"`
	Key     string `json:"key"`
	Old     any    `json:"old"`
	New     any    `json:"new"`
	Removed bool   `json:"removed"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

// A jsonReport is the outcome of apply and verify as data.
type jsonReport struct {
	Findings []jsonFinding `json:"findings"`
	Clusters []jsonCluster `json:"clusters"`
	Summary  tally         `json:"summary"`
}

func newJSONReport() *jsonReport {
	return &jsonReport{Findings: []jsonFinding{}, Clusters: []jsonCluster{}}
}

func (r *jsonReport) findings(all []noted) {
	r.Findings = append(r.Findings, jsonFindings(all)...)
}

func jsonFindings(findings []noted) []jsonFinding {
	all := []jsonFinding{}
	for _, f := range findings {
		all = append(all, jsonFinding{
			f.Severity, f.Code, f.File, f.Position.Line, f.Position.Column, f.Field.String(), f.cluster, f.Message, f.Hint,
		})
	}
	return all
}

func (r *jsonReport) cluster(c generator.Cluster) {
	out := jsonCluster{File: c.File, Name: c.Name, Skipped: c.Skipped, Volumes: c.Volumes, Changes: []jsonChange{}}
	for _, change := range c.Changes {
		out.Changes = append(out.Changes, asChange(change))
	}
	r.Clusters = append(r.Clusters, out)
}

func asChange(c yamledit.Change) jsonChange {
	return jsonChange{c.Field.String(), c.Key, c.Old, c.New, c.Removed, c.Position.Line, c.Position.Column}
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
