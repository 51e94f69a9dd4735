package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
)

// intentFlag adds -f, which every command needs.
func intentFlag(c *cobra.Command) *string {
	file := c.Flags().StringP("file", "f", "", "the intent's file, - for stdin")
	c.MarkFlagFilename("file", "yaml", "yml", "json") //nolint:errcheck // the flag is there
	return file
}

// A subject is what an intent and clusters say of keys.
type subject struct {
	set      generator.PolicySet
	uses     []livekey.Use
	findings diag.Findings // that are no errors
	tally    report.Tally  // of the clusters' files
}

// readSubject reads an intent, for its own regions or those of the clusters in paths.
func readSubject(ctx context.Context, s std, file string, paths []string) (all subject, err error) {
	if file == "" {
		return all, usage("say which intent: -f intent.yaml")
	}
	text, err := readFile(s, file)
	if err != nil {
		return all, fmt.Errorf("reading the intent: %w", err)
	}
	intents, found := generator.ReadIntents(file, text)
	if len(intents) > 1 {
		return all, usage("there are %d intents in %s: give one at a time", len(intents), file)
	}
	plan, more := generator.NewPlan(intents)
	all.findings = append(found, more...)
	if all.findings.HasErrors() || plan == nil {
		return all, all.findings
	}
	regions, uses, tally, err := inClusters(ctx, plan, paths)
	if err != nil {
		return all, err
	}
	sets, wrong := plan.Policies(regions)
	if wrong.HasErrors() {
		return all, wrong
	}
	all.set, all.tally = sets[0], tally
	if missing := all.set.Missing; missing != nil {
		return all, diag.Findings{*missing}
	}
	for _, use := range all.set.Keys(regions) {
		all.uses = append(all.uses, livekey.Use{KeyUse: use})
	}
	all.uses = append(all.uses, uses...)
	return all, nil
}

// readWanted gives what an intent wants of its account.
func readWanted(ctx context.Context, s std, file string, paths []string) (livekey.Wanted, error) {
	all, err := readSubject(ctx, s, file, paths)
	if err != nil {
		return livekey.Wanted{}, err
	}
	for _, f := range all.findings {
		if err := report.WriteFinding(report.Stream{Writer: s.err}, f); err != nil {
			return livekey.Wanted{}, err
		}
	}
	return livekey.Of(all.set), nil
}

func readFile(s std, file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(s.in)
	}
	return os.ReadFile(file)
}

// inClusters gives the regions of the clusters in paths that a plan selects, and the
// keys that they name. It fails when a file could not be read: what stands in it is not
// known then.
func inClusters(ctx context.Context, plan *generator.Plan, paths []string) (regions []string, uses []livekey.Use, total report.Tally, err error) {
	if len(paths) == 0 {
		return nil, nil, total, nil
	}
	found, err := run.Selection{}.Find(ctx, paths)
	if err != nil {
		return nil, nil, total, err
	}
	if found.Findings.HasErrors() {
		return nil, nil, total, found.Findings
	}
	err = run.Specs{Plan: plan, Verify: true}.Files(ctx, found.Files, func(r report.Report) error {
		for _, c := range r.Clusters {
			regions = append(regions, c.Regions...)
			for _, use := range c.Keys {
				uses = append(uses, livekey.Use{KeyUse: use, Cluster: c.Name})
			}
		}
		total.Add(r.Tally)
		return nil
	})
	if err == nil && total.Broken+total.Unread > 0 {
		err = errors.New("some cluster specs could not be read, so their regions are not known: `kublr-encryption verify` says which")
	}
	slices.Sort(regions)
	return slices.Compact(regions), uses, total, err
}
