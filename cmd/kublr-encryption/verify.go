package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/tree"
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
another class.

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
	plan, more := generator.NewPlan(intents, nil)
	findings = append(findings, more...)
	report, total := newJSONReport(), tally{}
	var regions []string // of the clusters
	if plan != nil && !generator.HasErrors(findings) {
		take := func(r fileReport) error {
			generator.SortFindings(r.findings)
			findings = append(findings, r.findings...)
			total.add(r)
			for _, c := range r.clusters {
				regions = append(regions, c.Regions...)
				report.cluster(c)
				if c.Skipped != "" && output == asText {
					writeCluster(std.err, c, "")
				}
			}
			return nil
		}
		if err := look(ctx, std, specs{plan: plan, work: (*generator.Plan).Verify, base: base}, paths, take); err != nil {
			return err
		}
		findings = append(findings, plan.UnusedOverrides()...)
		findings = append(findings, prove(intents, regions)...)
	}
	switch output {
	case asJSON:
		report.findings(findings)
		report.Summary = total
		err = writeJSON(std.out, report)
	case asSARIF:
		err = writeSARIF(std.out, findings)
	default:
		writeFindings(std.out, findings)
		if plan != nil {
			fmt.Fprintf(std.err, "looked at %s\n", total)
		}
	}
	if err != nil || total.Broken > 0 {
		if err == nil {
			err = total.err()
		}
		return err
	}
	if generator.HasErrors(findings) {
		return errFindings
	}
	return nil
}

// prove checks the key policies that intents need in the regions of the clusters
// at hand.
func prove(intents []generator.Intent, regions []string) []generator.Finding {
	slices.Sort(regions)
	plan, findings := generator.NewPlan(intents, slices.Compact(regions))
	if plan == nil {
		return slices.DeleteFunc(findings, func(f generator.Finding) bool { return f.Severity != generator.Error })
	}
	return plan.Prove()
}

// look takes all paths, or stdin, through specs that change nothing.
func look(ctx context.Context, std stdio, s specs, paths []string, take func(fileReport) error) error {
	if paths[0] == "-" {
		r, err := s.stream(ctx, std.in, nil)
		if err != nil {
			return err
		}
		return take(r)
	}
	files, skipped, err := tree.Find(paths)
	if err != nil {
		return err
	}
	for _, link := range skipped {
		fmt.Fprintf(std.err, "skipped %s: %s\n", link.Name, link.Why)
	}
	return s.files(ctx, files, newProgress(std.err), take)
}
