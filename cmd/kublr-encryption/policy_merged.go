package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

func (m *policyMerge) run(ctx context.Context) error {
	if err := stdinOnce("policy", append(slices.Clone(m.intents), m.name)); err != nil {
		return err
	}
	e, err := expand(ctx, m.stdio, m.intents, &run.Source{}, m.region)
	if err != nil {
		return err
	}
	ours, targets, err := e.documents(m.stdio, m.region)
	if err != nil {
		return err
	}
	if ours == nil {
		return usage("the intent uses the account's default EBS key, and needs no statements")
	}
	theirs, _, findings, err := readPolicy(m.name, m.in)
	if err != nil {
		return err
	}
	if err := tell(m.stdio, findings); err != nil {
		return err
	}
	if theirs == nil {
		return errFindings
	}
	after, err := joined(theirs, ours, m.replaces)
	if err != nil {
		return err
	}
	if err := m.prove(theirs, after, targets); err != nil {
		return err
	}
	return m.write(theirs, after)
}

// write prints the policy and what changes, or that alone.
func (m *policyMerge) write(before, after *policy.Document) error {
	to := m.err
	if m.diff {
		to = m.out
	}
	for _, change := range policy.Diff(before, after) {
		for line := range strings.SplitSeq(change.String(), "\n") {
			if _, err := fmt.Fprintln(to, diag.Safe(line)); err != nil {
				return err
			}
		}
	}
	if m.diff {
		return nil
	}
	_, err := m.out.Write(after.Source())
	return err
}

// joined puts the statements of policies into one, by what they say.
func joined(into *policy.Document, more []*policy.Document, replaces bool) (*policy.Document, error) {
	for _, one := range more {
		merged, err := policy.Merge(into, one, replaces)
		if err != nil {
			return nil, err
		}
		next, problems := policy.Parse(merged)
		if next == nil {
			return nil, fmt.Errorf("internal error, please report it: the merged policy: %v", problems)
		}
		into = next
	}
	return into, nil
}

// prove tells what is not as it should be after a merge, as errors where the
// merge or what was there before keeps volumes from working, or lets someone in.
func (m *policyMerge) prove(before, after *policy.Document, targets []policy.Target) error {
	verdicts, err := policy.Check(after, targets...)
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
		if v.Risk && !v.Unproved && !slices.ContainsFunc(v.Wrong, func(a policy.Answer) bool { return isNew(before, a.Request, targets[0].Account) }) {
			f.Severity = diag.Warning
		}
		findings = append(findings, f)
	}
	if err := tell(m.stdio, findings.In(shown(m.name))); err != nil {
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
