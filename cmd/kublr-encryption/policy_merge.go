package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

func newPolicyMerge(std stdio) *cobra.Command {
	var region string
	var diff, replaces bool
	c := &cobra.Command{
		Use:   "merge -f INTENT POLICY.json",
		Short: "Put the statements an intent needs into a key policy",
		Long: `Merge puts the statements that an intent needs into a key policy that is not ours,
by what they say: what others wrote keeps its place, order and spelling, and what a
statement there allows already, under whatever Sid, is not added. Nothing is taken
away unless --replace. The policy is printed on stdout, and what changes in it on
stderr. POLICY.json is a policy document or what ` + "`aws kms get-key-policy`" + ` prints;
- is stdin.

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
	c.Flags().StringVar(&region, "region", "", "the key's region, when the intent has several or none")
	c.Flags().BoolVar(&replaces, "replace", false, "put a statement in place of one that has its Sid and says something else")
	c.Flags().BoolVar(&diff, "diff", false, "print what changes, and not the policy")
	c.RunE = func(c *cobra.Command, args []string) error {
		return mergePolicy(c.Context(), std, *intents, args[0], region, diff, replaces)
	}
	return c
}

func mergePolicy(ctx context.Context, std stdio, intents []string, name, region string, diff, replaces bool) error {
	if err := stdinOnce("policy", append(slices.Clone(intents), name)); err != nil {
		return err
	}
	e, err := expand(ctx, std, intents, &run.Source{}, region)
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
	merged, err := policy.Merge(theirs, ours, replaces)
	if err != nil {
		return err
	}
	after, problems := policy.Parse(merged)
	if after == nil {
		return fmt.Errorf("internal error, please report it: the merged policy: %v", problems)
	}
	target := e.keys.Target
	if region != "" {
		target.Regions = []string{region}
	}
	if err := proveMerge(std, name, theirs, after, target); err != nil {
		return err
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

// proveMerge tells what is not as it should be after a merge, as errors where the
// merge or what was there before keeps volumes from working, or lets someone in.
func proveMerge(std stdio, name string, before, after *policy.Document, target policy.Target) error {
	verdicts, err := policy.Check(after, target)
	if err != nil {
		return err
	}
	var findings diag.Findings
	unsure := false
	for _, v := range verdicts {
		unsure = unsure || v.Unproved
		if v.IsWell() {
			continue
		}
		f := v.Finding()
		if v.Risk && !v.Unproved && !slices.ContainsFunc(v.Wrong, func(a policy.Answer) bool { return isNew(before, a.Request, target.Account) }) {
			f.Severity = diag.Warning
		}
		findings = append(findings, f)
	}
	if err := tell(std, findings.In(shown(name))); err != nil {
		return err
	}
	switch {
	case unsure:
		return errUnproved
	case findings.HasErrors():
		return errFindings
	}
	return nil
}

// isNew tells a request that a policy does not allow. Of another account's callers
// it is enough that the policy leaves them to IAM, which is not ours to see.
func isNew(before *policy.Document, r policy.Request, account string) bool {
	d := policy.Evaluate(before, r)
	isOurs := strings.Contains(r.Caller, "::"+account+":")
	return !d.Allowed && (isOurs || d.Basis != policy.NeedsIdentity)
}
