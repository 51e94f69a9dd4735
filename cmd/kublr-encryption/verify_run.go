package main

import (
	"context"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
)

func (v *verification) run(ctx context.Context) error {
	if err := checkBase(ctx, v.base, v.paths); err != nil {
		return err
	}
	specs, err := openSpecs(ctx, v.stdio, v.which, v.intents, v.paths)
	if err != nil {
		return err
	}
	in, err := readIntents(ctx, v.stdio, v.intents, specs)
	if err != nil {
		return err
	}
	o := newOutcome(v.stdio, "verify", v.output, v.out)
	plan, more := generator.NewPlan(in.all)
	if err := o.take(in.report(append(in.findings, more...))); err != nil {
		return err
	}
	if o.failed {
		return o.end()
	}
	var regions []string
	err = look(ctx, v.stdio, run.Specs{Plan: plan, Verify: true, Base: v.base}, specs, nil, func(r report.Report) error {
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
	if v.allowEmpty {
		severity = diag.Warning
	}
	if v.policies != "" {
		if err := o.take(in.report(plan.Unmatched(severity))); err != nil {
			return err
		}
		return v.proveReal(o, plan, regions)
	}
	findings, proved := prove(plan, regions)
	if err := o.take(in.report(append(plan.Unmatched(severity), findings...))); err != nil {
		return err
	}
	return o.end(append(proved, o.tally.String())...)
}
