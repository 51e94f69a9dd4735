package policy

import (
	"maps"
	"slices"
	"strings"
)

// A proof answers for all requests whether a policy allows one: what a condition
// key may be is finite to the policy, so that the question is which of the
// finitely many contexts fulfils the conditions of an Allow and leaves one
// condition of each Deny unfulfilled.
type proof struct {
	document *Document
	targets  []Target

	conditions map[string][]*condition // by key in lower case, in all policies that are asked
	variables  []string
	patterns   []glob // what a caller's ARN is compared with
	domains    map[string]*domain
}

func newProof(d *Document, targets []Target) *proof {
	p := &proof{document: d, targets: targets, conditions: map[string][]*condition{}, domains: map[string]*domain{}}
	p.learn(d)
	for _, t := range targets {
		for _, name := range slices.Sorted(maps.Keys(t.IAM)) {
			for _, identity := range t.IAM[name] {
				p.learn(identity)
			}
		}
	}
	return p
}

// identity gives the IAM policies of a user or role.
func (p *proof) identity(arn string) []*Document {
	var all []*Document
	for _, t := range p.targets {
		all = append(all, t.IAM[arn]...)
	}
	return all
}

// learn notes what a policy's conditions compare.
func (p *proof) learn(d *Document) {
	for _, s := range d.Statements {
		for i := range s.conditions {
			c := &s.conditions[i]
			p.conditions[c.folded] = append(p.conditions[c.folded], c)
			for _, v := range c.values {
				for _, part := range v.pattern.parts {
					if part.variable != "" && !slices.Contains(p.variables, part.variable) {
						p.variables = append(p.variables, part.variable)
					}
				}
			}
		}
	}
}

// A result is what a search for a request came to.
type result uint8

const (
	none     result = iota // there is no such request
	found                  // there is one, and Evaluate says so
	unproved               // a bound was met, or what was found could not be shown
)

// A literal is a condition in a call: the options of its key for which it may hold,
// and may not.
type literal struct {
	*condition
	at          int // of the domain
	may, mayNot set
}

// A question is whether a call is allowed, for some context, or denied for some.
type question struct {
	*proof
	call     *call
	identity []*Document

	domains []*domain
	index   map[string]int
	allows  [][]literal // each is a way to be allowed: all must hold
	denies  [][]literal
	steps   int
}

// maxSteps bounds the search of one question.
const maxSteps = 20000

// ask asks of a call. When isLenient, a Deny that may not be for the caller is left
// out: what then is found counts only if Evaluate, which is strict, finds it too.
func (p *proof) ask(c *call, identity []*Document, isLenient bool) *question {
	q := &question{proof: p, call: c, identity: identity, index: map[string]int{}}
	isForeign := c.isForeign()
	var delegates [][]literal
	for _, s := range p.document.Statements {
		how := s.match(&c.caller)
		if how == noMatch || !s.speaksOf(c.Action) {
			continue
		}
		literals, can := q.literals(s)
		switch {
		case !can, !s.Allows && isLenient && s.mayNotMatch(&c.caller):
		case !s.Allows:
			q.denies = append(q.denies, literals)
		case isForeign && !crossesAccounts(c.Action):
		case (isForeign || how == delegated) && !c.isRoot:
			delegates = append(delegates, literals)
		default:
			q.allows = append(q.allows, literals)
		}
	}
	for _, d := range identity {
		for _, s := range d.Statements {
			if !s.speaksOf(c.Action) || !s.isAbout(&c.caller) {
				continue
			}
			literals, can := q.literals(s)
			switch {
			case !can:
			case !s.Allows:
				q.denies = append(q.denies, literals)
			default:
				for _, l := range delegates {
					q.allows = append(q.allows, slices.Concat(l, literals))
				}
			}
		}
	}
	return q
}

// literals gives a statement's conditions; can is false when one never holds.
func (q *question) literals(s *Statement) (all []literal, can bool) {
	for i := range s.conditions {
		c := &s.conditions[i]
		at, ok := q.index[c.folded]
		if !ok {
			at = len(q.domains)
			q.index[c.folded] = at
			q.domains = append(q.domains, q.domain(c.key, q.call))
		}
		l := literal{condition: c, at: at}
		l.may, l.mayNot = c.truth(q.domains[at], q.call)
		if l.may == (set{}) && q.domains[at].whole {
			return nil, false
		}
		if l.mayNot != (set{}) || !q.domains[at].whole {
			all = append(all, l)
		} else if len(q.domains[at].options) > 1 {
			all = append(all, l) // it holds for all, and the witness should say for which
		}
	}
	return all, true
}

// allowed searches for a context in which the call is allowed.
func (q *question) allowed() (Request, result) { return q.try(q.allows, true) }

// denied searches for a context in which the call is denied.
func (q *question) denied() (Request, result) {
	for _, d := range q.denies {
		if r, how := q.find([][]literal{d}, nil, false); how != none {
			return r, how
		}
	}
	return q.find(nil, q.allows, false)
}

func (q *question) try(alternatives [][]literal, want bool) (r Request, how result) {
	for _, holds := range alternatives {
		one, got := q.find([][]literal{holds}, q.denies, want)
		if got == found {
			return one, found
		}
		how = max(how, got)
	}
	return r, how
}

// find searches for a context in which all of some conditions hold, and of each of
// others one does not.
func (q *question) find(hold, fail [][]literal, want bool) (Request, result) {
	free := make([]set, len(q.domains))
	for i, d := range q.domains {
		for o := range d.options {
			free[i].add(o)
		}
	}
	how := none
	for _, literals := range hold {
		for _, l := range literals {
			free[l.at] = free[l.at].and(l.may)
			if !q.domains[l.at].whole {
				how = unproved
			}
			if free[l.at] == (set{}) {
				return Request{}, how
			}
		}
	}
	for _, literals := range fail {
		for _, l := range literals {
			if !q.domains[l.at].whole {
				how = unproved
			}
		}
	}
	q.steps = 0
	picked, ok := q.search(free, fail)
	switch {
	case q.steps > maxSteps:
		return Request{}, unproved
	case !ok:
		return Request{}, how
	}
	r := q.request(picked, slices.Concat(hold...))
	if Evaluate(q.document, r, q.identity...).Allowed != want {
		return r, unproved
	}
	return r, found
}

// search makes one condition of each list fail.
func (q *question) search(free []set, fail [][]literal) (picked []set, ok bool) {
	if q.steps++; q.steps > maxSteps {
		return nil, false
	}
	if len(fail) == 0 {
		return free, true
	}
	for _, l := range fail[0] {
		rest := free[l.at].and(l.mayNot)
		if rest == (set{}) {
			continue
		}
		next := slices.Clone(free)
		next[l.at] = rest
		if picked, ok := q.search(next, fail[1:]); ok {
			return picked, true
		}
	}
	return nil, false
}

// request gives the request that a search picked: of each key the first option that
// is left, and where a variable must compare, what it stands for.
func (q *question) request(picked []set, hold []literal) Request {
	r := *q.call.Request
	r.Context = map[string][]string{}
	for i, d := range q.domains {
		for o, values := range d.options {
			if picked[i].has(o) && values != nil {
				r.Context[d.key] = values
			}
			if picked[i].has(o) {
				break
			}
		}
	}
	for _, name := range q.variables {
		if d := q.domain(name, q.call); !hasKey(r.Context, name) {
			if i := slices.IndexFunc(d.options, func(o option) bool { return len(o) == 1 && o[0] != "" }); i >= 0 {
				r.Context[name] = d.options[i]
			}
		}
	}
	if via := q.domain("kms:ViaService", q.call); !hasKey(r.Context, "kms:ViaService") && via.options[0] != nil {
		r.Context["kms:ViaService"] = via.options[0]
	}
	c := newCaller(&r)
	for _, l := range hold {
		if l.holds(&c) || q.domains[l.at].how == known {
			continue
		}
		for i := range l.values {
			if text, ok := l.values[i].pattern.expand(&c); ok && !strings.ContainsAny(text, "\x00\x01") {
				r.Context[q.domains[l.at].key] = []string{text}
			}
		}
	}
	maps.DeleteFunc(r.Context, func(key string, _ []string) bool {
		_, isCaller := callerKeys[strings.ToLower(key)]
		return isCaller && q.call.account != ""
	})
	return r
}

// filled adds to a request what is known of the other keys that the policy has.
func (q *question) filled(r Request) Request {
	for folded, all := range q.conditions {
		if d := q.domain(all[0].key, q.call); d.how == known && !hasKey(r.Context, folded) {
			if _, isCaller := callerKeys[folded]; !isCaller && d.options[0] != nil {
				r.Context[d.key] = d.options[0]
			}
		}
	}
	return r
}

func hasKey(context map[string][]string, name string) bool {
	for key := range context {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}
