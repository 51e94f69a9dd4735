package policy

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// A Sampler makes random requests about a policy.
type Sampler struct {
	*rand.Rand
	p     *proof
	named []string
}

// NewSampler gives one.
func NewSampler(r *rand.Rand, d *Document, t Target) *Sampler {
	s := &Sampler{Rand: r, p: newProof(d, []Target{t})}
	s.p.learnCallers()
	for _, one := range d.Statements {
		for _, n := range one.principals {
			switch {
			case n.kind == identity && strings.Contains(n.value, ":iam:"), n.kind == service:
				s.named = append(s.named, n.value)
			case n.kind == account:
				s.named = append(s.named, "arn:aws:iam::"+n.value+":role/x")
			}
		}
	}
	s.named = append(s.named, s.p.named()...)
	s.named = slices.DeleteFunc(s.named, func(n string) bool { return !strings.Contains(n, ".") && !strings.HasPrefix(n, "arn:") })
	return s
}

// Request makes a request that a risk is about: of one of its parties, in one
// of its ways, for an action of one of its classes. What AWS says of such a request
// it has; what a caller chooses, or only AWS knows, is taken from the policy's own
// values, from others, or is absent. ok is false when the policy knows no such party.
func (r *Sampler) Request(id string) (request Request, ok bool) {
	i := slices.IndexFunc(risks, func(one risk) bool { return one.ID == id })
	of := risks[i].areas[r.IntN(len(risks[i].areas))]
	p, t := r.p, &r.p.targets[0]
	how, action := way(r.IntN(int(itself)+1)), actions[r.IntN(len(actions))]
	for of.ways&(1<<how) == 0 || of.who == services && how != itself {
		how = way(r.IntN(int(itself) + 1))
	}
	for of.classes&(1<<action.class) == 0 {
		action = actions[r.IntN(len(actions))]
	}
	who := t.party(r.caller())
	kind := services
	if strings.HasPrefix(who.caller, "arn:") {
		kind = p.kindOf(firstOf(who.role, who.caller))
	}
	if !of.covers(kind, how, action.class, len(t.InstanceRoles) > 0) || (kind == services) != (how == itself) {
		return Request{}, false
	}
	c := p.call(who, t.Regions[r.IntN(len(t.Regions))], "kms:"+action.name, how)
	request = *c.Request
	request.Context = map[string][]string{}
	for folded, all := range p.conditions {
		if _, isCaller := callerKeys[folded]; isCaller {
			continue
		}
		dom := p.domain(all[0].key, c)
		if o := dom.options[r.IntN(len(dom.options))]; o != nil {
			request.Context[all[0].key] = o
			if has, _ := c.has(all[0].key); dom.how != known && has.value == "" && r.IntN(3) == 0 {
				request.Context[all[0].key] = []string{string(rune('a' + r.IntN(26)))}
			}
			if p.cannotBe(folded, request.Context[all[0].key][0], c) {
				request.Context[all[0].key] = o
			}
		}
	}
	if via := p.domain("kms:ViaService", c); !hasKey(request.Context, "kms:ViaService") && how != directly && how != itself {
		request.Context["kms:ViaService"] = via.options[0]
	}
	return request, true
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// caller gives someone the policy names, someone like that, or anyone.
func (r *Sampler) caller() string {
	t := &r.p.targets[0]
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	switch r.IntN(6) {
	case 0, 1:
		return pick(r.named...)
	case 2:
		return pick(anyService, "logs.amazonaws.com", "ec2.amazonaws.com")
	case 3:
		return pick(r.named...) + pick("x", "2", "-a")
	}
	accounts := append(accountsIn.FindAllString(string(r.p.document.source), -1), t.Account, t.Account, "999988887777")
	return "arn:aws:iam::" + pick(accounts...) + ":" + pick("role/", "user/", "role/a/", "user/team/") + pick("node", "bob", "mallory", "a", "Admin")
}
