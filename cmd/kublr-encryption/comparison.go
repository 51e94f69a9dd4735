package main

import (
	"context"
	"io"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/spf13/cobra"
)

// A comparison holds cluster specs against intents, which is what apply and verify do.
type comparison struct {
	stdio
	files      *[]string // of the intents
	which      *run.Selection
	base       string
	allowEmpty bool
	output     form

	*outcome // and the others, once it has begun
	intents  *intents
	specs    *run.Source
	plan     *generator.Plan
}

func (c *comparison) flags(command *cobra.Command) {
	c.files = intentFlag(command)
	c.which = selectionFlags(command)
	command.Flags().StringVar(&c.base, "base", "", "warn of running clusters by what changed since this git `revision`")
	allowEmptyFlag(command, &c.allowEmpty)
	reportFlags(command, &c.output)
}

// begin finds the specs and expands the intents. Text has its findings in the stream
// given.
func (c *comparison) begin(ctx context.Context, command string, paths []string, findings report.Stream) (err error) {
	if err := checkBase(ctx, c.base, paths); err != nil {
		return err
	}
	if c.specs, err = openSpecs(ctx, c.stdio, c.which, *c.files, paths); err != nil {
		return err
	}
	if c.intents, err = readIntents(ctx, c.stdio, *c.files, c.specs); err != nil {
		return err
	}
	c.outcome = newOutcome(c.stdio, command, c.output, findings)
	plan, more := generator.NewPlan(c.intents.all)
	c.plan = plan
	if err := c.take(c.intents.report(append(c.intents.findings, more...))); err != nil {
		return err
	}
	if c.failed {
		return c.end()
	}
	return nil
}

// look takes the specs through the plan, as s says. What a stream becomes is written to
// out, unless it is nil.
func (c *comparison) look(ctx context.Context, s run.Specs, out io.Writer, take func(report.Report) error) error {
	s.Plan, s.Base = c.plan, c.base
	return look(ctx, c.stdio, s, c.specs, out, take)
}

// unmatched tells what of the intents was about nothing, which is an error of a gate
// unless it may be, and more.
func (c *comparison) unmatched(isGate bool, more ...diag.Finding) error {
	severity := diag.Warning
	if isGate && !c.allowEmpty {
		severity = diag.Error
	}
	return c.take(c.intents.report(append(c.plan.Unmatched(severity), more...)))
}
