package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A jsonVerdict is a verdict as data.
type jsonVerdict struct {
	Code       string   `json:"code"`
	Risk       bool     `json:"risk"`
	Title      string   `json:"title"`
	Well       bool     `json:"well"`
	Allowed    bool     `json:"allowed"`
	Statements []string `json:"statements"`
	Message    string   `json:"message"`
	Hint       string   `json:"hint,omitempty"`
	Sources    []string `json:"sources"`
}

func (c *policyCheck) write(verdicts []policy.Verdict, findings diag.Findings) error {
	isWell := !findings.HasErrors()
	for _, v := range verdicts {
		isWell = isWell && v.IsWell()
	}
	var err error
	switch c.output {
	case asSARIF:
		err = writeSARIF(c.out, note("", findings))
	case asJSON:
		report := struct {
			Well     bool          `json:"well"`
			Verdicts []jsonVerdict `json:"verdicts"`
			Findings []jsonFinding `json:"findings"`
		}{isWell, []jsonVerdict{}, jsonFindings(note("", findings))}
		for _, v := range verdicts {
			report.Verdicts = append(report.Verdicts, jsonVerdict{
				v.ID, v.Risk, v.Title, v.IsWell(), v.Allowed, names(v.Statements), v.Message, v.Hint, v.Sources,
			})
		}
		err = writeJSON(c.out, report)
	default:
		err = writeVerdicts(c.out, c.paint, verdicts)
		writeFindings(c.out, c.paint, findings)
	}
	if err == nil && !isWell {
		err = errFindings
	}
	return err
}

// writeVerdicts prints a table: what must work, then what must not, and under what
// is not so why, and what to do.
func writeVerdicts(w io.Writer, paint paint, verdicts []policy.Verdict) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var wrong []policy.Verdict
	for _, v := range verdicts {
		mark, answer := "ok", "no"
		if v.Allowed {
			answer = "yes"
		}
		if !v.IsWell() {
			mark = "FAIL"
			wrong = append(wrong, v)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", mark, v.Title, answer, strings.Join(names(v.Statements), ", "))
	}
	err := table.Flush()
	for _, v := range wrong {
		fmt.Fprintf(w, "\n%s %s\n  %s\n  fix: %s\n", paint.red(v.ID+":"), v.Title, v.Message, v.Hint)
	}
	if len(wrong) > 0 {
		fmt.Fprintln(w)
	}
	return err
}

func names(statements []*policy.Statement) []string {
	all := []string{}
	for _, s := range statements {
		all = append(all, s.Field.String())
	}
	return all
}
