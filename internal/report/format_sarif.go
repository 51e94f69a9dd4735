package report

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/spool"
)

// sarif writes one run of SARIF 2.1.0, a result a line. The results wait in a spool
// for each severity, and the worst come first: where they are more than GitHub
// takes, the others are left out, and a last result and a notification say so.
//
// Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html,
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
type sarif struct {
	Output
	waiting  [3]spool.Buffer // by severities
	found    [3]int
	rules    []sarifRule
	indexes  map[string]int // of rules, by id
	seen     map[[8]byte]int
	premises []string
	lastFile string // with a finding
}

// severities are the order in which results are written.
var severities = []diag.Severity{diag.Error, diag.Warning, diag.Info}

// What GitHub takes in one upload; the last result is ours to say what was cut.
//
// Source: https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
const (
	maxResults     = 25_000 - 1
	maxZippedBytes = 9_500_000 // of 10 MB, with room for the rules
)

func newSARIF(o Output) Writer {
	return &sarif{Output: o, indexes: map[string]int{}, seen: map[[8]byte]int{}}
}

type (
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifRule struct {
		ID         string           `json:"id"`
		Name       string           `json:"name,omitempty"`
		Short      *sarifText       `json:"shortDescription,omitempty"`
		Full       *sarifText       `json:"fullDescription,omitempty"`
		Help       *sarifText       `json:"help,omitempty"`
		HelpURI    string           `json:"helpUri,omitempty"`
		Default    *sarifDefault    `json:"defaultConfiguration,omitempty"`
		Properties *sarifProperties `json:"properties,omitempty"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifProperties struct {
		Tags     []string `json:"tags"`
		Security string   `json:"security-severity,omitempty"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPlace `json:"physicalLocation"`
	}
	sarifPlace struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifInvocation struct {
		IsSuccessful  bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		URI     string      `json:"informationUri"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
)

func (s *sarif) Write(r Report) error {
	s.premises = append(s.premises, r.Premises...)
	for _, f := range r.Failures() {
		i := slices.Index(severities, f.Severity)
		if s.found[i]++; s.found[i] > maxResults {
			continue
		}
		f.File = cmp.Or(f.File, r.File, ".")
		s.lastFile = f.File
		if err := compact(&s.waiting[i], s.result(f)); err != nil {
			return err
		}
	}
	return nil
}

func (s *sarif) result(f Finding) sarifResult {
	text := f.Message
	if len(f.Field) > 0 {
		text = f.Field.String() + ": " + text
	}
	if f.Hint != "" {
		text += "; " + f.Hint
	}
	at := sarifLocation{sarifPlace{artifactOf(f.File), regionOf(f)}}
	return sarifResult{
		RuleID: f.Code, RuleIndex: s.rule(f.Code), Level: bySeverity[f.Severity].sarif, Message: sarifText{Text: diag.Safe(text)},
		Locations: []sarifLocation{at}, Fingerprints: map[string]string{"primaryLocationLineHash": s.fingerprint(f)},
	}
}

// artifactOf gives a file's URI: relative to where the program ran, or absolute for
// a file outside.
func artifactOf(file string) sarifArtifact {
	if abs, err := filepath.Abs(file); err == nil && !filepath.IsLocal(file) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}).String()}
	}
	relative := (&url.URL{Path: filepath.ToSlash(filepath.Clean(file))}).EscapedPath()
	return sarifArtifact{URI: strings.ReplaceAll(relative, ":", "%3A"), Base: "%SRCROOT%"} // no scheme ends there
}

// regionOf gives a finding's place. GitHub wants a line for what is about a whole
// file, too. Columns count characters.
func regionOf(f Finding) sarifRegion {
	region := sarifRegion{StartLine: max(f.Position.Line, 1), StartColumn: f.Column}
	if f.Column > 0 && f.EndColumn > 0 {
		region.EndLine, region.EndColumn = f.End.Line, f.EndColumn
	}
	return region
}

// fingerprint tells results apart by what they are about, not by where it stands,
// and like ones by their order. GitHub looks at no other fingerprint than this.
func (s *sarif) fingerprint(f Finding) string {
	text := strings.Join([]string{f.Code, f.File, f.Cluster, f.Field.String()}, "\x00")
	sum := sha256.Sum256([]byte(text))
	key := [8]byte(sum[:8])
	s.seen[key]++
	return fmt.Sprintf("%x:%d", key, s.seen[key])
}

// rule gives the index of a code's rule, which is added when it is new.
func (s *sarif) rule(code string) int {
	index, isKnown := s.indexes[code]
	if isKnown {
		return index
	}
	s.indexes[code] = len(s.rules)
	rule := sarifRule{ID: code}
	if c, ok := Lookup(code); ok {
		rule = ruleOf(c)
	}
	s.rules = append(s.rules, rule)
	return len(s.rules) - 1
}

// securitySeverities are what a finding weighs that a control of a security tool
// asks for: high, medium and low on GitHub.
var securitySeverities = map[diag.Severity]string{diag.Error: "7.5", diag.Warning: "5.0", diag.Info: "2.0"}

func ruleOf(c diag.Code) sarifRule {
	properties := sarifProperties{Tags: []string{"kublr", "encryption"}}
	if len(c.Controls) > 0 {
		properties.Tags = append(properties.Tags, "security")
		properties.Security = securitySeverities[c.Severity]
	}
	return sarifRule{
		ID: c.ID, Name: pascal(c.ID), Short: &sarifText{Text: c.Title + "."}, Full: &sarifText{Text: c.Means},
		Help:    &sarifText{Text: strings.Join(append([]string{c.Means, c.Why, c.Remedy}, c.Sources...), "\n"), Markdown: section(c)},
		HelpURI: home + "/blob/main/docs/findings.md#" + c.ID,
		Default: &sarifDefault{bySeverity[c.Severity].sarif}, Properties: &properties,
	}
}

// pascal gives a name in the form that SARIF has for rules: NotEncrypted. It must
// differ from the id by more than case.
func pascal(id string) string {
	if !strings.Contains(id, "-") {
		return ""
	}
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

const home = "https://github.com/kublr-encryption/kublr-encryption"

func (s *sarif) Close(total Tally) error {
	_, err := io.WriteString(s.Out, `{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","version":"2.1.0","runs":[{`+"\n"+
		`"columnKind":"unicodeCodePoints",`+"\n"+
		`"originalUriBaseIds":{"%SRCROOT%":{"description":{"text":"The folder in which the program ran."}}},`+"\n"+`"results":[`)
	if err != nil {
		return err
	}
	written, err := s.results()
	if err != nil {
		return err
	}
	invocation := sarifInvocation{IsSuccessful: total.Broken == 0}
	for _, premise := range s.premises {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{"note", sarifText{Text: diag.Safe(premise)}})
	}
	if cut := s.cut(written); cut != nil {
		if err := s.line(",", cut); err != nil {
			return err
		}
		invocation.Notifications = append(invocation.Notifications, sarifNotification{cut.Level, cut.Message})
	}
	if s.rules == nil {
		s.rules = []sarifRule{}
	}
	if _, err := io.WriteString(s.Out, "],\n"); err != nil {
		return err
	}
	if err := s.line(`"tool":`, sarifTool{sarifDriver{"kublr-encryption", s.Version, home, s.rules}}); err != nil {
		return err
	}
	if err := s.line(`,"invocations":`, []sarifInvocation{invocation}); err != nil {
		return err
	}
	_, err = io.WriteString(s.Out, "}]}\n")
	return err
}

// line writes text and a value, and ends the line.
func (s *sarif) line(before string, v any) error {
	if _, err := io.WriteString(s.Out, before); err != nil {
		return err
	}
	return compact(s.Out, v)
}

// compact writes a value as JSON on one line.
func compact(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// results writes those that waited, as many as are taken, and gives how many of
// each severity they are.
func (s *sarif) results() (written [3]int, err error) {
	var size counter
	zipped := gzip.NewWriter(&size)
	before, left := "\n", maxResults
	for i := range s.waiting {
		defer s.waiting[i].Close() // whole by then
		r, err := s.waiting[i].Reader()
		if err != nil {
			return written, err
		}
		for lines := bufio.NewReader(r); left > 0 && size < maxZippedBytes; left-- {
			line, err := lines.ReadBytes('\n')
			if err == io.EOF {
				break
			}
			if err != nil {
				return written, err
			}
			if _, err := s.Out.Write(append([]byte(before), line...)); err != nil {
				return written, err
			}
			zipped.Write(line) // a counter fails never
			before = ","
			written[i]++
		}
	}
	return written, nil
}

// A counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// cut gives the result that says what was left out; nil when nothing was.
func (s *sarif) cut(written [3]int) *sarifResult {
	var parts []string
	f := Finding{Finding: resultsCut.Finding(diag.Position{}, nil, "", "give fewer files at a time, or take the JSON format, which has all")}
	for i, severity := range severities {
		if left := s.found[i] - written[i]; left > 0 {
			parts = append(parts, fmt.Sprintf("%d of %d of severity %s", left, s.found[i], severity))
			if severity == diag.Error {
				f.Severity = diag.Error
			}
		}
	}
	if parts == nil {
		return nil
	}
	f.Message = "findings are left out, since code hosts take no more: " + strings.Join(parts, ", ")
	f.File = s.lastFile
	r := s.result(f)
	return &r
}
