package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/tree"
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
	plan, more := generator.NewPlan(intents, nil)
	a.findings(append(findings, more...))
	if a.failed {
		return a.end()
	}
	a.plan = plan
	s := specs{
		plan: plan, work: (*generator.Plan).Edit, base: gitBase(a.base),
		diff: a.diff, replace: !a.diff && !a.check,
	}
	if isStream {
		err = a.stream(ctx, s)
	} else {
		err = a.files(ctx, s, paths)
	}
	if err != nil {
		return err
	}
	a.findings(plan.UnusedOverrides())
	return a.end()
}

func (a *apply) files(ctx context.Context, s specs, paths []string) error {
	files, skipped, err := tree.Find(paths)
	if err != nil {
		return err
	}
	for _, link := range skipped {
		fmt.Fprintf(a.err, "skipped %s: %s\n", link.Name, link.Why)
	}
	return s.files(ctx, files, newProgress(a.err), func(r fileReport) error {
		a.file(r)
		if a.diff && !r.isRefused {
			return writeDiff(a.out, r.name, r.hunks, a.paint)
		}
		return nil
	})
}

// stream edits stdin to stdout. What comes out is kept in a file until all of it
// is known to be good.
func (a *apply) stream(ctx context.Context, s specs) error {
	kept, err := os.CreateTemp("", "kublr-encryption")
	if err != nil {
		return err
	}
	defer os.Remove(kept.Name())
	defer kept.Close()
	var out io.Writer = kept
	if a.diff || a.check {
		out = nil
	}
	r, err := s.stream(ctx, a.in, out)
	if err != nil {
		return err
	}
	a.file(r)
	if r.isRefused {
		return nil
	}
	if a.diff {
		return writeDiff(a.out, "stdin", r.hunks, a.paint)
	}
	if _, err := kept.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(a.out, kept)
	return err
}

func (a *apply) file(r fileReport) {
	generator.SortFindings(r.findings)
	a.findings(r.findings)
	a.tally.add(r)
	var text bytes.Buffer
	for _, c := range r.clusters {
		if r.isRefused || r.isBroken {
			c.Changes = nil
		}
		if a.report != nil {
			a.report.cluster(c)
		} else {
			writeCluster(&text, c, a.verb())
		}
	}
	a.err.Write(text.Bytes()) // once a file: a write a line is dear
}

func (a *apply) verb() string {
	if a.diff || a.check {
		return "would set"
	}
	return "set"
}

func (a *apply) findings(all []generator.Finding) {
	a.failed = a.failed || generator.HasErrors(all)
	if a.report != nil {
		a.report.findings(all)
		return
	}
	writeFindings(a.err, all)
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
