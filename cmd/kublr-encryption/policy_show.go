package main

import (
	"context"
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

func newPolicyShow(std stdio) *cobra.Command {
	check := policyCheck{stdio: std}
	c := &cobra.Command{
		Use:   "show [-f INTENT] POLICY.json",
		Short: "Say who may do what by a key policy, in a table",
		Long: `Show says who may do what with the key of a policy: each class of callers that the
policy tells apart, what they may do, in which way, under which conditions, and by
which statements. It judges nothing; that is what policy check does. POLICY.json
is a policy document or what ` + "`aws kms get-key-policy`" + ` prints; - is stdin.

For whom it is looked at is said as for policy check.`,
		Example: `  kublr-encryption policy show policy.json
  aws kms get-key-policy --policy-name default --key-id alias/kublr-ebs |
    kublr-encryption policy show -`,
		Args: onePolicy,
	}
	intents := check.targetFlags(c)
	outputFlag(c, &check.output.name, "text", "json")
	c.RunE = func(c *cobra.Command, args []string) error {
		check.intents = *intents
		return check.show(c.Context(), args[0])
	}
	return c
}

func (c *policyCheck) show(ctx context.Context, name string) error {
	if err := stdinOnce("policy", c.names(name)); err != nil {
		return err
	}
	doc, _, findings, err := readPolicy(name, c.in)
	if err != nil {
		return err
	}
	if err := tell(c.stdio, findings); err != nil {
		return err
	}
	if doc == nil {
		return errFindings
	}
	targets, err := c.targets(ctx, doc)
	if err != nil {
		return err
	}
	rows, err := policy.Accesses(doc, targets...)
	if err != nil {
		return usageError{fmt.Errorf("%w: give -f, or --account and --region", err)}
	}
	for _, t := range targets {
		if _, err := fmt.Fprintln(c.err, diag.Safe(t.String())); err != nil {
			return err
		}
	}
	if c.output.name == "json" {
		err = writeAccessJSON(c.out, rows)
	} else {
		err = writeAccesses(c.out, rows)
	}
	if err == nil {
		_, err = fmt.Fprintln(c.err, notSeen)
	}
	return err
}
