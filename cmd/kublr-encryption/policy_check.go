package main

import (
	"github.com/spf13/cobra"
)

// A policyCheck is one run of the command.
type policyCheck struct {
	stdio
	intents          []string
	account, request string
	regions          []string
	trusted, context []string
	iam, keys        []string
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

Where the key policy leaves it to IAM, --iam says what IAM allows: the policies of
roles, as ` + "`policy iam`" + ` prints them. Without instance roles in the intent, roles that
have one are those.

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
	intents := check.targetFlags(c)
	c.Flags().StringVar(&check.request, "request", "", "answer one `question`")
	reportFlags(c, &check.output)
	c.RunE = func(c *cobra.Command, args []string) error {
		check.intents = *intents
		return check.run(c.Context(), args[0])
	}
	return c
}
