package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

// A policyCheck is one run of the command.
type policyCheck struct {
	stdio
	intents          []string
	account, request string
	regions          []string
	trusted, context []string
	output           form
}

func newPolicyCheck(std stdio) *cobra.Command {
	check := policyCheck{stdio: std}
	c := &cobra.Command{
		Use:   "check [-f INTENT] POLICY.json",
		Short: "Prove what a key policy lets happen, and whom it lets in",
		Long: `Check says of a key policy, ours or one found in an account, which of the things a
Kublr cluster needs will work, which will not and why, and who else gets in. It
uses no network. POLICY.json is a policy document or what ` + "`aws kms get-key-policy`" + `
prints; - is stdin.

The intent says whose account, regions and roles count; when it names no region,
those of --region do, else those the policy speaks of. Without an intent they are
those of --account and --region, else those the policy speaks of.

With --request one question is answered: who, what, through which service, and
condition keys: "role/NAME kms:ACTION via ec2.REGION key=value". Who is an ARN, or
role/NAME, user/NAME or root of the account.

Exit codes: 0 all is well, or the request is allowed; 1 it is not; 2 wrong usage;
3 a file could not be read, or something is not proved.`,
		Example: `  kublr-encryption policy check -f intent.yaml policy.json
  aws kms get-key-policy --policy-name default --key-id alias/kublr-ebs |
    kublr-encryption policy check -f intent.yaml -

  kublr-encryption policy check policy.json \
    --request "role/kublr-node kms:CreateGrant via ec2.eu-west-1"`,
		Args: onePolicy,
	}
	intents := intentFlag(c)
	c.Flags().StringVar(&check.account, "account", "", "the account, when there is no intent")
	c.Flags().StringArrayVar(&check.regions, "region", nil, "a region of the key; may be given again")
	c.Flags().StringVar(&check.request, "request", "", "answer one `question`")
	c.Flags().StringArrayVar(&check.trusted, "trust", nil, "`who` else may use the key: an ARN, an account, o-… or a service; may be given again")
	c.Flags().StringArrayVar(&check.context, "context", nil, "a condition key of the account's requests that is known, `KEY=VALUE`; may be given again")
	reportFlags(c, &check.output)
	c.RunE = func(c *cobra.Command, args []string) error {
		check.intents = *intents
		return check.run(c.Context(), args[0])
	}
	return c
}

func (c *policyCheck) run(ctx context.Context, name string) error {
	if err := stdinOnce("policy", append(slices.Clone(c.intents), name)); err != nil {
		return err
	}
	if c.request != "" && c.output.name != "text" && c.output.name != "json" {
		return usage("--output %s: a question is answered as text or json", c.output.name)
	}
	doc, text, findings, err := readPolicy(name, c.in)
	if err != nil {
		return err
	}
	r := report.Report{File: shown(name)}
	if doc != nil {
		targets, err := c.targets(ctx, doc)
		if err != nil {
			return err
		}
		if c.request != "" {
			return c.answer(doc, targets[0])
		}
		if r.Verdicts, err = policy.Check(doc, targets...); err != nil {
			return usageError{fmt.Errorf("%w: give -f, or --account and --region", err)}
		}
		findings = append(findings, policy.Lint(doc, targets[0])...)
		for _, t := range targets {
			r.Premises = append(r.Premises, t.String())
		}
		r.Premises = append(r.Premises, "not seen here: policies of organizations (SCPs, RCPs), of VPC endpoints and of sessions, permission boundaries, and the live key's grants")
	}
	r.Findings = report.OfText(findings.In(r.File), r.File, text, diag.Position{}, "")
	return c.report(r, c.out)
}

// report gives the outcome, whose findings go to a stream when it is text.
func (c *policyCheck) report(r report.Report, findings report.Stream) error {
	if r.Verdicts == nil {
		r.Verdicts = []policy.Verdict{} // it is about a key policy, none of which is judged
	}
	o := newOutcome(c.stdio, "policy check", c.output, findings)
	if err := o.take(r); err != nil {
		return err
	}
	return o.end()
}
