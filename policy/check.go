package policy

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Verdict says of a capability or a risk whether the policy allows it, and why.
type Verdict struct {
	diag.Code
	Risk    bool // else a capability
	Allowed bool
	// Depends are the condition keys that it hangs on, whose values cannot be known
	// here: it is allowed for some and not for others.
	Depends []string
	// Unproved tells that a bound was met, so that neither yes nor no is proved.
	Unproved bool

	// Statements are all that decided.
	Statements []*Statement
	// Wrong holds requests that should have been decided otherwise: of a risk a
	// witness for each who is let in, of a capability all that are denied.
	Wrong []Answer

	Message string // why, in one sentence
	Hint    string // what to do when it is not well
}

// IsWell tells whether the capability is there, or the risk is not. What is only
// told is well.
func (v Verdict) IsWell() bool {
	return v.Severity == diag.Info || !v.Unproved && len(v.Depends) == 0 && v.Allowed != v.Risk
}

// Finding says what the policy does that it should not, or the other way round. It
// stands where the statement does that opens a risk, denies, or comes nearest.
func (v Verdict) Finding() diag.Finding {
	f := v.Code.Finding(diag.Position{}, nil, v.Title+": "+v.Message, v.Hint)
	switch {
	case !v.Risk && len(v.Depends) == 0 && !v.Unproved:
		f.Message = "not so: " + f.Message
		if s := v.at(); s != nil {
			f.Position, f.Field = s.Position, s.Field
		}
	case v.Risk && len(v.Statements) > 0:
		f.Position, f.Field = v.Statements[0].Position, v.Statements[0].Field
	}
	return f
}

// at gives the statement that denied what should be allowed, or came nearest to it.
func (v Verdict) at() *Statement {
	if len(v.Wrong) == 0 {
		return nil
	}
	return v.Wrong[0].Decision.at()
}

// An Answer is a request and what was decided.
type Answer struct {
	Request  Request
	Decision Decision
}

// Check decides every capability and risk of the tables for those who share a key:
// a target for each intent, all of one account. A capability is there when it is
// allowed whatever cannot be known of a request; a risk is there when it is allowed
// for anything that there may be. Every risk that is there has a witness.
//
// Callers are taken to have no IAM policies for KMS but those of Target.IAM;
// administrators and other accounts are taken to have all.
func Check(d *Document, targets ...Target) ([]Verdict, error) {
	if err := problem(targets); err != nil {
		return nil, err
	}
	p := newProof(d, targets)
	return append(p.capabilities(), p.risks()...), nil
}

// problem tells what a check lacks.
func problem(targets []Target) error {
	if len(targets) == 0 {
		return errors.New("checking the key policy: nobody is named whose policy it is")
	}
	for _, t := range targets {
		if err := t.problem(); err != nil {
			return err
		}
		if t.Account != targets[0].Account {
			return fmt.Errorf("checking the key policy: one key is not of the accounts %s and %s", targets[0].Account, t.Account)
		}
	}
	return nil
}

// allowAll is what an administrator's or a stranger's own account allows.
var allowAll = []*Document{{Statements: []*Statement{{Allows: true, actions: []action{{text: string(many)}}}}}}

// regions gives those of all targets.
func (p *proof) regions() []string {
	var all []string
	for _, t := range p.targets {
		for _, r := range t.Regions {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// call makes a call of a party.
func (p *proof) call(who party, region, action string, how way) *call {
	t := &p.targets[0]
	r := Request{Caller: who.caller, Role: who.role, Action: action, Key: t.key(region)}
	c := &call{caller: newCaller(&r), region: region, way: how, given: map[string][]string{}}
	c.class, _ = classOf(action)
	if c.account == t.Account {
		for _, t := range p.targets {
			for key, values := range t.Context {
				c.given[strings.ToLower(key)] = values
			}
			if t.Organization != "" {
				c.given["aws:principalorgid"] = []string{t.Organization}
				c.given["aws:resourceorgid"] = []string{t.Organization}
			}
		}
	}
	return c
}

// capabilities decides what must work.
func (p *proof) capabilities() []Verdict {
	var all []Verdict
	for i := range capabilities {
		var who []party
		for _, t := range p.targets {
			for _, one := range capabilities[i].who(&t) {
				if !slices.Contains(who, one) {
					who = append(who, one)
				}
			}
		}
		if len(who) > 0 {
			all = append(all, p.capability(&capabilities[i], who))
		}
	}
	return all
}

// A claim gathers the verdict of a capability.
type claim struct {
	*capability
	verdict Verdict
}

func (p *proof) capability(w *capability, who []party) Verdict {
	c := claim{capability: w, verdict: Verdict{Code: w.Code}}
	some := false // one of them may do all
	for _, one := range who {
		before := len(c.verdict.Wrong) + len(c.verdict.Depends)
		for _, region := range p.regions() {
			for _, action := range w.actions {
				for _, session := range p.sessionsOf(one) {
					p.decide(&c, session, region, action)
				}
			}
		}
		some = some || len(c.verdict.Wrong)+len(c.verdict.Depends) == before && !c.verdict.Unproved
	}
	v := &c.verdict
	if w.anyOne && some {
		v.Wrong, v.Depends = nil, nil
	}
	v.Allowed = len(v.Wrong) == 0 && len(v.Depends) == 0 && !v.Unproved
	c.word(p)
	return *v
}

// sessionsOf gives a party, and of a role each session that a Deny names, since what
// the party's own sessions are called is not known.
func (p *proof) sessionsOf(one party) []party {
	all := []party{one}
	head, _ := strings.CutSuffix(one.caller, "/session")
	for _, s := range p.document.Statements {
		for _, n := range s.principals {
			if !s.Allows && !s.notPrincipal && one.role != "" && strings.HasPrefix(n.value, head+"/") {
				session := one
				session.caller = n.value
				all = append(all, session)
			}
		}
	}
	return all
}

// decide decides one action of one party.
func (p *proof) decide(claim *claim, who party, region, action string) {
	identity := p.identity(cmp.Or(who.role, who.caller))
	if who.hasIAM {
		identity = append(slices.Clone(identity), allowAll...)
	}
	how := throughEC2
	if claim.direct {
		how = directly
	}
	c := p.call(who, region, action, how)
	c.machine = how == throughEC2 && who.role != ""
	sources := []string{"vol-?*"}
	if claim.copied {
		sources = append(sources, "snap-?*")
	}
	for _, c.source = range sources {
		q := p.ask(c, identity, false)
		r, wrong := q.denied()
		one, right := q.allowed()
		if claim.count(q, answer{one, right}, answer{r, wrong}) {
			break
		}
	}
}

type answer struct {
	request Request
	how     result
}

// count takes what is allowed for some context and what is denied for some, and
// gives whether something is wrong.
func (c *claim) count(q *question, right, wrong answer) bool {
	v := &c.verdict
	if right.how == found {
		v.decidedBy(Evaluate(q.document, right.request, q.identity...))
	}
	hangs := q.hangsOn()
	switch {
	case wrong.how == none, right.how == found && wrong.how == found && len(hangs) == 0:
		return false
	case wrong.how == unproved || right.how == unproved:
		v.Unproved = true
	case right.how == found:
		for _, key := range hangs {
			if !slices.Contains(v.Depends, key) {
				v.Depends = append(v.Depends, key)
			}
		}
	default:
		r := q.filled(wrong.request)
		d := Evaluate(q.document, r, q.identity...)
		v.decidedBy(d)
		v.Wrong = append(v.Wrong, Answer{r, d})
	}
	return true
}

// hangsOn gives the keys that a question's answer hangs on and that its caller does
// not choose.
func (q *question) hangsOn() []string {
	var keys []string
	for _, l := range slices.Concat(slices.Concat(q.allows...), slices.Concat(q.denies...)) {
		if d := q.domains[l.at]; d.how == live && l.may != (set{}) && l.mayNot != (set{}) && !slices.Contains(keys, d.key) {
			keys = append(keys, d.key)
		}
	}
	return keys
}

func (v *Verdict) decidedBy(d Decision) {
	if !d.Allowed && d.Basis != Denied {
		return
	}
	for _, s := range d.Statements {
		if !slices.Contains(v.Statements, s) {
			v.Statements = append(v.Statements, s)
		}
	}
}

// word puts the verdict into words.
func (c *claim) word(p *proof) {
	v := &c.verdict
	switch {
	case len(v.Wrong) > 0:
		first := v.Wrong[0].Request
		var actions []string
		for _, a := range v.Wrong {
			if r := a.Request; r.Caller == first.Caller && r.Key == first.Key && !slices.Contains(actions, r.Action) {
				actions = append(actions, r.Action)
			}
		}
		v.Message = fmt.Sprintf("%s may not %s%s", called(&first), listed(actions, " or "), where(&first))
		if rest := len(v.Wrong) - len(actions); rest > 0 {
			v.Message += fmt.Sprintf(" (and %d more requests are answered so)", rest)
		}
		v.Message += ", so " + c.Why + ": " + v.Wrong[0].Decision.reason()
		v.Hint = c.remedy(p)
	case v.Unproved:
		v.Message, v.Hint = tooMuch, simplify
	case len(v.Depends) > 0:
		v.Message = "depends on " + listed(v.Depends, " and ") + ", which cannot be known here"
		v.Hint = settle(v.Depends)
	default:
		v.Message = "allowed by " + naming(v.Statements, nil)
	}
}

const (
	tooMuch  = "not proved: the policy tells more cases apart than are looked at"
	simplify = "split conditions with many wildcards, or name whole values"
)

// settle says how a user tells what a key is.
func settle(keys []string) string {
	var ways []string
	for _, key := range keys {
		k := findKey(key)
		if k == nil || k.advice == "" {
			ways = append(ways, "say how it is with --context "+key+"=VALUE, or leave the condition out")
		} else if !slices.Contains(ways, k.advice) {
			ways = append(ways, k.advice)
		}
	}
	return strings.Join(ways, "; ")
}

// called names who makes a request, for a person.
func called(r *Request) string {
	arn := cmp.Or(r.Role, r.Caller)
	name := resourceOf(arn)
	switch {
	case name == anyInstanceRole:
		return "an instance role of the account"
	case strings.HasPrefix(name, "role/"):
		return "role " + lastOf(name)
	case name == "": // a service
		return arn
	}
	return strings.Replace(name, "/", " ", 1)
}

// where says through which service a request is made.
func where(r *Request) string {
	for key, values := range r.Context {
		if strings.EqualFold(key, "kms:ViaService") && len(values) == 1 {
			service, rest, _ := strings.Cut(values[0], ".")
			return " through " + service + " in " + strings.TrimSuffix(rest, ".amazonaws.com")
		}
	}
	return ""
}

func listed(names []string, conjunction string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + conjunction + names[last]
}

// isForGrants tells the actions whose requests have kms:GrantIsForAWSResource.
func isForGrants(action string) bool {
	return action == "kms:CreateGrant" || action == "kms:ListGrants" || action == "kms:RevokeGrant"
}

// contextOf says what a request has beside who makes it and through what.
func contextOf(r *Request) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(r.Context)) {
		if !strings.EqualFold(key, "kms:ViaService") {
			all = append(all, key+" is "+strings.Join(r.Context[key], " and "))
		}
	}
	if all == nil {
		return ""
	}
	return " where " + listed(all, " and ")
}
