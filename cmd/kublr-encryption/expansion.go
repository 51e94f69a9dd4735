package main

import (
	"context"
	"encoding/json"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
)

// An expansion is one intent's plan, and its key policies for the regions at hand.
type expansion struct {
	plan    *generator.Plan
	regions []string
	keys    generator.PolicySet
}

// expand makes the plan of one intent. Its findings are told on stderr; after an
// error there is none.
func expand(ctx context.Context, std stdio, files []string, specs *run.Source, region string) (*expansion, error) {
	in, err := readIntent(ctx, std, files, specs)
	if err != nil {
		return nil, err
	}
	e := &expansion{}
	if region != "" {
		e.regions = []string{region}
	}
	plan, more := generator.NewPlan(in.all)
	findings := append(in.findings, specs.Findings...)
	tellSkipped(ctx, std, specs)
	if plan != nil && !findings.HasErrors() {
		if region == "" {
			if e.regions, err = run.Regions(ctx, plan, specs); err != nil {
				return nil, err
			}
		}
		sets, wrong := plan.Policies(e.regions)
		if findings = append(findings, wrong...); sets != nil {
			e.keys = sets[0]
		}
	}
	findings = append(findings, more...)
	if err := tell(std, findings); err != nil {
		return nil, err
	}
	if findings.HasErrors() {
		return nil, errFindings
	}
	e.plan = plan
	return e, nil
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
		if err := tell(std, diag.Findings{*missing}); err != nil {
			return nil, err
		}
		return nil, errFindings
	}
	return e.keys.Merged, nil
}
