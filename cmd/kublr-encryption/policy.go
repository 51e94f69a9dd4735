package main

import (
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

func newPolicy(std stdio) *cobra.Command {
	var region string
	c := &cobra.Command{
		Use:   "policy [-f INTENT] [PATH...]",
		Short: "Print the key policy an intent needs, as JSON",
		Long: `Policy prints the key policy that an intent's volumes and instances need, as JSON
ready for KMS. A policy names regions: those of --region, else of the intent, else
of the clusters in PATH. For several regions one policy is printed that serves
them all, as a multi-Region key's replicas want it. Several intents (-f a -f b) that
share a key get one policy, which does for all of them.

For the account's default EBS key no policy can be written: what must hold is
said on stderr, stdout stays empty, and the exit code is 0.`,
		Example: `  kublr-encryption policy -f intent.yaml --region us-east-1 >policy.json
  aws kms put-key-policy --policy-name default --key-id alias/kublr-ebs --policy file://policy.json

  # The regions of the clusters at hand.
  kublr-encryption policy -f intent.yaml clusters/`,
		Args: anyPaths,
	}
	intents := intentFlag(c)
	which := selectionFlags(c)
	c.Flags().StringVar(&region, "region", "", "print the policy of this region alone")
	c.RunE = func(c *cobra.Command, paths []string) error {
		specs, err := openSpecs(c.Context(), std, which, *intents, paths)
		if err != nil {
			return err
		}
		e, err := expand(c.Context(), std, *intents, specs, region)
		if err != nil {
			return err
		}
		return e.writePolicy(std, region)
	}
	c.AddCommand(newPolicyCheck(std), newPolicyShow(std), newPolicyIAM(std), newPolicyMerge(std))
	return c
}

// writePolicy prints the policy of a region, or the one that serves all regions, and
// all intents, who share a key.
func (e *expansion) writePolicy(std stdio, region string) error {
	documents, _, err := e.documents(std, region)
	if err != nil || documents == nil {
		return err
	}
	one, err := joined(documents[0], documents[1:], false)
	if err != nil {
		return err
	}
	text, err := policy.Format(one.Source())
	if err != nil {
		return err
	}
	_, err = std.out.Write(text)
	return err
}
