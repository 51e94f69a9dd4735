package main

import (
	"context"
	"fmt"
	"io"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/spf13/cobra"
)

// An apply is one run of the command.
type apply struct {
	stdio
	intents     []string
	diff, check bool
	context     int
	allowEmpty  bool
	base        string
	output      form
	which       *run.Selection
}

func newApply(std stdio) *cobra.Command {
	a := apply{stdio: std}
	c := &cobra.Command{
		Use:   "apply [-f INTENT] PATH...",
		Short: "Set what an intent asks for in cluster specs, in place",
		Long: `Apply sets the encryption fields of every Kublr cluster that an intent selects,
in place: every other byte of the files stays as it is. PATH is a file or a
folder, of which .yaml, .yml and .json files are looked at; hidden files, files
that git ignores and symbolic links out of the folder are left alone. With - a
stream of documents is read from stdin and written to stdout.

Without -f the intents that stand among the files count, each for its folder and
below; when there is none, kublr-encryption.yaml here or above, up to the root of
the repository. The first line on stderr says which.

A file is replaced whole or not at all: an error in one of its documents leaves
it as it was, and the others go on. What was set, and what was skipped and why,
is told on stderr.

A diff comes from the edits and shows no line that may hold a credential: a hunk
ends before one, and when the line after a change is one, git apply wants
--unidiff-zero. A change on such a line itself, in JSON on one line say, is left
out with a warning, and the exit code is 3.

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
	a.which = selectionFlags(c)
	c.Flags().BoolVar(&a.diff, "diff", false, "print a unified diff and write nothing")
	c.Flags().IntVarP(&a.context, "unified", "U", 3, "show this many `lines` around a change of the diff")
	c.Flags().BoolVar(&a.check, "check", false, "write nothing, and exit with 1 when something would change")
	allowEmptyFlag(c, &a.allowEmpty)
	c.Flags().StringVar(&a.base, "base", "", "warn of running clusters by what changed since this git `revision`")
	reportFlags(c, &a.output)
	c.RunE = func(c *cobra.Command, paths []string) error {
		a.intents = *files
		return a.run(c.Context(), paths)
	}
	return c
}

func (a *apply) run(ctx context.Context, paths []string) error {
	if a.context < 0 {
		return usage("--unified %d: a number of lines", a.context)
	}
	if a.output.name != "text" && (a.diff || paths[0] == "-" && !a.check) {
		return usage("--output %s needs stdout for itself: leave out --diff, and name files instead of -", a.output.name)
	}
	if err := checkBase(ctx, a.base, paths); err != nil {
		return err
	}
	specs, err := openSpecs(ctx, a.stdio, a.which, a.intents, paths)
	if err != nil {
		return err
	}
	in, err := readIntents(ctx, a.stdio, a.intents, specs)
	if err != nil {
		return err
	}
	o := newOutcome(a.stdio, "apply", a.output, a.err)
	plan, more := generator.NewPlan(in.all)
	if err := o.take(in.report(append(in.findings, more...))); err != nil {
		return err
	}
	if o.failed {
		return o.end()
	}
	if a.check {
		plan = plan.AsGate()
	}
	s := run.Specs{Plan: plan, Base: a.base, Replace: !a.diff && !a.check, Diff: a.diff, Context: a.context, Paint: a.out.Paint}
	var out io.Writer // what a stream becomes
	if s.Replace {
		out = a.out
	}
	if err := look(ctx, a.stdio, s, specs, out, o.take); err != nil {
		return err
	}
	severity := diag.Warning
	if a.check && !a.allowEmpty {
		severity = diag.Error
	}
	if err := o.take(in.report(plan.Unmatched(severity))); err != nil {
		return err
	}
	notes := a.notes(o.tally)
	o.failed = o.failed || a.check && o.tally.Changed > 0
	return o.end(notes...)
}

// notes says what the run came to.
func (a *apply) notes(t report.Tally) (notes []string) {
	verb := "set"
	if a.diff || a.check {
		verb = "would set"
	}
	if t.Refused > 0 {
		notes = append(notes, fmt.Sprintf("left %s as before: see the errors above", report.Count(t.Refused, "file")))
	}
	return append(notes, fmt.Sprintf("%s %s in %s", verb, report.Count(t.Values, "value"), report.Count(t.Changed, "file")), t.String())
}
