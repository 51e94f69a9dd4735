package front

import (
	"slices"
)

// A rule is something that AWS does and the servers behind do not.
type rule struct {
	name    string
	source  string
	actions []string // none: all
	// before gives the answer, or nil to ask on.
	before func(*Front, Call) *reply
	// after changes the server's answer. The front is locked.
	after func(*Front, Call, *reply)
}

func (r rule) covers(c Call) bool {
	return r.actions == nil || slices.Contains(r.actions, c.Service+":"+c.Action)
}

const dev = "https://docs.aws.amazon.com/kms/latest/developerguide/"

var rules []rule

func init() {
	rules = []rule{
		{"an action that is denied", dev + "policy-evaluation.html", nil, denied, nil},
	}
}

func denied(f *Front, c Call) *reply {
	if !f.Denied[c.Service+":"+c.Action] {
		return nil
	}
	if _, json11 := targets[c.Service]; json11 {
		return refuse(c, "AccessDeniedException", "User: arn:aws:iam::"+f.Account+":root is not authorized to perform: "+c.Service+":"+c.Action)
	}
	return refuseWith(c, 403, "AccessDenied", "User: arn:aws:iam::"+f.Account+":root is not authorized to perform: "+c.Service+":"+c.Action)
}

// Call does a call as the account's root, past faults, records and rules: for what a
// person does meanwhile, and to see what is there. It gives nil when AWS refuses.
func (f *Front) Call(region, service, action string, in map[string]any) map[string]any {
	out, ok := f.ask(region, service, action, in)
	if !ok {
		return nil
	}
	if out == nil {
		out = map[string]any{}
	}
	return out
}
