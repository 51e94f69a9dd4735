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

// readWanted gives what an intent wants of its account, in its own regions or in
// those of the clusters in paths.
func readWanted(ctx context.Context, s std, file string, paths []string) (livekey.Wanted, error) {
	var w livekey.Wanted
	if file == "" {
		return w, usage("say which intent: -f intent.yaml")
	}
	text, err := readFile(s, file)
	if err != nil {
		return w, fmt.Errorf("reading the intent: %w", err)
	}
	intents, found := generator.ReadIntents(file, text)
	if len(intents) > 1 {
		return w, usage("there are %d intents in %s: give one at a time", len(intents), file)
	}
	plan, more := generator.NewPlan(intents)
	found = append(found, more...)
	if found.HasErrors() || plan == nil {
		return w, found
	}
	regions, err := regionsOf(ctx, plan, paths)
	if err != nil {
		return w, err
	}
	sets, wrong := plan.Policies(regions)
	if wrong.HasErrors() {
		return w, wrong
	}
	if missing := sets[0].Missing; missing != nil {
		return w, diag.Findings{*missing}
	}
	for _, f := range found {
		if err := report.WriteFinding(report.Stream{Writer: s.err}, f); err != nil {
			return w, err
		}
	}
	return livekey.Of(sets[0]), nil
}

func readFile(s std, file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(s.in)
	}
	return os.ReadFile(file)
}

// regionsOf gives the regions of the clusters in paths that a plan selects. It fails
// when a file could not be read, whose regions are not known then.
func regionsOf(ctx context.Context, plan *generator.Plan, paths []string) ([]string, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	found, err := run.Selection{}.Find(ctx, paths)
	if err != nil {
		return nil, err
	}
	if found.Findings.HasErrors() {
		return nil, found.Findings
	}
	var regions []string
	var total report.Tally
	err = run.Specs{Plan: plan, Verify: true}.Files(ctx, found.Files, func(r report.Report) error {
		for _, c := range r.Clusters {
			regions = append(regions, c.Regions...)
		}
		total.Add(r.Tally)
		return nil
	})
	if err == nil && total.Broken+total.Unread > 0 {
		err = errors.New("some cluster specs could not be read, so their regions are not known: `kublr-encryption verify` says which")
	}
	slices.Sort(regions)
	return slices.Compact(regions), err
}
