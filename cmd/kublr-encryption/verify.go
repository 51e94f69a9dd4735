package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/spf13/cobra"
)

func newVerify(std stdio) *cobra.Command {
	var base, output string
	c := &cobra.Command{
		Use:   "verify -f INTENT PATH...",
		Short: "List every volume that is not as an intent asks for",
		Long: `Verify changes nothing. It lists, with place and fix, every volume of the Kublr
clusters that an intent selects which is not as it asks for, and warns of storage
in the clear that no rule covers: block devices, volumes and file systems in raw
CloudFormation, StorageClasses of your own, features and packages that name
another class. It proves, offline, that the key policies the intent needs let the
volumes attach and the instances launch, and open to no one else.

Exit codes: 0 all is as asked for (warnings do not count); 1 an error was found;
2 wrong usage; 3 a file could not be read.`,
		Example: `  kublr-encryption verify -f intent.yaml clusters/

  # For code scanning.
  kublr-encryption verify -f intent.yaml --output sarif clusters/ >verify.sarif

  # Warn only of what a change does to running clusters.
  kublr-encryption verify -f intent.yaml --base origin/main clusters/`,
		Args: somePaths,
	}
	intents := intentFlag(c)
	c.Flags().StringVar(&base, "base", "", "warn of running clusters by what changed since this git `revision`")
	outputFlag(c, &output, asText, asText, asJSON, asSARIF)
	c.RunE = func(c *cobra.Command, paths []string) error {
		return verify(c.Context(), std, *intents, paths, gitBase(base), output)
	}
	return c
}

func verify(ctx context.Context, std stdio, files, paths []string, base gitBase, output string) error {
	if err := base.check(ctx, paths[0]); err != nil {
		return err
	}
	intents, findings, err := readIntents(files, paths, std.in)
	if err != nil {
		return err
	}
	plan, more := generator.NewPlan(intents)
	findings = append(findings, more...)
	v := verification{stdio: std, output: output, report: newJSONReport()}
	v.take(findings)
	if plan != nil && !v.failed {
		s := specs{plan: plan, work: (*generator.Plan).Verify, base: base, isData: output != asText, paint: std.paint}
		if err := s.look(ctx, std, paths, v.file); err != nil {
			return err
		}
		v.take(plan.UnusedOverrides())
		v.prove(plan)
	}
	return v.end()
}

// A verification is what one run of the command comes to.
type verification struct {
	stdio
	output  string
	report  *jsonReport // when the outcome is data
	all     []noted
	regions []string
	tally   tally
	failed  bool
}

func (v *verification) take(findings diag.Findings) {
	v.failed = v.failed || findings.HasErrors()
	if v.output != asText {
		v.all = append(v.all, note("", findings)...)
		return
	}
	writeFindings(v.out, v.paint, findings)
}

func (v *verification) file(r *fileReport) error {
	v.tally.add(r.tally)
	v.failed = v.failed || r.tally.Refused > 0
	v.regions = union(v.regions, r.regions)
	v.all = append(v.all, r.findings...)
	for _, c := range r.clusters {
		v.report.cluster(c)
	}
	if _, err := r.notes.WriteTo(v.out); err != nil {
		return err
	}
	_, err := r.changes.WriteTo(v.err)
	return err
}

func (v *verification) end() error {
	var err error
	switch v.output {
	case asJSON:
		v.report.findings(v.all)
		v.report.Summary = v.tally
		err = writeJSON(v.out, v.report)
	case asSARIF:
		err = writeSARIF(v.out, v.all)
	default:
		if v.tally.Files > 0 {
			fmt.Fprintf(v.err, "looked at %s\n", v.tally)
		}
	}
	if err == nil {
		err = v.tally.err()
	}
	if err == nil && v.failed {
		err = errFindings
	}
	return err
}

// prove checks the key policies that a plan needs in the regions of the clusters
// at hand.
func (v *verification) prove(plan *generator.Plan) {
	slices.Sort(v.regions)
	sets, findings := plan.Policies(v.regions)
	var regions []string
	for _, set := range sets {
		findings = append(findings, set.Prove()...)
		regions = union(regions, set.Target.Regions)
	}
	v.take(findings)
	slices.Sort(regions)
	if v.output == asText && len(findings) == 0 && len(regions) > 0 {
		fmt.Fprintf(v.err, "proved the key policy in %s: volumes attach, instances launch, and no one else gets in\n", strings.Join(regions, ", "))
	}
}
