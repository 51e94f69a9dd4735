package policy

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Whoever a policy lets in is one of these.
type kindOfParty uint16

const (
	accountRoot kindOfParty = 1 << iota // the root user of the key's account
	administering
	usingKublr
	machines // service-linked roles that launch, and instances' roles
	trusting
	anyoneOfAccount  // nobody named, of the key's account
	someoneOfAccount // of the key's account, whom the policy names and nobody else
	anyAccount       // of an account that nobody named
	otherAccount     // of an account, or a user or role of one, that the policy names
	services         // a service, or an identity provider
)

// A visitor is one caller of each class that the policy can tell apart.
type visitor struct {
	party
	kind         kindOfParty
	organization string // of a visitor who is trusted for it
}

// nobody is a name that no policy has.
const nobody = "nobody-ever-was-called-so"

var accountsIn = regexp.MustCompile(`[0-9]{12}`)

// anyService stands for all that no policy names.
const anyService = "any-other.amazonaws.com"

// launching are those that launch instances, and the instances: who is one of the
// machines. Of service-linked roles these are Auto Scaling's own, and those that a
// target asks for.
var launching = []parties{theAutoScaling, autoScaling, spot, fleet, namedInstances}

// visitors gives one caller of each class: those that the targets name, those that
// the policy names, and those that its patterns make. whole is false when there may
// be more.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func (p *proof) visitors() (all []visitor, whole bool) {
	t := &p.targets[0]
	iam, sts := "arn:"+cmp.Or(t.Partition, "aws")+":iam::", "arn:"+cmp.Or(t.Partition, "aws")+":sts::"
	var language []glob
	for _, l := range []struct{ head, kind, path, name string }{
		{iam, ":role/", "", "?*"}, {iam, ":role/", "?*/", "?*"}, {iam, ":user/", "", "?*"}, {iam, ":user/", "?*/", "?*"}, {iam, ":root", "", ""}, {sts, ":federated-user/", "", "?*"},
	} {
		account := newGlob(mark(strings.Repeat("?", 12)), digits)
		language = append(language, slices.Concat(newGlob(l.head, anyRune), account, newGlob(l.kind, anyRune), newGlob(mark(l.path), pathed), newGlob(mark(l.name), named)))
	}
	whole = p.learnCallers()
	arns, ok := classes(language, slices.Concat(p.patterns, language))
	for _, arn := range p.named() {
		if strings.HasPrefix(arn, "arn:") {
			arns = append(arns, arn)
		}
	}
	slices.Sort(arns)
	for _, arn := range slices.Compact(arns) {
		v := visitor{party: t.party(arn)}
		v.kind = p.kindOf(arn)
		all = append(all, v)
	}
	for _, v := range p.sessions() {
		if v.kind = p.kindOf(cmp.Or(v.role, v.caller)); v.kind == anyoneOfAccount {
			v.kind = someoneOfAccount
		}
		all = append(all, v)
	}
	all = append(all, p.services()...)
	return all, whole && ok
}

// named gives all whom the targets name.
func (p *proof) named() (all []string) {
	for _, t := range p.targets {
		for _, who := range slices.Concat(launching, []parties{kublr, administrators}) {
			for _, one := range who(&t) {
				all = append(all, cmp.Or(one.role, one.caller))
			}
		}
		all = append(all, t.Trusted...)
	}
	return all
}

// services gives the services and identity providers that the policy names, and one
// that it does not.
func (p *proof) services() (all []visitor) {
	add := func(name, called string) {
		v := visitor{party: party{caller: name, called: called + " " + name}, kind: services}
		if p.isTrusted(name) {
			v.kind = trusting
		}
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	for _, s := range p.document.Statements {
		for _, n := range s.principals {
			switch n.kind {
			case service:
				add(n.value, "service")
			case federated, canonicalUser:
				add(n.value, "identity provider")
			}
		}
	}
	for _, key := range []string{"aws:principalservicename", "aws:principalservicenameslist"} {
		for _, c := range p.conditions[key] {
			for _, v := range c.values {
				if v.pattern.plain {
					add(v.pattern.text, "service")
				}
			}
		}
	}
	add(anyService, "service")
	return all
}

// learnCallers notes what the policy compares a caller's ARN with, and gives whether
// that is all.
func (p *proof) learnCallers() (whole bool) {
	whole = true
	account := func(text string) {
		g := newARNGlob(mark("arn:*:*::"))
		g = append(g, newGlob(text, digits)...)
		p.patterns = append(p.patterns, append(g, newGlob(mark(":*"), anyRune)...))
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(accountsIn.FindAllString(string(p.document.source), -1)))) {
		account(id)
	}
	account(p.targets[0].Account)
	for _, arn := range p.named() { // so that no one else is taken for them
		if isAccount(arn) {
			account(arn)
		}
		p.patterns = append(p.patterns, newGlob(arn, anyRune))
	}
	for _, s := range p.document.Statements {
		for _, n := range s.principals {
			if n.kind == identity {
				p.patterns = append(p.patterns, newGlob(n.value, anyRune))
			}
		}
	}
	for _, key := range []string{"aws:principalarn", "aws:principalaccount", "kms:calleraccount", "aws:username"} {
		for _, c := range p.conditions[key] {
			for i := range c.values {
				switch v := &c.values[i]; {
				case c.name == "Null":
				case key == "aws:username" && c.as <= arns:
					p.learnUser(c.glob(v, nil))
				case c.as == numbers && strings.HasSuffix(c.name, "Equals") && !strings.Contains(c.name, "Than") && isAccount(v.spelled):
					account(v.spelled)
				case c.as > arns:
					whole = false
				case key == "aws:principalarn":
					p.patterns = append(p.patterns, c.glob(v, nil))
				case v.pattern.parts == nil:
					account(v.pattern.text)
				}
			}
		}
	}
	return whole
}

// learnUser notes what the policy compares the name of a user with, which follows
// any path.
func (p *proof) learnUser(name glob) {
	for i := range name {
		if name[i].literal == 0 {
			name[i].in = named
		}
	}
	for _, user := range []string{"arn:*:iam::*:user/", "arn:*:iam::*:user/*/"} {
		p.patterns = append(p.patterns, slices.Concat(newGlob(mark(user), anyRune), name))
	}
}

// sessions gives the sessions that stand as principals, for each role they may be of.
func (p *proof) sessions() (all []visitor) {
	for _, s := range p.document.Statements {
		for _, n := range s.principals {
			head, name, ok := strings.Cut(n.value, ":assumed-role/")
			if n.kind != identity || !ok {
				continue
			}
			role, _, _ := strings.Cut(name, "/")
			roles := []string{strings.Replace(head, ":sts::", ":iam::", 1) + ":role/" + role}
			for _, arn := range p.named() {
				if strings.HasPrefix(resourceOf(arn), "role/") && lastOf(arn) == role && !slices.Contains(roles, arn) {
					roles = append(roles, arn)
				}
			}
			for _, arn := range roles {
				all = append(all, visitor{party: party{caller: n.value, role: arn, called: "session " + name}})
			}
		}
	}
	return all
}

// kindOf tells who an ARN is.
func (p *proof) kindOf(arn string) kindOfParty {
	own := newCaller(&Request{Caller: arn}).account == p.targets[0].Account
	is := func(who parties) bool {
		return slices.ContainsFunc(p.targets, func(t Target) bool {
			return slices.ContainsFunc(who(&t), func(one party) bool { return cmp.Or(one.role, one.caller) == arn })
		})
	}
	switch {
	case own && strings.HasSuffix(arn, ":root"):
		return accountRoot
	case is(administrators):
		return administering
	case is(kublr):
		return usingKublr
	case slices.ContainsFunc(launching, is):
		return machines
	case p.isTrusted(arn):
		return trusting
	case own && p.isAnyone(arn):
		return anyoneOfAccount
	case own:
		return someoneOfAccount
	case p.isNamed(arn):
		return otherAccount
	}
	return anyAccount
}

func theAutoScaling(t *Target) []party { return []party{t.party(t.arn(t.Account, autoScalingRole))} }

func namedInstances(t *Target) []party { return t.each(t.instanceRoles()) }

// isAnyone tells an ARN that no pattern tells from that of nobody in particular.
func (p *proof) isAnyone(arn string) bool {
	head, _, _ := strings.Cut(arn, "/")
	like := head + "/" + nobody
	return !slices.ContainsFunc(p.patterns, func(g glob) bool { return g.matches(arn) != g.matches(like) })
}

// isNamed tells an ARN whose account the policy names.
func (p *proof) isNamed(arn string) bool {
	return strings.Contains(string(p.document.source), newCaller(&Request{Caller: arn}).account)
}

func (p *proof) isTrusted(who string) bool {
	account := newCaller(&Request{Caller: who}).account
	return slices.ContainsFunc(p.targets, func(t Target) bool {
		return slices.ContainsFunc(t.Trusted, func(one string) bool {
			return one == who || account != "" && account != t.Account && (one == account || strings.HasSuffix(one, "::"+account+":root"))
		})
	})
}

// organizations gives those that are trusted.
func (p *proof) organizations() []string {
	var all []string
	for _, t := range p.targets {
		for _, one := range t.Trusted {
			if strings.HasPrefix(one, "o-") {
				all = append(all, one)
			}
		}
	}
	return all
}
