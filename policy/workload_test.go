package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestWorkloads holds that each IAM policy does by a key policy that leaves all to
// IAM, and that it is the least: without any of its actions it does not.
func TestWorkloads(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/worker"
	delegating := parse(t, []byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}]}`))
	target := policy.Target{Account: "111122223333", Regions: []string{"eu-west-1", "us-east-1"}}
	const key = "1234abcd-12ab-34cd-56ef-1234567890ab"
	for _, w := range policy.Workloads {
		if len(w.Sources) == 0 {
			t.Errorf("%s has no source", w.Name)
		}
		for _, keys := range [][]string{{"alias/kublr-ebs"}, {key}, {"arn:aws:kms:eu-west-1:111122223333:key/" + key, "arn:aws:kms:us-east-1:111122223333:key/" + key}} {
			var aliases []string
			at := target
			if keys[0] == "alias/kublr-ebs" {
				aliases = keys
			} else {
				at.Keys = []string{"arn:aws:kms:eu-west-1:111122223333:key/" + key, "arn:aws:kms:us-east-1:111122223333:key/" + key}
			}
			text, err := w.Identity(at, keys)
			if err != nil {
				t.Fatal(err)
			}
			isWell := func(source []byte) bool {
				identity, findings := policy.ParseIdentity(source)
				if identity == nil {
					t.Fatalf("%v in %s", findings, source)
				}
				verdicts, err := w.Check(delegating, identity, role, at, aliases)
				return err == nil && len(verdicts) > 0 && !slices.ContainsFunc(verdicts, func(v policy.Verdict) bool { return !v.IsWell() })
			}
			if !isWell(text) {
				t.Errorf("%s does not do for %s:\n%s", keys, w.Name, text)
			}
			less := 0
			for _, m := range mutants(t, text) {
				if strings.Contains(m.removed, "Condition kms:") && !strings.Contains(m.removed, ".com") {
					continue // it narrows
				}
				if less++; isWell(m.source) {
					t.Errorf("%s needs no %s", w.Name, m.removed)
				}
			}
			if less < 3 {
				t.Errorf("%s: only %d ways to have less", w.Name, less)
			}
			if other := target; len(aliases) == 0 {
				verdicts, err := w.Check(delegating, must(policy.ParseIdentity(text)), role, other, nil)
				if err != nil || policy.Findings(verdicts) == nil {
					t.Errorf("%s: a policy of one key does for another, %v", w.Name, err)
				}
			}
		}
	}
	if _, err := policy.FindWorkload("cis"); err == nil {
		t.Error("cis is a workload")
	}
}

func must(d *policy.Document, _ any) *policy.Document { return d }
