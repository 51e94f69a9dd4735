package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/spool"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// asJSON writes one object. Of files it has findings, clusters and a summary; of a
// key policy whether it is well, verdicts and findings. Findings are written as
// they come; clusters wait in a spool.
type asJSON struct {
	Output
	findings, clusters list
	waiting            spool.Buffer
	premises           []string
	isPolicy, isBegun  bool
}

func newJSON(o Output) Writer {
	j := &asJSON{Output: o}
	j.findings = list{w: o.Out, indent: "  "}
	j.clusters = list{w: &j.waiting, indent: "  "}
	return j
}

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

type jsonVerdict struct {
	Code       string      `json:"code"`
	Risk       bool        `json:"risk"`
	Title      string      `json:"title"`
	Well       bool        `json:"well"`
	Allowed    bool        `json:"allowed"`
	Depends    []string    `json:"depends,omitempty"` // condition keys that cannot be known
	Proved     bool        `json:"proved"`
	Request    string      `json:"request,omitempty"` // a witness, as --request takes it
	Statements []Statement `json:"statements"`        // that decided
	Message    string      `json:"message"`
	Hint       string      `json:"hint,omitempty"`
	Sources    []string    `json:"sources"`
}

// A Statement is one of a key policy that decided.
type Statement struct {
	Field string `json:"field"` // such as Statement[2]
	Sid   string `json:"sid,omitempty"`
}

// Statements gives those that decided.
func Statements(statements []*policy.Statement) []Statement {
	all := []Statement{}
	for _, s := range statements {
		all = append(all, Statement{s.Field.String(), s.Sid})
	}
	return all
}

// request gives a request that shows a verdict.
func request(v policy.Verdict) string {
	if len(v.Wrong) == 0 {
		return ""
	}
	return v.Wrong[0].Request.String()
}

func (j *asJSON) Write(r Report) error {
	if err := j.begin(r); err != nil {
		return err
	}
	for _, f := range r.Findings {
		if err := j.findings.add(jsonFinding{
			f.Severity, f.Code, named(f.File), f.Position.Line, f.Position.Column, f.Field.String(), f.Cluster, f.Message, f.Hint,
		}); err != nil {
			return err
		}
	}
	for _, c := range r.Clusters {
		if err := j.clusters.add(clusterOf(c)); err != nil {
			return err
		}
	}
	j.premises = append(j.premises, r.Premises...)
	return nil
}

// begin writes what stands before the findings. A report on a key policy is the
// only one of its run.
func (j *asJSON) begin(r Report) error {
	if j.isBegun {
		return nil
	}
	j.isBegun, j.isPolicy = true, r.Verdicts != nil
	head := "{\n"
	if j.isPolicy {
		verdicts := make([]jsonVerdict, len(r.Verdicts))
		for i, v := range r.Verdicts {
			verdicts[i] = jsonVerdict{v.ID, v.Risk, v.Title, v.IsWell(), v.Allowed, v.Depends, !v.Unproved, request(v), Statements(v.Statements), v.Message, v.Hint, v.Sources}
		}
		text, err := indented(verdicts, "  ")
		if err != nil {
			return err
		}
		head += fmt.Sprintf("  \"well\": %t,\n  \"verdicts\": %s,\n", !r.HasErrors(), text)
	}
	_, err := io.WriteString(j.Out, head+`  "findings": `)
	return err
}

func (j *asJSON) Close(total Tally) error {
	defer j.waiting.Close() // whole by then
	if err := j.begin(Report{}); err != nil {
		return err
	}
	if err := j.findings.close(); err != nil {
		return err
	}
	if !j.isPolicy {
		if err := j.summary(total); err != nil {
			return err
		}
	}
	var premises string
	if len(j.premises) > 0 {
		text, err := indented(j.premises, "  ")
		if err != nil {
			return err
		}
		premises = ",\n  \"premises\": " + text
	}
	_, err := io.WriteString(j.Out, premises+"\n}\n")
	return err
}

// summary writes the clusters and the tally.
func (j *asJSON) summary(total Tally) error {
	if err := j.clusters.close(); err != nil {
		return err
	}
	text, err := indented(total, "  ")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(j.Out, ",\n  \"clusters\": "); err != nil {
		return err
	}
	if _, err := j.waiting.WriteTo(j.Out); err != nil {
		return err
	}
	_, err = io.WriteString(j.Out, ",\n  \"summary\": "+text)
	return err
}

func clusterOf(c generator.Cluster) jsonCluster {
	out := jsonCluster{File: named(c.File), Name: c.Name, Skipped: c.Skipped, Volumes: c.Volumes, Changes: []jsonChange{}}
	for _, d := range c.Changes {
		out.Changes = append(out.Changes, jsonChange{d.Field.String(), d.Key, d.Old, d.New, d.Removed, d.Position.Line, d.Position.Column})
	}
	return out
}

// A list writes the elements of a JSON array as they come.
type list struct {
	w      io.Writer
	indent string // of the array itself
	isAny  bool
}

func (l *list) add(v any) error {
	text, err := indented(v, l.indent+"  ")
	if err != nil {
		return err
	}
	before := "[\n"
	if l.isAny {
		before = ",\n"
	}
	l.isAny = true
	_, err = io.WriteString(l.w, before+l.indent+"  "+text)
	return err
}

func (l *list) close() error {
	end := "[]"
	if l.isAny {
		end = "\n" + l.indent + "]"
	}
	_, err := io.WriteString(l.w, end)
	return err
}

// notJSON writes as JSON does what [diag.Safe] would escape in another way; the rest
// of its escapes are JSON's too.
var notJSON = strings.NewReplacer("\x7f", `\u007f`, "##[", `##\u005b`)

// indented gives a value as JSON whose lines but the first begin with an indent.
func indented(v any, indent string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(indent, "  ")
	if err := e.Encode(v); err != nil {
		return "", err
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i, line := range lines {
		lines[i] = diag.Safe(notJSON.Replace(line))
	}
	return strings.Join(lines, "\n"), nil
}

// WriteJSON writes one value as the commands that make no report do.
func WriteJSON(w io.Writer, v any) error {
	text, err := indented(v, "")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text+"\n")
	return err
}
