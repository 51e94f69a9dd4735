package main

import (
	"github.com/spf13/cobra"
)

// A policyMerge is one run of the command.
type policyMerge struct {
	stdio
	intents        []string
	name, region   string
	diff, replaces bool
}

func newPolicyMerge(std stdio) *cobra.Command {
	merge := policyMerge{stdio: std}
	c := &cobra.Command{
		Use:   "merge -f INTENT POLICY.json",
		Short: "Put the statements an intent needs into a key policy",
		Long: `Merge puts the statements that an intent needs into a key policy that is not ours,
by what they say: what others wrote keeps its place, order and spelling, and what a
statement there allows already, under whatever Sid, is not added. Nothing is taken
away unless --replace. The policy is printed on stdout, and what changes in it on
stderr. POLICY.json is a policy document or what ` + "`aws kms get-key-policy`" + ` prints;
- is stdin.

Several intents (-f a -f b) share the key: the statements of all are put in, and the
outcome must do for all of them.

The outcome is proved: where something that the intent needs fails on it, or someone
is let in whom the policy did not let in before, nothing is printed on stdout and
the exit code is 1. Who was in before is told as a warning.`,
		Example: `  aws kms get-key-policy --policy-name default --key-id alias/shared >now.json
  kublr-encryption policy merge --diff -f intent.yaml now.json
  kublr-encryption policy merge -f intent.yaml now.json >then.json
  aws kms put-key-policy --policy-name default --key-id alias/shared --policy file://then.json`,
		Args: onePolicy,
	}
	intents := intentFlag(c)
	c.Flags().StringVar(&merge.region, "region", "", "the key's region, when the intent has several or none")
	c.Flags().BoolVar(&merge.replaces, "replace", false, "put a statement in place of one that has its Sid and says something else")
	c.Flags().BoolVar(&merge.diff, "diff", false, "print what changes, and not the policy")
	c.RunE = func(c *cobra.Command, args []string) error {
		merge.intents, merge.name = *intents, args[0]
		return merge.run(c.Context())
	}
	return c
}
