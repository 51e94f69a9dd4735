package main

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

// targetFlags adds the flags that say for whom a policy must do.
func (c *policyCheck) targetFlags(to *cobra.Command) (intents *[]string) {
	to.Flags().StringVar(&c.account, "account", "", "the account, when there is no intent")
	to.Flags().StringArrayVar(&c.regions, "region", nil, "a region of the key; may be given again")
	to.Flags().StringArrayVar(&c.trusted, "trust", nil, "`who` else may use the key: an ARN, an account, o-… or a service; may be given again")
	to.Flags().StringArrayVar(&c.context, "context", nil, "a condition key of the account's requests that is known, `KEY=VALUE`; may be given again")
	to.Flags().StringArrayVar(&c.keys, "key", nil, "the key's `ARN`, for IAM policies that name it; may be given again")
	to.Flags().StringArrayVar(&c.iam, "iam", nil, "the IAM policy of a role, or of user/NAME: `ROLE=FILE`; may be given again")
	return intentFlag(to)
}

// targets gives for whom the policy must do: by the intents, by flags, or by what
// the policy speaks of. What other flags say holds for all of them.
func (c *policyCheck) targets(ctx context.Context, doc *policy.Document) ([]policy.Target, error) {
	known, err := c.known()
	if err != nil {
		return nil, err
	}
	targets, err := c.judged(ctx, doc)
	if err != nil {
		return nil, err
	}
	for i := range targets {
		t := &targets[i]
		t.Trusted, t.Context, t.Keys = append(t.Trusted, c.trusted...), known, append(slices.Clone(c.keys), t.Keys...)
	}
	return targets, c.readIAM(&targets[0])
}

// known gives what --context says.
func (c *policyCheck) known() (map[string][]string, error) {
	known := map[string][]string{}
	for _, pair := range c.context {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, usage("--context %q: expected KEY=VALUE, such as aws:PrincipalOrgID=o-a1b2c3d4e5", pair)
		}
		known[key] = append(known[key], value)
	}
	return known, nil
}

func (c *policyCheck) judged(ctx context.Context, doc *policy.Document) ([]policy.Target, error) {
	if len(c.intents) == 0 {
		t, err := targetOf(doc, c.account)
		if err != nil {
			return nil, err
		}
		if len(c.regions) > 0 {
			t.Regions = c.regions
		}
		return []policy.Target{t}, nil
	}
	in, err := readIntents(ctx, c.stdio, c.intents, nil)
	if err != nil {
		return nil, err
	}
	plan, more := generator.NewPlan(in.all)
	findings := append(in.findings, more...)
	var targets []policy.Target
	if plan != nil {
		sets, wrong := plan.Policies(c.regions)
		if slices.ContainsFunc(sets, func(s generator.PolicySet) bool { return s.Missing != nil }) {
			sets, wrong = plan.Policies(regionsIn(doc))
		}
		findings = append(findings, wrong...)
		for _, s := range sets {
			if len(c.regions) > 0 {
				s.Target.Regions = c.regions
			} else if s.Target.Regions, err = regionsOf(s, doc); err != nil {
				return nil, err
			}
			targets = append(targets, s.Target)
		}
	}
	if findings.HasErrors() {
		return nil, c.report(in.report(findings.Errors()), c.err)
	}
	if len(targets) == 0 {
		return nil, errFindings
	}
	return targets, nil
}

var (
	callerInPolicy  = regexp.MustCompile(`(?i)"kms:CallerAccount"[\s:\[]*"([0-9]{12})"`)
	accountInPolicy = regexp.MustCompile(`arn:(aws[a-z-]*):iam::([0-9]{12}):`)
	regionInPolicy  = regexp.MustCompile(`"ec2\.([a-z0-9-]+)\.amazonaws\.com`)
)

// targetOf takes from a policy itself the account, unless it is said, and the
// regions it seems to be for. It never guesses between two accounts.
func targetOf(doc *policy.Document, account string) (policy.Target, error) {
	t := policy.Target{Account: account, Regions: regionsIn(doc)}
	var accounts []string
	for _, found := range accountInPolicy.FindAllSubmatch(doc.Source(), -1) {
		t.Partition = string(found[1])
		accounts = union(accounts, []string{string(found[2])})
	}
	for _, found := range callerInPolicy.FindAllSubmatch(doc.Source(), -1) {
		accounts = union(accounts, []string{string(found[1])})
	}
	switch {
	case account != "":
	case len(accounts) > 1:
		return t, usage("the policy speaks of accounts %s: say with -f or --account whose the key is", strings.Join(accounts, ", "))
	case len(accounts) == 1:
		t.Account = accounts[0]
	}
	return t, nil
}

// regionsIn gives the regions that a policy speaks of.
func regionsIn(doc *policy.Document) []string {
	var regions []string
	for _, found := range regionInPolicy.FindAllSubmatch(doc.Source(), -1) {
		regions = union(regions, []string{string(found[1])})
	}
	return regions
}
