package main

import (
	"io"
	"path/filepath"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
)

// The parts of SARIF that a list of findings needs.
//
// Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"`
		} `json:"physicalLocation"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
)

var sarifLevels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "note"}

// writeSARIF prints findings for code scanning. Places are lines: our columns
// count bytes, and SARIF's count characters.
func writeSARIF(w io.Writer, findings []noted) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{
		Name: "kublr-encryption", Version: kublrencryption.Version,
		InformationURI: "https://github.com/kublr-encryption/kublr-encryption", Rules: []sarifRule{},
	}
	for _, f := range findings {
		rules := &run.Tool.Driver.Rules
		index := slices.Index(*rules, sarifRule{f.Code})
		if index < 0 {
			index = len(*rules)
			*rules = append(*rules, sarifRule{f.Code})
		}
		text := f.Message
		if len(f.Field) > 0 {
			text = f.Field.String() + ": " + text
		}
		if f.Hint != "" {
			text += "; " + f.Hint
		}
		result := sarifResult{RuleID: f.Code, RuleIndex: index, Level: sarifLevels[f.Severity], Message: sarifText{text}}
		if f.File != "" {
			var at sarifLocation
			at.Physical.Artifact.URI = filepath.ToSlash(f.File)
			if f.Position.Line > 0 {
				at.Physical.Region = &sarifRegion{f.Position.Line}
			}
			result.Locations = []sarifLocation{at}
		}
		run.Results = append(run.Results, result)
	}
	return writeJSON(w, sarifLog{
		Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}
