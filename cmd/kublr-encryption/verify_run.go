package main

import (
	"context"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
)

func (v *verification) run(ctx context.Context, paths []string) error {
	if err := v.begin(ctx, "verify", paths, v.out); err != nil {
		return err
	}
	var regions []string
	err := v.look(ctx, run.Specs{Verify: true}, nil, func(r report.Report) error {
		for _, c := range r.Clusters {
			regions = union(regions, c.Regions)
		}
		return v.take(r)
	})
	if err != nil {
		return err
	}
	slices.Sort(regions)
	if v.policies != "" {
		if err := v.unmatched(true); err != nil {
			return err
		}
		return v.proveReal(regions)
	}
	findings, proved := prove(v.plan, regions)
	if err := v.unmatched(true, findings...); err != nil {
		return err
	}
	return v.end(append(proved, v.tally.String())...)
}
