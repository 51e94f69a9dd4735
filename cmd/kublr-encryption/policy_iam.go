package main

import (
	"strings"

	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

// A policyIAM is one run of the command.
type policyIAM struct {
	stdio
	intents   []string
	workloads []string
	role      string
}

func newPolicyIAM(std stdio) *cobra.Command {
	var names []string
	for _, w := range policy.Workloads {
		names = append(names, w.Name)
	}
	iam := policyIAM{stdio: std}
	c := &cobra.Command{
		Use:   "iam -f INTENT --for WORKLOAD [POLICY.json]",
		Short: "Print the least IAM policy for a role that uses the key",
		Long: `Iam prints the least IAM policy by which a role does what it must with the keys of an
intent, where the key policy leaves it to IAM: for ` + strings.Join(names, ", ") + `. Of one
workload that is the policy itself, of several an object by their names.

Each is proved together with the key policy, POLICY.json, or what the intent needs
when none is given: where it does not do, nothing is printed and the exit code is 1.`,
		Example: `  kublr-encryption policy iam -f intent.yaml --for csi >csi.json
  aws iam put-role-policy --role-name csi --policy-name ebs-key --policy-document file://csi.json

  kublr-encryption policy iam -f intent.yaml --for csi,snapshots,masters,velero`,
		Args: cobra.MaximumNArgs(1),
	}
	intents := intentFlag(c)
	c.Flags().StringSliceVar(&iam.workloads, "for", nil, "whose: "+strings.Join(names, ", "))
	c.Flags().StringVar(&iam.role, "role", "", "the `role` that it is for, when the key policy names roles")
	c.RunE = func(c *cobra.Command, args []string) error {
		iam.intents = *intents
		return iam.run(c.Context(), append(args, "")[0])
	}
	return c
}
