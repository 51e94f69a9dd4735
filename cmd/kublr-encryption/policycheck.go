package main

import (
	"fmt"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

// A policyCheck is one run of the command.
type policyCheck struct {
	stdio
	intents          []string
	account, request string
	regions          []string
	output           string
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
3 a file could not be read.`,
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
	outputFlag(c, &check.output, asText, asText, asJSON, asSARIF)
	c.RunE = func(_ *cobra.Command, args []string) error {
		check.intents = *intents
		return check.run(args[0])
	}
	return c
}

func (c *policyCheck) run(name string) error {
	if err := stdinOnce("policy", append(slices.Clone(c.intents), name)); err != nil {
		return err
	}
	doc, findings, err := readPolicy(name, c.in)
	if err != nil {
		return err
	}
	if doc == nil {
		return c.write(nil, findings)
	}
	target, err := c.target(doc)
	if err != nil {
		return err
	}
	if c.request != "" {
		return c.answer(doc, target)
	}
	verdicts, err := policy.Check(doc, target)
	if err != nil {
		return usageError{fmt.Errorf("%w: give -f, or --account and --region", err)}
	}
	findings = append(findings, policy.Lint(doc, target)...)
	if c.output == asSARIF {
		for _, v := range verdicts {
			if !v.IsWell() {
				findings = append(findings, v.Finding())
			}
		}
	}
	return c.write(verdicts, findings.In(shown(name)))
}

// target gives for whom the policy must do: by the intent, by flags, or by what
// the policy speaks of.
func (c *policyCheck) target(doc *policy.Document) (policy.Target, error) {
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
	intents, findings, err := readIntent(c.intents, nil, c.in)
	if err != nil {
		return policy.Target{}, err
	}
	plan, more := generator.NewPlan(intents)
	findings = append(findings, more...)
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
	writeFindings(c.err, paintFor(c.err), findings.Errors())
	if plan == nil || findings.HasErrors() {
		return policy.Target{}, errFindings
	}
	if len(c.regions) > 0 {
		t.Regions = c.regions
	}
	return t, nil
}

// answer answers the one question.
func (c *policyCheck) answer(doc *policy.Document, target policy.Target) error {
	r, err := requestOf(c.request, target)
	if err != nil {
		return err
	}
	decision := policy.Evaluate(doc, r)
	if c.output == asJSON {
		err = writeJSON(c.out, struct {
			Allowed    bool     `json:"allowed"`
			Statements []string `json:"statements"`
			Message    string   `json:"message"`
		}{decision.Allowed, names(decision.Statements), decision.String()})
	} else {
		_, err = fmt.Fprintln(c.out, decision)
	}
	if err == nil && !decision.Allowed {
		err = errFindings
	}
	return err
}
