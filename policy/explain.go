package policy

import (
	"fmt"
	"slices"
	"strings"
)

// A miss is the statement that came nearest to allowing a request, and why its
// first element that did not match does not.
type miss struct {
	*Statement
	message string
}

// Costs of what does not match. A statement that is not for the caller comes after
// all that are: what it asks of others is not what the caller misses.
const (
	costCondition = 2
	costAction    = 3
	costPrincipal = 1000
)

// nearest gives the miss of a request that was denied for want of a statement; ok
// is false when the policy allows nothing at all.
func (d Decision) nearest() (m miss, ok bool) {
	least := 0
	for _, s := range d.document.Statements {
		if !s.Allows {
			continue
		}
		cost := 0
		how := s.match(&d.caller)
		if how == noMatch {
			cost += costPrincipal
		}
		speaks := s.speaksOf(d.caller.Action)
		if !speaks {
			cost += costAction
		}
		failing, n := s.failing(&d.caller)
		cost += n * costCondition
		if how == delegated {
			cost += d.costOfIAM()
		}
		if m.Statement != nil && cost >= least {
			continue
		}
		m, least = miss{Statement: s}, cost
		switch {
		case how == noMatch:
			m.message = s.whoMessage(&d.caller)
		case !speaks:
			m.message = s.actionMessage(d.caller.Action)
		case failing != nil:
			m.message = failing.mismatch(&d.caller)
		default:
			m.message = d.iamMessage()
		}
	}
	return m, m.Statement != nil
}

// at gives the statement that denied a request, or came nearest to allowing it.
func (d Decision) at() *Statement {
	if d.Basis == Denied && len(d.Statements) > 0 {
		return d.Statements[0]
	}
	m, _ := d.nearest()
	return m.Statement
}

// costOfIAM is that of a statement which leaves the decision to IAM. For those
// whose IAM permissions are fixed it is for somebody else.
func (d *Decision) costOfIAM() int {
	if d.caller.linked != "" {
		return costPrincipal + costAction
	}
	return costCondition + 1
}

func (d *Decision) iamMessage() string {
	if d.caller.linked != "" {
		return "it leaves the decision to IAM policies, and a service-linked role has none for KMS"
	}
	if d.elsewhere {
		return fmt.Sprintf("it leaves the decision to IAM policies of account %s, and what is known of them is about other keys than %s (say which it is with --key ARN)", d.caller.account, d.caller.Key)
	}
	return fmt.Sprintf("it leaves the decision to IAM policies of account %s, and none is known that allows this", d.caller.account)
}

func (s *Statement) principalElement() string {
	if s.notPrincipal {
		return "NotPrincipal"
	}
	return "Principal"
}

func (s *Statement) actionElement() string {
	if s.notAction {
		return "NotAction"
	}
	return "Action"
}

func (s *Statement) whoMessage(c *caller) string {
	if s.notPrincipal {
		return "the caller is excepted: " + c.arn
	}
	if c.linked != "" {
		for _, p := range s.principals {
			if p.kind == identity && p.name != "" && p.name != c.linked {
				return fmt.Sprintf("the caller is role %s, the statement is for %s", c.linked, p.name)
			}
		}
	}
	var names []string
	for _, p := range s.principals {
		names = append(names, p.value)
	}
	return fmt.Sprintf("the caller is %s, the statement is for %s", c.arn, some(names))
}

func (s *Statement) actionMessage(action string) string {
	var names []string
	for _, a := range s.actions {
		names = append(names, a.spelled)
	}
	if s.notAction {
		return fmt.Sprintf("%s is excepted by %s", action, some(names))
	}
	return fmt.Sprintf("%s is not among its actions, %s", action, some(names))
}

// some lists a few names.
func some(names []string) string {
	const most = 8
	if n := len(names) - most; n > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n)
	}
	return strings.Join(names, ", ")
}

// String says on one line whether and why the request is allowed.
func (d Decision) String() string {
	if d.Allowed || d.Basis == Denied {
		return d.reason()
	}
	if d.Basis == NeedsIdentity && d.caller.linked == "" {
		left := fmt.Sprintf("denied: left to the IAM of account %s by %s, where nothing is known that allows it", d.caller.account, naming(d.Statements, nil))
		if m, _ := d.nearest(); !slices.Contains(d.Statements, m.Statement) {
			left += "; " + d.reason()
		}
		return left
	}
	return "denied: " + d.reason()
}

func (d Decision) reason() string {
	switch d.Basis {
	case Denied:
		return "denied by " + naming(d.Statements, d.Identity)
	case NotAcrossAccounts:
		return fmt.Sprintf("KMS has no %s for a key of another account", d.caller.Action)
	case ByKeyPolicy:
		return "allowed by " + naming(d.Statements, nil)
	case ByIdentity:
		return "allowed by an IAM policy, to which " + naming(d.Statements, nil) + " leaves it"
	case ByGrant:
		return "allowed by grant " + d.Grant.ID
	}
	m, ok := d.nearest()
	if !ok {
		return "no statement allows anything"
	}
	return fmt.Sprintf("the nearest statement is %s: %s", m.Statement, m.message)
}

func naming(statements, identity []*Statement) string {
	var names []string
	for _, s := range statements {
		names = append(names, s.String())
	}
	for _, s := range identity {
		names = append(names, s.String()+" of an IAM policy")
	}
	return strings.Join(names, " and ")
}
