package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

func newPolicyMerge(std stdio) *cobra.Command {
	var region string
	var diff bool
	c := &cobra.Command{
		Use:   "merge -f INTENT POLICY.json",
		Short: "Put the statements an intent needs into a key policy",
		Long: `Merge puts the statements that an intent needs into a key policy that is not ours,
by Sid: what others wrote keeps its place, order and spelling, and a statement that
says the same already stays as it is. The policy is printed on stdout, and what
changes in it on stderr. POLICY.json is a policy document or what
` + "`aws kms get-key-policy`" + ` prints; - is stdin.`,
		Example: `  aws kms get-key-policy --policy-name default --key-id alias/shared >now.json
  kublr-encryption policy merge --diff -f intent.yaml now.json
  kublr-encryption policy merge -f intent.yaml now.json >then.json
  aws kms put-key-policy --policy-name default --key-id alias/shared --policy file://then.json`,
		Args: onePolicy,
	}
	intents := intentFlag(c)
	c.Flags().StringVar(&region, "region", "", "the key's region, when the intent has several or none")
	c.Flags().BoolVar(&diff, "diff", false, "print what changes, and not the policy")
	c.RunE = func(c *cobra.Command, args []string) error {
		return mergePolicy(c.Context(), std, *intents, args[0], region, diff)
	}
	return c
}

func mergePolicy(ctx context.Context, std stdio, intents []string, name, region string, diff bool) error {
	if err := stdinOnce("policy", append(slices.Clone(intents), name)); err != nil {
		return err
	}
	e, err := expand(ctx, std, intents, nil, region)
	if err != nil {
		return err
	}
	document, err := e.document(std, region)
	if err != nil {
		return err
	}
	if document == nil {
		return usage("the intent uses the account's default EBS key, and needs no statements")
	}
	ours, problems := policy.Parse(document)
	if ours == nil {
		return fmt.Errorf("internal error, please report it: the policy of the intent: %v", problems)
	}
	theirs, _, findings, err := readPolicy(name, std.in)
	if err != nil {
		return err
	}
	if err := tell(std, findings); err != nil {
		return err
	}
	if theirs == nil {
		return errFindings
	}
	merged, err := policy.Merge(theirs, ours)
	if err != nil {
		return err
	}
	after, problems := policy.Parse(merged)
	if after == nil {
		return fmt.Errorf("internal error, please report it: the merged policy: %v", problems)
	}
	to := std.err
	if diff {
		to = std.out
	}
	for _, change := range policy.Diff(theirs, after) {
		for line := range strings.SplitSeq(change.String(), "\n") {
			if _, err := fmt.Fprintln(to, diag.Safe(line)); err != nil {
				return err
			}
		}
	}
	if diff {
		return nil
	}
	_, err = std.out.Write(merged)
	return err
}
