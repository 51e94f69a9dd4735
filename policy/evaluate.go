package policy

import "strings"

// A Basis is the ground of a Decision.
type Basis uint8

const (
	NoStatement       Basis = iota // denied: no statement of the key policy and no grant allows it
	Denied                         // denied by a Deny
	NeedsIdentity                  // denied: the key policy leaves it to IAM policies, and none allows it
	NotAcrossAccounts              // denied: KMS has no such call for a key of another account
	ByKeyPolicy                    // allowed by the key policy alone
	ByIdentity                     // allowed by an IAM policy, to which the key policy leaves it
	ByGrant                        // allowed by a grant
)

// A Decision is what KMS answers, and why.
type Decision struct {
	Allowed bool
	Basis   Basis

	// Statements are those of the key policy that decided, Identity those of IAM
	// policies. Both are empty where no statement allowed it.
	Statements []*Statement
	Identity   []*Statement
	Grant      *Grant // if it decided

	document  *Document
	caller    caller
	elsewhere bool // an IAM policy would allow it, were it not about other keys
}

// Evaluate answers a request as KMS does, by the key's policy, the grants in the
// request, and the IAM policies of the caller, in this order:
//   - a Deny that applies, in any of the policies, denies;
//   - a statement that names the caller, or "*", allows a caller of the key's
//     account by itself;
//   - a statement that names the caller's account leaves the decision to its IAM
//     policies, and so does any statement for a caller of another account;
//   - a grant allows its grantee;
//   - all else is denied.
//
// Give no IAM policies for a service-linked role that has none for KMS, such as
// Auto Scaling's. Policies of organizations, endpoints, sessions and permission
// boundaries are not asked.
//
// Sources: https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func Evaluate(d *Document, r Request, identity ...*Document) Decision {
	out := Decision{document: d, caller: newCaller(&r)}
	c := &out.caller
	foreign := c.isForeign()
	var leaves []*Statement
	for _, s := range d.Statements {
		how := s.match(c)
		if how == noMatch || !s.speaksOf(r.Action) || !s.holds(c) {
			continue
		}
		switch {
		case !s.Allows && out.Basis != Denied:
			out.Basis, out.Statements = Denied, append(out.Statements[:0], s)
		case !s.Allows:
			out.Statements = append(out.Statements, s)
		case out.Basis == Denied:
		case foreign || how == delegated:
			leaves = append(leaves, s)
		default:
			out.Basis, out.Statements = ByKeyPolicy, append(out.Statements, s)
		}
	}
	if allowed := out.identities(identity); out.Basis == NoStatement && leaves != nil {
		out.Basis, out.Statements = NeedsIdentity, leaves
		if allowed || c.isRoot {
			out.Basis = ByIdentity
		}
	}
	if foreign && out.Basis == ByIdentity && !crossesAccounts(r.Action) {
		out.Basis = NotAcrossAccounts
	}
	if out.Basis == NoStatement || out.Basis == NeedsIdentity {
		out.grants()
	}
	out.Allowed = out.Basis >= ByKeyPolicy
	return out
}

func (s *Statement) holds(c *caller) bool {
	for i := range s.conditions {
		if !s.conditions[i].holds(c) {
			return false
		}
	}
	return true
}

// identities asks IAM policies. A Deny there counts whatever the key policy says.
func (d *Decision) identities(policies []*Document) (allowed bool) {
	c := &d.caller
	for _, p := range policies {
		for _, s := range p.Statements {
			if !s.speaksOf(c.Action) || !s.holds(c) {
				continue
			}
			if !s.isAbout(c) {
				d.elsewhere = d.elsewhere || s.Allows
				continue
			}
			if s.Allows {
				allowed = true
				continue
			}
			if d.Basis != Denied {
				d.Basis, d.Statements = Denied, nil
			}
			d.Identity = append(d.Identity, s)
		}
	}
	return allowed
}

func (d *Decision) grants() {
	for i := range d.caller.Grants {
		if g := &d.caller.Grants[i]; g.allows(&d.caller) {
			d.Basis, d.Grant, d.Statements = ByGrant, g, nil
			return
		}
	}
}

// crossesAccounts tells the actions that KMS has for a key of another account.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
func crossesAccounts(action string) bool {
	for _, a := range actions {
		if a.crossesAccounts && len(action) == len(a.name)+len("kms:") && strings.EqualFold(action[len("kms:"):], a.name) {
			return true
		}
	}
	return false
}
