package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/build"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

// outputFlag adds --output with the forms a command knows, the default first.
func outputFlag(c *cobra.Command, form *string, forms ...string) {
	c.Flags().StringVarP(form, "output", "o", forms[0], "form of the outcome: "+strings.Join(forms, ", "))
	err := c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(forms, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag was added above
	}
	c.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(forms, *form) {
			return usageError{fmt.Errorf("--output %q: expected %s", *form, strings.Join(forms, ", "))}
		}
		return nil
	}
}

// A form is how reports are written.
type form struct {
	name    string // of a format
	verbose bool
}

// reportFlags adds --output with all formats of reports, and -v.
func reportFlags(c *cobra.Command, f *form) {
	var forms []string
	for _, f := range report.Formats {
		forms = append(forms, f.Name)
	}
	outputFlag(c, &f.name, forms...)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "as text list every place of what is said of many, and the clusters of other projects")
}

// An outcome is what a command reports, and how it ends.
type outcome struct {
	report.Writer
	tally  report.Tally
	failed bool // something is not as it should be
	unsure bool // something is not proved
}

// newOutcome gives the outcome of a command. Text has its findings in the stream given.
func newOutcome(std stdio, command string, as form, findings report.Stream) *outcome {
	i := slices.IndexFunc(report.Formats, func(f report.Format) bool { return f.Name == as.name })
	return &outcome{Writer: report.Formats[i].New(report.Output{
		Out: std.out, Err: std.err, Findings: findings, Command: command, Version: build.Version(), Verbose: as.verbose,
	})}
}

func (o *outcome) take(r report.Report) error {
	o.tally.Add(r.Tally)
	o.failed = o.failed || r.HasErrors()
	o.unsure = o.unsure || slices.ContainsFunc(r.Verdicts, func(v policy.Verdict) bool { return v.Unproved })
	return o.Write(r)
}

// end ends the report, after lines for a person who reads along, and gives how the
// command ends.
func (o *outcome) end(notes ...string) error {
	if err := o.Write(report.Report{Notes: notes}); err != nil {
		return err
	}
	if err := o.Close(o.tally); err != nil {
		return err
	}
	if err := broken(o.tally); err != nil {
		return err
	}
	switch {
	case o.unsure:
		return errUnproved
	case o.failed:
		return errFindings
	}
	return nil
}

// errUnproved ends a command that could not prove all that it was asked.
var errUnproved = errors.New("not everything is proved: neither yes nor no")

// broken tells of files that could not be read or replaced, and of a diff that is not
// whole.
func broken(t report.Tally) error {
	switch {
	case t.Broken > 0:
		return fmt.Errorf("%s could not be read, compared or replaced", report.Count(t.Broken, "file"))
	case t.Unshown > 0:
		return fmt.Errorf("the diff is not whole: %s left out", report.Count(t.Unshown, "change"))
	}
	return nil
}

// tell writes findings beside the answer.
func tell(std stdio, findings diag.Findings) error {
	for _, f := range findings {
		if err := report.WriteFinding(std.err, f); err != nil {
			return err
		}
	}
	return nil
}

// isTerminal tells whether a person watches a writer.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// paintFor colours what a person sees, unless NO_COLOR says otherwise.
//
// Source: https://no-color.org
func paintFor(w any) report.Paint {
	return report.Paint(isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb")
}
