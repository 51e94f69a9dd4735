package main

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
)

// An expansion is one intent's plan, for the regions at hand.
type expansion struct {
	plan    *generator.Plan
	regions []string
}

// expand makes the plan of one intent. Its findings are told on stderr; after an
// error there is none.
func expand(ctx context.Context, std stdio, files, paths []string, region string) (*expansion, error) {
	intents, findings, err := readIntent(files, paths, std.in)
	if err != nil {
		return nil, err
	}
	e := &expansion{}
	if region != "" {
		e.regions = []string{region}
	}
	plan, more := generator.NewPlan(intents, e.regions)
	if plan != nil && region == "" && len(paths) > 0 && !findings.HasErrors() {
		if e.regions, err = regionsOf(ctx, std, plan, paths); err != nil {
			return nil, err
		}
		plan, more = generator.NewPlan(intents, e.regions)
	}
	findings = append(findings, more...)
	writeFindings(std.err, paintFor(std.err), findings)
	if findings.HasErrors() {
		return nil, errFindings
	}
	e.plan = plan
	return e, nil
}

// regionsOf gives the regions of the clusters in paths that a plan selects.
func regionsOf(ctx context.Context, std stdio, plan *generator.Plan, paths []string) ([]string, error) {
	var regions []string
	var total tally
	err := specs{plan: plan, work: (*generator.Plan).Verify}.look(ctx, std, paths, func(r *fileReport) error {
		regions = union(regions, r.regions)
		total.add(r.tally)
		return nil
	})
	if err == nil {
		err = total.err()
	}
	slices.Sort(regions)
	return regions, err
}

// document gives the policy of a region, or the one that serves all regions; nil
// for the account's default EBS key, whose policy is not ours.
func (e *expansion) document(std stdio, region string) (json.RawMessage, error) {
	missing := e.plan.MissingRegion()
	if region != "" && (missing != nil || len(e.plan.Policies()) > 0) {
		for _, p := range e.plan.Policies() {
			if p.Region == region {
				return p.Document, nil
			}
		}
		return nil, usage("--region %s: the intent has no key of its own there", region)
	}
	if missing != nil {
		writeFindings(std.err, paintFor(std.err), diag.Findings{*missing})
		return nil, errFindings
	}
	if merged := e.plan.MergedPolicies(); len(merged) > 0 {
		return merged[0], nil
	}
	return nil, nil
}
