package main

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
)

// An expansion is one intent's plan, and its key policies for the regions at hand.
type expansion struct {
	plan    *generator.Plan
	regions []string
	keys    generator.PolicySet
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
	plan, more := generator.NewPlan(intents)
	if plan != nil && !findings.HasErrors() {
		if region == "" && len(paths) > 0 {
			if e.regions, err = regionsOf(ctx, std, plan, paths); err != nil {
				return nil, err
			}
		}
		sets, wrong := plan.Policies(e.regions)
		if findings = append(findings, wrong...); sets != nil {
			e.keys = sets[0]
		}
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
	missing := e.keys.Missing
	if region != "" && (missing != nil || len(e.keys.Policies) > 0) {
		for _, p := range e.keys.Policies {
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
	return e.keys.Merged, nil
}
