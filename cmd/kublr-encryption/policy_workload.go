package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

func (c *policyIAM) run(ctx context.Context, name string) error {
	if len(c.workloads) == 0 {
		return usage("say whose policy: --for csi")
	}
	e, err := expand(ctx, c.stdio, c.intents, &run.Source{}, "")
	if err != nil {
		return err
	}
	documents, targets, err := e.documents(c.stdio, "")
	switch {
	case err != nil:
		return err
	case len(documents) == 0:
		return usage("the intent uses the account's default EBS key, whose policy leaves nothing to IAM")
	case len(documents) > 1:
		return usage("there are %d intents: give one at a time", len(documents))
	}
	doc := documents[0]
	if name != "" {
		read, _, findings, err := readPolicy(name, c.in)
		if err := errors.Join(err, tell(c.stdio, findings)); err != nil {
			return err
		}
		if doc = read; doc == nil {
			return errFindings
		}
	}
	var keys []string
	for _, p := range e.sets[0].Policies {
		keys = union(keys, p.Keys)
	}
	return c.write(name, doc, targets[0], keys)
}

// write proves and prints the policies of all workloads.
func (c *policyIAM) write(name string, doc *policy.Document, t policy.Target, keys []string) error {
	all := map[string]json.RawMessage{}
	var findings diag.Findings
	var text []byte
	for _, one := range c.workloads {
		w, err := policy.FindWorkload(one)
		if err != nil {
			return usage("--for %w", err)
		}
		if text, err = w.Identity(t, keys); err != nil {
			return err
		}
		wrong, err := c.prove(w, doc, t, keys, text)
		if err != nil {
			return err
		}
		findings = append(findings, wrong...)
		all[one] = text
	}
	if len(findings) > 0 {
		if name != "" {
			findings = findings.In(shown(name))
		}
		if err := tell(c.stdio, findings); err != nil {
			return err
		}
		return errFindings
	}
	if len(all) > 1 {
		return report.WriteJSON(c.out, all)
	}
	_, err := c.out.Write(text)
	return err
}

func (c *policyIAM) prove(w policy.Workload, doc *policy.Document, t policy.Target, keys []string, text []byte) (diag.Findings, error) {
	identity, wrong := policy.ParseIdentity(text)
	if identity == nil {
		return nil, fmt.Errorf("internal error, please report it: the IAM policy for %s: %v", w.Name, wrong)
	}
	role := c.role
	if role == "" {
		role = append(t.InstanceRoles, "any-"+w.Name+"-role")[0]
	}
	var aliases []string
	for _, k := range keys {
		if _, name, ok := strings.Cut(k, "alias/"); ok {
			aliases = union(aliases, []string{"alias/" + name})
		}
	}
	verdicts, err := w.Check(doc, identity, t.ARN(role), t, aliases)
	return policy.Findings(verdicts), err
}
