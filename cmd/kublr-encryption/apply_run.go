package main

import (
	"context"
	"fmt"
	"io"

	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
)

func (a *apply) run(ctx context.Context, paths []string) error {
	if a.around < 0 {
		return usage("--unified %d: a number of lines", a.around)
	}
	if a.output.name != "text" && (a.diff || paths[0] == "-" && !a.check) {
		return usage("--output %s needs stdout for itself: leave out --diff, and name files instead of -", a.output.name)
	}
	if err := a.begin(ctx, "apply", paths, a.err); err != nil {
		return err
	}
	if a.check {
		a.plan = a.plan.AsGate()
	}
	s := run.Specs{Replace: !a.diff && !a.check, Diff: a.diff, Context: a.around, Paint: a.out.Paint}
	var out io.Writer // what a stream becomes
	if s.Replace {
		out = a.out
	}
	if err := a.look(ctx, s, out, a.take); err != nil {
		return err
	}
	if err := a.unmatched(a.check); err != nil {
		return err
	}
	a.failed = a.failed || a.check && a.tally.Changed > 0
	return a.end(a.notes(a.tally)...)
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
