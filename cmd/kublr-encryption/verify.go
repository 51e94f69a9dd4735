package main

import (
	"context"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/spf13/cobra"
)

func newVerify(std stdio) *cobra.Command {
	var base string
	var output form
	var allowEmpty bool
	c := &cobra.Command{
		Use:   "verify [-f INTENT] PATH...",
		Short: "List every volume that is not as an intent asks for",
		Long: `Verify changes nothing. It lists, with place and fix, every volume of the Kublr
clusters that an intent selects which is not as it asks for, and warns of storage
in the clear that no rule covers: block devices, volumes and file systems in raw
CloudFormation, StorageClasses of your own, features and packages that name
another class. It proves, offline, that the key policies the intent needs let the
volumes attach and the instances launch, and open to no one else.

Without -f the intents that stand among the files count, as for apply.

Exit codes: 0 all is as asked for (warnings do not count); 1 an error was found;
2 wrong usage; 3 a file could not be read.`,
		Example: `  kublr-encryption verify -f intent.yaml clusters/

  # For code scanning.
  kublr-encryption verify -f intent.yaml -o sarif clusters/ >verify.sarif

  # Warn only of what a change does to running clusters.
  kublr-encryption verify -f intent.yaml --base origin/main clusters/`,
		Args: somePaths,
	}
	intents := intentFlag(c)
	which := selectionFlags(c)
	c.Flags().StringVar(&base, "base", "", "warn of running clusters by what changed since this git `revision`")
	allowEmptyFlag(c, &allowEmpty)
	reportFlags(c, &output)
	c.RunE = func(c *cobra.Command, paths []string) error {
		return verify(c.Context(), std, *intents, paths, which, base, output, allowEmpty)
	}
	return c
}

func verify(ctx context.Context, std stdio, files, paths []string, which *run.Selection, base string, output form, allowEmpty bool) error {
	if err := checkBase(ctx, base, paths); err != nil {
		return err
	}
	specs, err := openSpecs(ctx, std, which, files, paths)
	if err != nil {
		return err
	}
	in, err := readIntents(ctx, std, files, specs)
	if err != nil {
		return err
	}
	o := newOutcome(std, "verify", output, std.out)
	plan, more := generator.NewPlan(in.all)
	if err := o.take(in.report(append(in.findings, more...))); err != nil {
		return err
	}
	if o.failed {
		return o.end()
	}
	var regions []string
	err = look(ctx, std, run.Specs{Plan: plan, Verify: true, Base: base}, specs, nil, func(r report.Report) error {
		for _, c := range r.Clusters {
			regions = union(regions, c.Regions)
		}
		return o.take(r)
	})
	if err != nil {
		return err
	}
	slices.Sort(regions)
	severity := diag.Error
	if allowEmpty {
		severity = diag.Warning
	}
	findings, proved := prove(plan, regions)
	if err := o.take(in.report(append(plan.Unmatched(severity), findings...))); err != nil {
		return err
	}
	return o.end(append(proved, o.tally.String())...)
}
