package main

import (
	"context"
	"regexp"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// target gives for whom the policy must do: by the intent, by flags, or by what
// the policy speaks of.
func (c *policyCheck) target(ctx context.Context, doc *policy.Document) (policy.Target, error) {
	if len(c.intents) == 0 {
		t := targetOf(doc)
		if c.account != "" {
			t.Account = c.account
		}
		if len(c.regions) > 0 {
			t.Regions = c.regions
		}
		return t, nil
	}
	in, err := readIntent(ctx, c.stdio, c.intents, nil)
	if err != nil {
		return policy.Target{}, err
	}
	plan, more := generator.NewPlan(in.all)
	findings := append(in.findings, more...)
	var t policy.Target
	if plan != nil {
		sets, wrong := plan.Policies(c.regions)
		if sets != nil && sets[0].Missing != nil {
			sets, wrong = plan.Policies(targetOf(doc).Regions)
		}
		if findings = append(findings, wrong...); sets != nil {
			t = sets[0].Target
		}
	}
	if findings.HasErrors() {
		return policy.Target{}, c.report(in.report(findings.Errors()), c.err)
	}
	if len(c.regions) > 0 {
		t.Regions = c.regions
	}
	return t, nil
}

var (
	callerInPolicy  = regexp.MustCompile(`(?i)"kms:CallerAccount"[\s:\[]*"([0-9]{12})"`)
	accountInPolicy = regexp.MustCompile(`arn:(aws[a-z-]*):iam::([0-9]{12}):`)
	regionInPolicy  = regexp.MustCompile(`"ec2\.([a-z0-9-]+)\.amazonaws\.com`)
)

// targetOf takes from a policy itself the account and the regions it seems to be
// for, when nobody says.
func targetOf(doc *policy.Document) policy.Target {
	var t policy.Target
	if found := accountInPolicy.FindSubmatch(doc.Source()); found != nil {
		t.Partition, t.Account = string(found[1]), string(found[2])
	}
	if found := callerInPolicy.FindSubmatch(doc.Source()); found != nil {
		t.Account = string(found[1])
	}
	for _, found := range regionInPolicy.FindAllSubmatch(doc.Source(), -1) {
		t.Regions = append(t.Regions, string(found[1]))
	}
	return t
}
