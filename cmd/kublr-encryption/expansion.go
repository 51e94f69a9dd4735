package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// An expansion is the plan of intents, and their key policies for the regions at hand.
type expansion struct {
	plan    *generator.Plan
	regions []string
	sets    []generator.PolicySet // one for each intent
}

// expand makes the plan of intents. Its findings are told on stderr; after an
// error there is none.
func expand(ctx context.Context, std stdio, files []string, specs *run.Source, region string) (*expansion, error) {
	in, err := readIntents(ctx, std, files, specs)
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
		findings, e.sets = append(findings, wrong...), sets
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

// documents gives the policy of each intent, of a region or one that serves all
// regions, and for whom each must do; none for the account's default EBS key, whose
// policy is not ours.
func (e *expansion) documents(std stdio, region string) (all []*policy.Document, targets []policy.Target, err error) {
	if err := shareKey(e.sets); err != nil {
		return nil, nil, err
	}
	for _, set := range e.sets {
		text, err := documentOf(std, set, region)
		if text == nil || err != nil {
			return nil, nil, err
		}
		d, problems := policy.Parse(text)
		if d == nil {
			return nil, nil, fmt.Errorf("internal error, please report it: the policy of the intent: %v", problems)
		}
		if region != "" {
			set.Target.Regions = []string{region}
		}
		all, targets = append(all, d), append(targets, set.Target)
	}
	return all, targets, nil
}

// shareKey refuses intents that one policy would let in on each other's keys.
func shareKey(sets []generator.PolicySet) error {
	keys := func(s generator.PolicySet) (all []string) {
		for _, p := range s.Policies {
			for _, key := range p.Keys {
				all = union(all, []string{p.Account + " " + p.Region + " " + key})
			}
		}
		return all
	}
	for _, set := range sets {
		first, other := keys(sets[0]), keys(set)
		if len(sets) > 1 && !slices.ContainsFunc(first, func(key string) bool { return slices.Contains(other, key) }) {
			return usage("the intents %s and %s share no key: one policy would let each use the other's; give them one at a time, or name the key alike in both", sets[0].Name, set.Name)
		}
	}
	return nil
}

// documentOf gives the policy of one intent.
func documentOf(std stdio, set generator.PolicySet, region string) (json.RawMessage, error) {
	missing := set.Missing
	if region != "" && (missing != nil || len(set.Policies) > 0) {
		for _, p := range set.Policies {
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
	return set.Merged, nil
}
