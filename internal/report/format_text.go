package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// text writes for people: a line for each finding, and beside the answer a line
// for each mapping that changed or cluster that was skipped. What is said of many
// places, and is no error, is said of a few, and at the end how often.
type text struct {
	Output
	groups diag.Groups
	told   int // remarks on a key policy that are counted and not shown
}

func newText(o Output) Writer { return &text{Output: o} }

func (t *text) Write(r Report) error {
	if err := writeVerdicts(t.Out, r.Verdicts); err != nil {
		return err
	}
	for _, f := range r.Findings {
		if r.Verdicts != nil && !t.Verbose && f.Severity == diag.Info {
			t.told++
			continue
		}
		if !t.Verbose && !t.groups.Shows(f.Finding) {
			continue
		}
		if err := WriteFinding(t.Findings, f.Finding); err != nil {
			return err
		}
	}
	if len(r.Notes) > 0 { // what all came to stands last
		if err := t.Close(Tally{}); err != nil {
			return err
		}
	}
	if err := t.beside(r); err != nil {
		return err
	}
	_, err := io.WriteString(t.Out, r.Diff)
	return err
}

// Close says what was not said of each place.
func (t *text) Close(Tally) error {
	if t.told > 0 {
		if _, err := fmt.Fprintf(t.Err, "%s on it (-v lists them)\n", Count(t.told, "remark")); err != nil {
			return err
		}
		t.told = 0
	}
	rest := t.groups.Rest()
	t.groups = diag.Groups{}
	for _, f := range rest {
		f.Message += " (-v lists them)"
		if err := WriteFinding(t.Findings, f); err != nil {
			return err
		}
	}
	return nil
}

// beside writes what is said beside the answer.
func (o Output) beside(r Report) error {
	var b strings.Builder
	for _, c := range r.Clusters {
		writeCluster(&b, c, r.Pending)
	}
	if o.Verbose {
		for _, f := range r.Foreign {
			b.WriteString(diag.Safe(fmt.Sprintf("left alone %s:%d: %s: a Cluster of %s", r.File, f.Line, called(f.Name), f.APIVersion)) + "\n")
		}
	}
	for _, lines := range [][]string{r.Premises, r.Notes} {
		for _, line := range lines {
			b.WriteString(diag.Safe(line) + "\n")
		}
	}
	_, err := io.WriteString(o.Err, b.String())
	return err
}

// WriteFinding writes a finding on one line: severity: file:line:col: field:
// message; hint [code].
func WriteFinding(w Stream, f diag.Finding) error {
	severity := string(f.Severity)
	switch f.Severity {
	case diag.Error:
		severity = w.Paint.Red(severity)
	case diag.Warning:
		severity = w.Paint.Yellow(severity)
	}
	_, err := fmt.Fprintf(w, "%s: %s [%s]\n", severity, f, f.Code)
	return err
}

// called gives the name of a cluster, which it may not have.
func called(name string) string {
	if name == "" {
		return "a cluster without a name"
	}
	return name
}

func writeCluster(b *strings.Builder, c generator.Cluster, isPending bool) {
	name, verb := called(c.Name), "set"
	if isPending {
		verb = "would set"
	}
	if c.Skipped != "" {
		b.WriteString(diag.Safe(fmt.Sprintf("skipped %s: %s: %s", c.File, name, c.Skipped)) + "\n")
		return
	}
	for _, s := range settings(c) {
		b.WriteString(diag.Safe(fmt.Sprintf("%s %s:%d: %s: %s: %s", verb, c.File, s.at.Line, name, s.field, s.text)) + "\n")
	}
}

// writeVerdicts writes two tables, of what must work and what must not, with the
// statements that decided, and under them what is not so, why, and what to do.
func writeVerdicts(w Stream, verdicts []policy.Verdict) error {
	var b strings.Builder
	var wrong []policy.Verdict
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, v := range verdicts {
		if i == 0 || v.Risk != verdicts[i-1].Risk {
			fmt.Fprintf(table, "%s\n", map[bool]string{false: "must work", true: "must not"}[v.Risk])
		}
		mark := "ok"
		if !v.IsWell() {
			mark = "FAIL"
			wrong = append(wrong, v)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", mark, v.Title, answer(v), diag.Safe(Deciding(v.Statements)))
	}
	table.Flush()
	for _, v := range wrong {
		fmt.Fprintf(&b, "\n%s %s\n  %s\n", w.Paint.Red(v.ID+":"), v.Title, diag.Safe(v.Message))
		if v.Risk && len(v.Wrong) > 0 {
			fmt.Fprintf(&b, "  so it is asked: --request %s\n", diag.Safe(quoted(v.Wrong[0].Request.String())))
		}
		fmt.Fprintf(&b, "  fix: %s\n", diag.Safe(v.Hint))
	}
	if len(wrong) > 0 {
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func answer(v policy.Verdict) string {
	switch {
	case v.Unproved:
		return "not proved"
	case len(v.Depends) > 0:
		return "depends"
	case v.Allowed:
		return "yes"
	}
	return "no"
}

// Deciding names a few statements, by place and Sid.
func Deciding(statements []*policy.Statement) string {
	const few, letters = 3, 32
	var names []string
	for i, s := range statements {
		if i == few {
			names = append(names, fmt.Sprintf("%d more", len(statements)-few))
			break
		}
		name := s.Field.String()
		if sid := []rune(s.Sid); len(sid) > letters {
			name += fmt.Sprintf(" %q", string(sid[:letters])+"…")
		} else if len(sid) > 0 {
			name += fmt.Sprintf(" %q", s.Sid)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// quoted writes a word as a shell takes it.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
