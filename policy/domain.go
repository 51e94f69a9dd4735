package policy

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A way is how a call reaches KMS.
type way uint8

const (
	directly way = iota
	throughEC2
	throughOther // another service calls for a principal
	itself       // a service calls for itself
)

// A call is who calls what in which way, without what cannot be known of it.
type call struct {
	caller
	class  class
	region string
	way    way

	source  string              // what the EBS context looks like, where one is asked about
	machine bool                // an instance's or a service-linked role calls
	given   map[string][]string // condition keys in lower case that are settled
	without []string            // organizations that the caller is not of
}

// A domain is all that a condition key may be in a call, as far as the policy can
// tell: a value of each class that its patterns make, and absence.
type domain struct {
	key     string
	how     quality
	options []option
	whole   bool // else there may be more
}

// An option is the values of a key, nil when it is absent.
type option []string

// maxOptions bounds a domain, and is how many bits a set has.
const maxOptions = 256

// A set is some options of a domain.
type set [maxOptions / 64]uint64

func (s *set) add(i int)     { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s set) and(o set) set {
	for i := range s {
		s[i] &= o[i]
	}
	return s
}

// domain gives what a key may be in a call.
func (p *proof) domain(key string, c *call) *domain {
	folded := strings.ToLower(key)
	if v, ok := c.given[folded]; ok {
		return &domain{key: key, how: known, options: []option{v}, whole: true}
	}
	if _, ok := callerKeys[folded]; ok {
		return &domain{key: key, how: known, options: []option{c.ofCaller(folded)}, whole: true}
	}
	has, isMany := c.has(key)
	switch has.how {
	case known:
		return &domain{key: key, how: known, options: []option{{c.fill(has.value)}}, whole: true}
	case absent:
		return &domain{key: key, how: absent, options: []option{nil}, whole: true}
	}
	looks := c.fill(has.value)
	id := folded + string(rune(has.how)) + "\x00" + looks + "\x00" + c.account + p.knownOf(c) + "\x00" + strings.Join(c.without, ",") + strconv.FormatBool(has.orAbsent)
	d := p.domains[id]
	if d == nil {
		d = p.open(key, folded, looks, isMany, has.orAbsent, c)
		d.how = has.how
		p.domains[id] = d
	}
	return d
}

// knownOf gives what the policy's variables are known to be for a call, beside the
// account.
func (p *proof) knownOf(c *call) string {
	all := ""
	for _, name := range p.variables {
		all += "\x00" + c.valueOf(name)
	}
	return all
}

// has gives the row of a key for a call.
func (c *call) has(key string) (has presence, many bool) {
	unknown := presence{how: live, orAbsent: true}
	k := findKey(key)
	if k == nil {
		return unknown, false
	}
	isEBS := c.way == throughEC2 && strings.EqualFold(key, "kms:EncryptionContext:aws:ebs:id")
	switch {
	case k.grants && !isForGrants(c.Action), k.crypto && c.class > grants:
		return never(), k.manyValued
	case c.account != "" && k.name == "aws:userid":
		return atRunTime(strings.ReplaceAll(userIDs[c.kind()], "{caller account}", c.account)), false
	case isEBS:
		return atRunTime(cmp.Or(c.source, "vol-?*|snap-?*")), false
	}
	has = [...]presence{k.direct, k.through, k.other, k.itself}[c.way]
	if c.way == throughOther && has.how == unsaid {
		has = k.direct
	}
	if c.way == throughEC2 && c.machine && k.machine.how != unsaid {
		has = k.machine
	}
	if has.how == unsaid {
		has = unknown
		if c.way == directly {
			has.how = choice
		}
	}
	return has, k.manyValued
}

// ofCaller gives a key that says who calls.
func (c *call) ofCaller(folded string) option {
	if c.account == "" && folded == "aws:principaltype" {
		return option{"Service"}
	}
	return c.values(folded, folded)
}

// userIDs are what aws:userid looks like, by aws:PrincipalType.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
var userIDs = map[string]string{"User": "AIDA?*", "AssumedRole": "AROA?*:?*", "FederatedUser": "{caller account}:?*", "Account": "{caller account}"}

func (c *call) fill(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	part := strings.SplitN(c.Key, ":", 6)
	return strings.NewReplacer("{region}", c.region, "{account}", part[4], "{partition}", part[1], "{caller}", c.Caller).Replace(text)
}

// open gives the options of a key whose value is not known.
func (p *proof) open(key, folded, looks string, isMany, orAbsent bool, c *call) *domain {
	d := &domain{key: key, whole: true}
	var language, patterns []glob
	for _, l := range strings.Split(cmp.Or(looks, "?*"), "|") {
		in := anyRune
		if folded == "kms:viaservice" {
			in = labelled
		}
		language = append(language, newGlob(mark(l), in))
	}
	candidates := map[string]bool{}
	for _, on := range p.conditions[folded] {
		if on.name == "Null" {
			continue
		}
		for i := range on.values {
			switch on.as {
			case numbers, moments, addresses:
				candidates[on.values[i].spelled] = true
			default:
				patterns = append(patterns, on.glob(&on.values[i], c))
			}
		}
	}
	patterns = append(patterns, p.apart(folded, c)...)
	values, whole := classes(language, patterns)
	if looks == "" {
		values = append(values, "")
	}
	d.whole = whole && (len(candidates) == 0 || len(patterns) == 0)
	if folded == "kms:viaservice" { // one that people know, to begin with
		values = append([]string{c.fill("rds.{region}.amazonaws.com")}, values...)
	}
	if k := findKey(folded); k != nil && k.as > arns { // one at least
		candidates[map[comparison]string{moments: since, numbers: "0", addresses: "203.0.113.1"}[k.as]] = true
	}
	values = append(values, beside(slices.Sorted(maps.Keys(candidates)))...)
	values = slices.DeleteFunc(values, func(v string) bool { return p.cannotBe(folded, v, c) })
	if orAbsent {
		d.options = append(d.options, nil)
	}
	for _, v := range values {
		d.options = append(d.options, option{v})
	}
	if isMany {
		d.options, whole = subsets(d.options, values)
		d.whole = d.whole && whole
	}
	d.whole = d.whole && len(d.options) > 0
	if len(d.options) > maxOptions {
		d.options, d.whole = d.options[:maxOptions], false
	}
	return d
}

// since is before any call that a check is about: what lies before it is past.
const since = "2026-01-01T00:00:00Z"

// apart gives what cannotBe takes out as patterns, so that it is a class of its own.
func (p *proof) apart(folded string, c *call) (all []glob) {
	switch folded {
	case "kms:viaservice":
		return []glob{newGlob(c.fill("ec2.{region}.amazonaws.com"), anyRune)}
	case "aws:principalorgid", "aws:principalorgpaths":
		for _, o := range c.without {
			all = append(all, newGlob(o, anyRune), newGlob(mark(o+"/*"), anyRune))
		}
	}
	return all
}

// cannotBe tells values that a key never has in a call.
func (p *proof) cannotBe(folded, v string, c *call) bool {
	if k := findKey(folded); k != nil && (k.as == numbers && !isNumber(v) || k.as == moments && !isDate(v) || k.as == addresses && !isCIDR(v)) {
		return true
	}
	switch folded {
	case "kms:viaservice":
		return v == c.fill("ec2.{region}.amazonaws.com")
	case "aws:currenttime", "aws:epochtime":
		at, _ := parseDate(v)
		begin, _ := parseDate(since)
		return at.Before(begin)
	case "aws:principalorgid", "aws:principalorgpaths":
		return slices.ContainsFunc(c.without, func(o string) bool { return v == o || strings.HasPrefix(v, o+"/") })
	}
	return false
}

// subsets adds sets of several values to those of one. Of more than seven values
// only the pairs and all are taken, and there may be more.
func subsets(options []option, values []string) (all []option, whole bool) {
	const most = 7
	if len(values) > most {
		for i, v := range values {
			for _, o := range values[:i] {
				options = append(options, option{o, v})
			}
		}
		return append(options, values), false
	}
	for bits := range 1 << len(values) {
		var o option
		for i, v := range values {
			if bits&(1<<i) != 0 {
				o = append(o, v)
			}
		}
		if len(o) > 1 {
			options = append(options, o)
		}
	}
	return options, true
}

// beside gives values on and around those that numbers, times and addresses are
// compared with, one in each stretch between two, and one that is none of these.
func beside(wanted []string) []string {
	var all []string
	var ats []float64
	for _, w := range wanted {
		if prefix, ok := parseCIDR(w); ok {
			all = append(all, around(prefix)...)
		}
		if f, err := strconv.ParseFloat(w, 64); err == nil {
			ats = append(ats, f)
		}
		if t, ok := parseDate(w); ok {
			for _, d := range []time.Duration{-time.Second, 0, time.Second} {
				all = append(all, t.Add(d).UTC().Format(time.RFC3339))
			}
		}
	}
	slices.Sort(ats)
	for i, f := range ats {
		next := f + 1
		if i+1 < len(ats) {
			next = f + (ats[i+1]-f)/2
		}
		for _, v := range []float64{f - 1, f, next} {
			all = append(all, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// around gives the first and last address of a prefix, and those beside it.
func around(prefix netip.Prefix) []string {
	first := prefix.Masked().Addr()
	last := first.AsSlice()
	for bit := prefix.Bits(); bit < 8*len(last); bit++ {
		last[bit/8] |= 1 << (7 - bit%8)
	}
	end, _ := netip.AddrFromSlice(last)
	var all []string
	for _, a := range []netip.Addr{first, end, first.Prev(), end.Next()} {
		if a.IsValid() {
			all = append(all, a.String())
		}
	}
	return all
}

// glob gives a value of a policy as a pattern. A variable is what is known of the
// caller, or anything.
func (c *condition) glob(v *value, by *call) glob {
	text := v.pattern.text
	if v.pattern.parts != nil {
		var b strings.Builder
		for _, part := range v.pattern.parts {
			switch {
			case part.variable == "":
				b.WriteString(part.text)
			case by != nil && by.valueOf(part.variable) != "":
				b.WriteString(by.valueOf(part.variable))
			default:
				b.WriteRune(many)
			}
		}
		text = b.String()
	}
	switch c.as {
	case arns:
		return newARNGlob(text)
	case foldedTexts:
		return newGlob(text, anyRune).folded()
	}
	return newGlob(text, anyRune)
}

// isKnown tells a variable whose value the call has, or lacks for certain.
func isKnown(variable string) bool {
	folded := strings.ToLower(variable)
	_, ok := callerKeys[folded]
	return ok || folded == "aws:resourceaccount"
}

// valueOf gives what a variable stands for, "" when it is not known.
func (c *call) valueOf(variable string) string {
	if v := c.values(variable, strings.ToLower(variable)); isKnown(variable) && len(v) == 1 {
		return v[0]
	}
	return ""
}

// variable tells a value with a variable that is not known from the caller.
func (v *value) variable() bool {
	return slices.ContainsFunc(v.pattern.parts, func(p part) bool { return p.variable != "" && !isKnown(p.variable) })
}

// truth gives the options for which a condition may hold, and those for which it
// may not. With a variable that is not known both may be.
func (c *condition) truth(d *domain, by *call) (may, mayNot set) {
	for i, o := range d.options {
		for _, sure := range []bool{true, false} {
			if c.holdsFor(o, func(got string) bool { return c.compares(got, by, sure) }) {
				may.add(i)
			} else {
				mayNot.add(i)
			}
		}
	}
	return may, mayNot
}

// compares tells whether a value compares to one of the policy's; when it is not
// sure, whether it may.
func (c *condition) compares(got string, by *call, sure bool) bool {
	for i := range c.values {
		v := &c.values[i]
		switch {
		case v.pattern.plain:
			if c.compare(v.pattern.text, got) {
				return true
			}
		case v.variable():
			if !sure && (c.as > arns || c.glob(v, by).matches(got)) {
				return true
			}
		default:
			if wanted, ok := v.pattern.expand(&by.caller); ok && c.compare(wanted, got) {
				return true
			}
		}
	}
	return false
}
