package main

import (
	"context"
	"fmt"
	"io"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/spf13/cobra"
)

// An apply is one run of the command.
type apply struct {
	stdio
	intents      []string
	diff, check  bool
	base, output string
	plan         *generator.Plan
	report       *jsonReport // nil when the outcome is text
	tally        tally
	failed       bool
}

func newApply(std stdio) *cobra.Command {
	a := apply{stdio: std}
	c := &cobra.Command{
		Use:   "apply -f INTENT PATH...",
		Short: "Set what an intent asks for in cluster specs, in place",
		Long: `Apply sets the encryption fields of every Kublr cluster that an intent selects,
in place: every other byte of the files stays as it is. PATH is a file or a
folder, of which .yaml, .yml and .json files are looked at; hidden files and
symbolic links out of the folder are left alone. With - a stream of documents is
read from stdin and written to stdout.

A file is replaced whole or not at all: an error in one of its documents leaves
it as it was, and the others go on. What was set, and what was skipped and why,
is told on stderr.

Exit codes: 0 done, or nothing to do; 1 an error was found, or with --check
something would change; 2 wrong usage; 3 a file could not be read or replaced.`,
		Example: `  # See what would change, then change it.
  kublr-encryption apply --diff -f intent.yaml clusters/
  kublr-encryption apply -f intent.yaml clusters/

  # In a pipe.
  kustomize build prod | kublr-encryption apply -f intent.yaml - >prod.yaml

  # In CI: fail when someone forgot to.
  kublr-encryption apply --check -f intent.yaml clusters/`,
		Args: somePaths,
	}
	files := intentFlag(c)
	c.Flags().BoolVar(&a.diff, "diff", false, "print a unified diff and write nothing")
	c.Flags().BoolVar(&a.check, "check", false, "write nothing, and exit with 1 when something would change")
	c.Flags().StringVar(&a.base, "base", "", "warn of running clusters by what changed since this git `revision`")
	outputFlag(c, &a.output, asText, asText, asJSON)
	c.RunE = func(c *cobra.Command, paths []string) error {
		a.intents = *files
		return a.run(c.Context(), paths)
	}
	return c
}

func (a *apply) run(ctx context.Context, paths []string) error {
	isStream := paths[0] == "-"
	if a.output == asJSON {
		if a.diff || isStream && !a.check {
			return usage("--output json needs stdout for itself: leave out --diff, and name files instead of -")
		}
		a.report = newJSONReport()
	}
	if err := gitBase(a.base).check(ctx, paths[0]); err != nil {
		return err
	}
	intents, findings, err := readIntents(a.intents, paths, a.in)
	if err != nil {
		return err
	}
	plan, more := generator.NewPlan(intents)
	a.findings(append(findings, more...))
	if a.failed {
		return a.end()
	}
	a.plan = plan
	s := specs{
		plan: plan, work: (*generator.Plan).Edit, base: gitBase(a.base),
		diff: a.diff, replace: !a.diff && !a.check, verb: a.verb(), isData: a.report != nil, paint: paintFor(a.err), diffPaint: a.paint,
	}
	if isStream {
		err = a.stream(ctx, s)
	} else {
		err = s.look(ctx, a.stdio, paths, a.file)
	}
	if err != nil {
		return err
	}
	a.findings(plan.UnusedOverrides())
	return a.end()
}

// stream edits stdin to stdout. What comes out waits until all of it is known to
// be good.
func (a *apply) stream(ctx context.Context, s specs) error {
	var kept spool
	defer kept.Close()
	var out io.Writer
	if !a.diff && !a.check {
		out = &kept
	}
	r, err := s.stream(ctx, a.in, out)
	defer r.close()
	if err != nil {
		return err
	}
	if err := a.file(r); err != nil || r.tally.Refused > 0 {
		return err
	}
	_, err = kept.WriteTo(a.out)
	return err
}

// file tells of one file.
func (a *apply) file(r *fileReport) error {
	a.tally.add(r.tally)
	isLeft := r.tally.Refused+r.tally.Broken > 0
	a.failed = a.failed || isLeft
	if a.report != nil {
		a.report.findings(r.findings)
		for _, c := range r.clusters {
			if isLeft {
				c.Changes = nil
			}
			a.report.cluster(c)
		}
		return nil
	}
	if _, err := r.notes.WriteTo(a.err); err != nil || isLeft {
		return err
	}
	if _, err := r.changes.WriteTo(a.err); err != nil {
		return err
	}
	_, err := r.diff.WriteTo(a.out)
	return err
}

func (a *apply) verb() string {
	if a.diff || a.check {
		return "would set"
	}
	return "set"
}

func (a *apply) findings(all diag.Findings) {
	a.failed = a.failed || all.HasErrors()
	if a.report != nil {
		a.report.findings(note("", all))
		return
	}
	writeFindings(a.err, paintFor(a.err), all)
}

// end tells what the run came to.
func (a *apply) end() error {
	if a.report != nil {
		a.report.Summary = a.tally
		if err := writeJSON(a.out, a.report); err != nil {
			return err
		}
	} else if a.plan != nil {
		if a.tally.Refused > 0 {
			fmt.Fprintf(a.err, "left %s as before: see the errors above\n", count(a.tally.Refused, "file"))
		}
		fmt.Fprintf(a.err, "%s %s in %s: %s\n", a.verb(), count(a.tally.Values, "value"), count(a.tally.Changed, "file"), a.tally)
	}
	if a.tally.Broken == 0 && (a.failed || a.check && a.tally.Changed > 0) {
		return errFindings
	}
	return a.tally.err()
}
