package livekey

import (
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

const maxPolicyBytes = 32768

// checkPolicy gives what is wrong with the policy that a slot wants in a region.
func (s Slot) checkPolicy(region string) diag.Findings {
	text, ok := s.Policies[region]
	if !ok {
		return about(code.PolicyRefused, s, region, "has no policy in the plan", "")
	}
	if _, problems := policy.Parse(text); problems.HasErrors() {
		return problems
	}
	return s.refuses(region, string(text))
}

// refuses gives why a policy is not sent: it is too long, or the account's root could
// not change it again, so that a key whose named principals are deleted would be lost.
func (s Slot) refuses(region, text string) diag.Findings {
	if len(text) > maxPolicyBytes {
		return about(code.Limit, s, region, fmt.Sprintf("would have a policy of %d bytes, and KMS takes %d", len(text), maxPolicyBytes), "name fewer principals, or remove statements")
	}
	document, problems := policy.Parse([]byte(text))
	if document == nil {
		return problems
	}
	root := s.root()
	if !policy.Evaluate(document, policy.Request{Caller: root, Action: "kms:PutKeyPolicy", Key: s.arn(region)}).Allowed {
		return about(code.PolicyLockout, s, region, "would have a policy that "+root+" cannot change", "let the account's root administer the key")
	}
	return nil
}

// merged gives the policy that a key has after ours is merged into it, and what
// changes by that; nothing when it says all of ours already. On a key of ours a
// statement under a Sid of ours is an older one, and replaced; on another it stays.
func merged(theirs, ours string, replaces bool) (text string, changes []policy.Change, problems diag.Findings) {
	from, problems := policy.Parse([]byte(theirs))
	if from == nil {
		return "", nil, problems
	}
	to, problems := policy.Parse([]byte(ours))
	if to == nil {
		return "", nil, problems
	}
	both, err := policy.Merge(from, to, replaces)
	if err != nil {
		return "", nil, found(code.PolicyRefused, err.Error(), "mend the key's policy by hand")
	}
	after, problems := policy.Parse(both)
	if after == nil {
		return "", nil, problems
	}
	if changes = policy.Diff(from, after); len(changes) == 0 {
		return "", nil, nil
	}
	return string(both), changes, nil
}

// foreign gives the statements of a policy that are not ours: what is in it beyond
// ours when ours is merged into it. A policy that cannot be read is all foreign.
func foreign(theirs string, ours []byte) []policy.Change {
	to, _ := policy.Parse(ours)
	both, _, problems := merged(theirs, string(ours), true)
	if to == nil || len(problems) > 0 {
		return []policy.Change{{}}
	}
	if both == "" {
		both = theirs
	}
	after, _ := policy.Parse([]byte(both))
	return policy.Diff(to, after)
}

// same tells whether two policies are the same to KMS.
func same(a, b string) bool {
	x, _ := policy.Parse([]byte(a))
	y, _ := policy.Parse([]byte(b))
	return x != nil && y != nil && len(policy.Diff(x, y)) == 0
}

// dead gives the statements of a policy whose principal was deleted. KMS shows such a
// one by its unique id and does not take it back.
func dead(text string) diag.Findings {
	document, _ := policy.Parse([]byte(text))
	if document == nil {
		return nil
	}
	var all diag.Findings
	for _, f := range policy.Lint(document, policy.Target{}) {
		if f.Code == "deleted-principal" {
			all = append(all, f)
		}
	}
	return all
}

// statements lists those of a policy.
func statements(text []byte) []string {
	var all []string
	if document, _ := policy.Parse(text); document != nil {
		for _, s := range document.Statements {
			all = append(all, s.String())
		}
	}
	return all
}
