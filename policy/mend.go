package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A mend is a change of one statement by which a request is no longer denied: a
// value that is put into an element, taken out of it, or set in its place. A Deny is
// mended where it denies, since no other statement outweighs it.
type mend struct {
	at   *Statement
	do   verb
	path []string // such as Condition, StringEquals, kms:ViaService
	text string   // the value
}

type verb uint8

const (
	put verb = iota
	takeOut
	write
	drop // the whole element
	tell // no change of one element does it: text says what does
)

// said says what some mends of one statement come to, without where.
func said(all []mend) string {
	var done, parts []string
	for _, m := range all {
		id := fmt.Sprint(m.do, m.path)
		if slices.Contains(done, id) && m.do != tell {
			continue
		}
		done = append(done, id)
		var values []string
		for _, o := range all {
			if value, _ := json.Marshal(o.text); fmt.Sprint(o.do, o.path) == id && !slices.Contains(values, string(value)) {
				values = append(values, string(value))
			}
		}
		if text := m.say(listed(values, " and ")); !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", and ")
}

func (m mend) say(values string) string {
	if m.do == tell {
		return m.text
	}
	where := strings.Join(m.path, ".")
	if m.path[0] == "Condition" {
		where = "the condition " + strings.Join(m.path[1:], " on ")
	}
	switch m.do {
	case takeOut:
		return "take " + values + " out of " + where
	case write:
		return "write " + values + " in " + where
	case drop:
		return "take out " + where
	}
	if m.path[0] == "Condition" && !m.at.has(m.path[1], m.path[2]) {
		return fmt.Sprintf(`add the condition "%s": {"%s": %s}`, m.path[1], m.path[2], values)
	}
	return "add " + values + " to " + where
}

// has tells whether a statement has a condition.
func (s *Statement) has(operator, key string) bool {
	return slices.ContainsFunc(s.conditions, func(c condition) bool {
		return (operator == "" || c.spelling() == operator) && strings.EqualFold(c.key, key)
	})
}

// mends gives what to change so that a denied request is allowed; nil when that is
// not one statement's matter.
func (d Decision) mends() []mend {
	switch d.Basis {
	case NoStatement:
		return d.nearestMends()
	case NeedsIdentity:
		if m, ok := d.nearest(); ok && !slices.Contains(d.Statements, m.Statement) {
			return d.nearestMends()
		}
	case Denied:
		var all []mend
		for _, s := range d.Statements {
			all = append(all, s.mendDeny(&d.caller))
		}
		for _, s := range d.Identity {
			all = append(all, mend{s, tell, nil, "take " + d.caller.Action + " out of this Deny of an IAM policy"})
		}
		return all
	}
	return nil
}

// nearestMends lets the nearest statement allow the use of the key. Whoever may use
// a key does not manage it, so for all else there is no such mend.
func (d Decision) nearestMends() (all []mend) {
	m, ok := d.nearest()
	c := &d.caller
	if what, _ := classOf(c.Action); !ok || what > grants && what != reading {
		return nil
	}
	s := m.Statement
	isFor, speaks := s.match(c) != noMatch, s.speaksOf(c.Action)
	switch {
	case isFor && speaks:
	case !isFor && (s.notPrincipal || c.account == ""), !speaks && s.notAction:
		return nil
	case isForGrants(c.Action) && !s.has("", "kms:ViaService") && !s.has("", "kms:GrantIsForAWSResource"):
		return []mend{{s, tell, nil, fmt.Sprintf(`beside it allow %s to "%s" in a statement with the condition "Bool": {"kms:GrantIsForAWSResource": "true"}`, c.Action, c.arn)}}
	}
	if !isFor && s.speaksOf("kms:PutKeyPolicy") || !isFor && s.speaksOf("kms:CreateGrant") && !s.has("", "kms:ViaService") && !s.has("", "kms:GrantIsForAWSResource") {
		return nil // it allows more than is asked for
	}
	if !isFor {
		all = append(all, mend{s, put, []string{"Principal", "AWS"}, c.arn})
	}
	if !speaks {
		all = append(all, mend{s, put, []string{"Action"}, c.Action})
	}
	for i := range s.conditions {
		if one := &s.conditions[i]; !one.holds(c) {
			all = append(all, s.mendAllow(one, c))
		}
	}
	if c.resource == anyInstanceRole && slices.ContainsFunc(all, func(m mend) bool { return m.text == c.arn }) {
		return nil // it stands for roles that have other names
	}
	return all
}

func (c *condition) path() []string { return []string{"Condition", c.spelling(), c.key} }

// mendAllow lets a condition of an Allow hold.
func (s *Statement) mendAllow(one *condition, c *caller) mend {
	got := c.values(one.key, one.folded)
	k := findKey(one.key)
	switch {
	case k != nil && k.grants && !isForGrants(c.Action):
		return mend{s, tell, nil, fmt.Sprintf("give %s a statement of its own, without the condition on %s, which requests for grants alone have", c.Action, one.key)}
	case one.name == "Null" || one.name == "Bool" && len(got) == 1:
		want := "true"
		if one.name == "Null" && got != nil || one.name == "Bool" && strings.EqualFold(got[0], "false") {
			want = "false"
		}
		return mend{s, write, one.path(), want}
	case len(got) != 1 || one.many || one.set != oneValue || one.as > arns && one.negated:
		return mend{s, drop, one.path(), ""}
	case one.negated:
		return s.takeOut(one, c, got[0])
	case one.as > arns || !isKnown(one.key) && (k == nil || k.through.how != known && k.advice == ""):
		return mend{s, drop, one.path(), ""}
	case len(one.values) == 1 && isAccount(got[0]):
		return mend{s, write, one.path(), got[0]}
	}
	return mend{s, put, one.path(), got[0]}
}

// takeOut takes the value that compares out of a condition, or the condition.
func (s *Statement) takeOut(one *condition, c *caller, got string) mend {
	n, at := 0, 0
	for i := range one.values {
		if wanted, ok := one.values[i].pattern.expand(c); ok && one.compare(wanted, got) {
			n, at = n+1, i
		}
	}
	if n == 1 && len(one.values) > 1 {
		return mend{s, takeOut, one.path(), one.values[at].spelled}
	}
	return mend{s, drop, one.path(), ""}
}

// mendDeny keeps a Deny from denying a request, and as much else as may be denied.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html
func (s *Statement) mendDeny(c *caller) mend {
	via := c.values("kms:ViaService", "kms:viaservice")
	switch {
	case s.notAction:
		return mend{s, put, []string{"NotAction"}, c.Action}
	case s.notPrincipal:
		return mend{s, tell, nil, fmt.Sprintf(`write "Principal": "*" in place of NotPrincipal, and whom it excepts as the condition "ArnNotEquals": {"aws:PrincipalArn": […]}, with "%s" among them`, c.arn)}
	}
	for i := range s.conditions {
		one := &s.conditions[i]
		got := c.values(one.key, one.folded)
		switch k := findKey(one.key); {
		case one.name == "Bool" && len(got) == 1 && one.set == oneValue && k != nil && k.through.how != choice:
			return mend{s, write, one.path(), map[bool]string{true: "false", false: "true"}[strings.EqualFold(got[0], "true")]}
		case one.negated && len(got) == 1 && one.as <= arns && one.set == oneValue:
			return mend{s, put, one.path(), got[0]}
		case !one.negated && len(got) == 1 && one.as <= arns && one.set == oneValue && len(one.values) > 1:
			if m := s.takeOut(one, c, got[0]); m.do == takeOut {
				return m
			}
		}
	}
	switch isNetwork := slices.ContainsFunc(s.conditions, func(one condition) bool { return len(via) == 1 && one.isNetwork() }); {
	case isNetwork: // of what EC2 calls the network is EC2's
		return mend{s, put, []string{"Condition", "Bool", "aws:ViaAWSService"}, "false"}
	case len(via) == 1:
		return mend{s, put, []string{"Condition", "StringNotEquals", "kms:ViaService"}, via[0]}
	}
	return mend{s, put, []string{"Condition", "ArnNotEquals", "aws:PrincipalArn"}, c.arn}
}

// isNetwork tells a condition on where a call comes from.
func (c *condition) isNetwork() bool {
	k := findKey(c.key)
	return k != nil && (k.as == addresses || strings.HasPrefix(k.name, "aws:SourceVpc") || strings.HasPrefix(k.name, "aws:Vpce"))
}

// remedy says what to do so that requests are allowed: at each statement what its
// decisions ask for, else what the row of the table says.
func (c *claim) remedy(p *proof) string {
	usual := p.fill(c.Remedy)
	var at []*Statement
	do := map[*Statement][]mend{}
	isWhole := true
	for _, a := range c.verdict.Wrong {
		mends := a.Decision.mends()
		isWhole = isWhole && mends != nil
		for _, m := range mends {
			if do[m.at] == nil {
				at = append(at, m.at)
			}
			do[m.at] = append(do[m.at], m)
		}
	}
	if at == nil || len(at) > 4 {
		return usual
	}
	var all []string
	for _, s := range at {
		all = append(all, "in "+s.String()+": "+said(do[s]))
	}
	if !isWhole {
		all = append(all, "or "+usual)
	}
	return strings.Join(all, "; ")
}

// fill puts the target's account, partition and regions into what a row says.
func (p *proof) fill(text string) string {
	var services []string
	for _, r := range p.regions() {
		services = append(services, `"ec2.`+r+`.amazonaws.com"`)
	}
	through := services[0]
	if len(services) > 1 {
		through = "[" + strings.Join(services, ", ") + "]"
	}
	t := &p.targets[0]
	return strings.NewReplacer(`"ec2.REGION.amazonaws.com"`, through, "ACCOUNT", t.Account, "PARTITION", cmp.Or(t.Partition, "aws")).Replace(text)
}
