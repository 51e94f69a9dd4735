package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// notSeen is what a proof of a key policy leaves out.
const notSeen = "not seen here: policies of organizations (SCPs, RCPs), of VPC endpoints and of sessions, permission boundaries, and the live key's grants"

// rank puts errors first.
func rank(f diag.Finding) int {
	return slices.Index([]diag.Severity{diag.Error, diag.Warning, diag.Info}, f.Severity)
}

// names gives all files that a run reads.
func (c *policyCheck) names(policy string) []string {
	all := append(slices.Clone(c.intents), policy)
	for _, pair := range c.iam {
		if _, name, ok := strings.Cut(pair, "="); ok {
			all = append(all, name)
		}
	}
	return all
}

func (c *policyCheck) run(ctx context.Context, name string) error {
	if err := stdinOnce("policy", c.names(name)); err != nil {
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
		r.Premises = append(r.Premises, notSeen)
	}
	slices.SortStableFunc(findings, func(a, b diag.Finding) int { return cmp.Compare(rank(a), rank(b)) })
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
