package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Who gets in: of each class of callers one is asked in each way for each class of
// actions. What is expected is not asked.

// A group is the actions of one class that all statements treat alike.
type group struct {
	class   class
	actions []string
}

// groups gives the actions of KMS in groups.
func (p *proof) groups() []group {
	documents := []*Document{p.document}
	for _, t := range p.targets {
		for _, name := range slices.Sorted(maps.Keys(t.IAM)) {
			documents = append(documents, t.IAM[name]...)
		}
	}
	var all []group
	at := map[string]int{}
	for _, a := range actions {
		name := "kms:" + a.name
		id := fmt.Sprint(a.class, a.crossesAccounts, isForGrants(name))
		for _, d := range documents {
			for _, s := range d.Statements {
				id += fmt.Sprint(s.speaksOf(name))
			}
		}
		if i, ok := at[id]; ok {
			all[i].actions = append(all[i].actions, name)
			continue
		}
		at[id] = len(all)
		all = append(all, group{a.class, []string{name}})
	}
	return all
}

// An entry is someone who is let in, and how.
type entry struct {
	cell
	actions  []string
	witness  Request
	identity []*Document
}

// An opening gathers the verdict of a risk.
type opening struct {
	*risk
	verdict Verdict
	entries []entry
}

// A cell is one visitor's calls in one way for one group of actions.
type cell struct {
	visitor
	group
	region string
	how    way
}

// cells gives every call that may be a risk, or not, and whether these are all.
func (p *proof) cells() (all []cell, whole bool) {
	visitors, whole := p.visitors()
	for _, org := range p.organizations() {
		for _, v := range visitors {
			if v.kind&(anyAccount|otherAccount) != 0 {
				v.kind, v.organization = trusting, org
				visitors = append(visitors, v)
			}
		}
	}
	slices.SortStableFunc(visitors, func(a, b visitor) int { return cmp.Compare(a.kind, b.kind) })
	groups := p.groups()
	for _, region := range p.regions() {
		for _, v := range visitors {
			for how := directly; how <= itself; how++ {
				if (v.account() == "") != (how == itself) {
					continue
				}
				for _, g := range groups {
					all = append(all, cell{v, g, region, how})
				}
			}
		}
	}
	return all, whole
}

// admits tells whether a cell's calls are allowed for some context.
func (p *proof) admits(c *cell) (*question, Request, result) {
	call := p.call(c.party, c.region, c.actions[0], c.how)
	identity := p.identity(cmp.Or(c.role, c.caller))
	if call.account != "" && call.isForeign() {
		identity, call.without = allowAll, p.organizations()
	}
	if c.organization != "" {
		call.without, call.given["aws:principalorgid"] = nil, []string{c.organization}
	}
	q := p.ask(call, identity, true)
	r, got := q.allowed()
	return q, r, got
}

// risks decides what must not be.
func (p *proof) risks() []Verdict {
	isNarrow := !slices.ContainsFunc(p.targets, func(t Target) bool { return len(t.InstanceRoles) == 0 })
	cells, whole := p.cells()
	openings := make([]opening, len(risks))
	for i := range risks {
		openings[i] = opening{risk: &risks[i], verdict: Verdict{Code: risks[i].Code, Risk: true, Unproved: !whole}}
	}
	everyone := map[string]bool{} // what anyone of the account may, in which way
	for i := range cells {
		c := &cells[i]
		at := riskOf(c.kind, c.how, c.class, isNarrow)
		id := fmt.Sprint(c.region, c.how, c.actions[0])
		if at < 0 || c.kind == someoneOfAccount && everyone[id] {
			continue
		}
		q, r, got := p.admits(c)
		openings[at].count(c, q, r, got)
		everyone[id] = everyone[id] || got == found && c.kind == anyoneOfAccount
	}
	var all []Verdict
	for i := range openings {
		if o := &openings[i]; o.isAsked(p, isNarrow) {
			o.word(p)
			all = append(all, o.verdict)
		}
	}
	return all
}

func (v *visitor) account() string { return newCaller(&Request{Caller: v.caller}).account }

// isAsked tells a risk that can be there for the targets.
func (o *opening) isAsked(p *proof, isNarrow bool) bool {
	return slices.ContainsFunc(o.areas, func(c area) bool {
		return (c.narrow == ever || (c.narrow == narrowed) == isNarrow) && (c.who != trusting || slices.ContainsFunc(p.targets, func(t Target) bool { return len(t.Trusted) > 0 }))
	})
}

// count takes what was found of a cell.
func (o *opening) count(c *cell, q *question, r Request, got result) {
	switch got {
	case none:
		return
	case unproved:
		o.verdict.Unproved = true
		return
	}
	o.verdict.Allowed = true
	o.verdict.decidedBy(Evaluate(q.document, r, q.identity...))
	if n := len(o.entries); n > 0 && o.entries[n-1].isSame(c, r) {
		o.entries[n-1].actions = append(o.entries[n-1].actions, c.actions...)
		return
	}
	o.entries = append(o.entries, entry{*c, slices.Clone(c.actions), r, q.identity})
}

func (e *entry) isSame(c *cell, r Request) bool {
	return e.caller == c.caller && e.role == c.role && e.how == c.how && e.witness.Key == r.Key
}

// word puts the verdict into words.
func (o *opening) word(p *proof) {
	v := &o.verdict
	switch {
	case v.Allowed:
		v.Unproved = false
		for _, e := range o.entries {
			v.Wrong = append(v.Wrong, Answer{e.witness, Evaluate(p.document, e.witness, e.identity...)})
		}
		first := o.entries[0]
		v.Message = fmt.Sprintf("%s may %s%s%s", p.names(first.visitor), listed(few(first.actions), " and "), where(&first.witness), contextOf(&first.witness))
		if o.told {
			v.Message += ": " + o.Why
			return
		}
		v.Message += p.alsoIn(o.entries)
		v.Message += ", so " + o.Why + ": " + v.Wrong[0].Decision.reason()
		v.Hint = "in " + naming(v.Statements, nil) + ": " + p.fill(o.Remedy)
	case v.Unproved:
		v.Message, v.Hint = tooMuch, simplify
	default:
		v.Message = "no statement allows it"
	}
}

// alsoIn names who is let in beside the first.
func (p *proof) alsoIn(entries []entry) string {
	first, names := p.names(entries[0].visitor), []string(nil)
	for _, e := range entries[1:] {
		if name := p.names(e.visitor); name != first && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if names == nil {
		return ""
	}
	return ", as " + listed(few(names), " and ") + " may"
}

// few lists some actions or names.
func few(names []string) []string {
	const most = 4
	if n := len(names) - most; n > 1 {
		return append(slices.Clone(names[:most]), fmt.Sprintf("%d more", n))
	}
	return names
}

// names says who is let in, for a person.
func (p *proof) names(v visitor) string {
	arn := cmp.Or(v.role, v.caller)
	isAnyone := p.isAnyone(arn)
	switch {
	case v.caller == anyService:
		return "any service"
	case v.account() == "":
		return v.called
	case v.kind == anyoneOfAccount:
		return "any principal of the account"
	case v.kind == anyAccount && isAnyone:
		return "any principal of any other account"
	case v.kind == anyAccount:
		return v.called + " of any other account"
	case v.account() == p.targets[0].Account:
		return v.called
	case isAnyone || strings.HasSuffix(arn, ":root"):
		return "any principal of account " + v.account()
	}
	return v.called + " of account " + v.account()
}
