package policy

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// An operator compares one value of a request with one of a policy.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	name      string
	as        comparison
	negated   bool // holds when no value of the policy compares
	wildcards bool
	compare   func(wanted, got string) bool
	// valid tells whether a value of the policy can ever compare; nil when all can.
	valid func(wanted string) bool
}

// A comparison is what an operator takes values for.
type comparison uint8

const (
	texts comparison = iota
	foldedTexts
	arns
	numbers
	moments
	addresses
)

var operators = index([]operator{
	{name: "StringEquals", compare: equal},
	{name: "StringNotEquals", compare: equal, negated: true},
	{name: "StringEqualsIgnoreCase", as: foldedTexts, compare: strings.EqualFold},
	{name: "StringNotEqualsIgnoreCase", as: foldedTexts, compare: strings.EqualFold, negated: true},
	{name: "StringLike", compare: like, wildcards: true},
	{name: "StringNotLike", compare: like, wildcards: true, negated: true},
	{name: "NumericEquals", as: numbers, compare: numeric(func(w, g float64) bool { return g == w }), valid: isNumber},
	{name: "NumericNotEquals", as: numbers, compare: numeric(func(w, g float64) bool { return g == w }), negated: true, valid: isNumber},
	{name: "NumericLessThan", as: numbers, compare: numeric(func(w, g float64) bool { return g < w }), valid: isNumber},
	{name: "NumericLessThanEquals", as: numbers, compare: numeric(func(w, g float64) bool { return g <= w }), valid: isNumber},
	{name: "NumericGreaterThan", as: numbers, compare: numeric(func(w, g float64) bool { return g > w }), valid: isNumber},
	{name: "NumericGreaterThanEquals", as: numbers, compare: numeric(func(w, g float64) bool { return g >= w }), valid: isNumber},
	{name: "DateEquals", as: moments, compare: date(func(order int) bool { return order == 0 }), valid: isDate},
	{name: "DateNotEquals", as: moments, compare: date(func(order int) bool { return order == 0 }), negated: true, valid: isDate},
	{name: "DateLessThan", as: moments, compare: date(func(order int) bool { return order < 0 }), valid: isDate},
	{name: "DateLessThanEquals", as: moments, compare: date(func(order int) bool { return order <= 0 }), valid: isDate},
	{name: "DateGreaterThan", as: moments, compare: date(func(order int) bool { return order > 0 }), valid: isDate},
	{name: "DateGreaterThanEquals", as: moments, compare: date(func(order int) bool { return order >= 0 }), valid: isDate},
	{name: "Bool", as: foldedTexts, compare: strings.EqualFold, valid: isBool},
	{name: "BinaryEquals", compare: equal},
	{name: "IpAddress", as: addresses, compare: inside, valid: isCIDR},
	{name: "NotIpAddress", as: addresses, compare: inside, negated: true, valid: isCIDR},
	// ArnEquals and ArnLike behave alike.
	{name: "ArnEquals", as: arns, compare: arnLike, wildcards: true, valid: isARN},
	{name: "ArnNotEquals", as: arns, compare: arnLike, wildcards: true, negated: true, valid: isARN},
	{name: "ArnLike", as: arns, compare: arnLike, wildcards: true, valid: isARN},
	{name: "ArnNotLike", as: arns, compare: arnLike, wildcards: true, negated: true, valid: isARN},
	{name: "Null", as: foldedTexts, compare: strings.EqualFold, valid: isBool},
})

func index(all []operator) map[string]*operator {
	m := make(map[string]*operator, len(all))
	for i := range all {
		m[strings.ToLower(all[i].name)] = &all[i]
	}
	return m
}

func equal(wanted, got string) bool { return wanted == got }
func like(wanted, got string) bool  { return matches(wanted, got, false) }

func isBool(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }

func numeric(holds func(wanted, got float64) bool) func(string, string) bool {
	return func(wanted, got string) bool {
		w, err := strconv.ParseFloat(wanted, 64)
		if err != nil {
			return false
		}
		g, err := strconv.ParseFloat(got, 64)
		return err == nil && holds(w, g)
	}
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func date(holds func(order int) bool) func(string, string) bool {
	return func(wanted, got string) bool {
		w, ok := parseDate(wanted)
		if !ok {
			return false
		}
		g, ok := parseDate(got)
		return ok && holds(g.Compare(w))
	}
}

func isDate(s string) bool {
	_, ok := parseDate(s)
	return ok
}

// parseDate reads W3C's profile of ISO 8601, and seconds since 1970.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
func parseDate(s string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) != len("2006") {
		return time.Unix(seconds, 0), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func inside(wanted, got string) bool {
	prefix, ok := parseCIDR(wanted)
	if !ok {
		return false
	}
	address, err := netip.ParseAddr(got)
	return err == nil && prefix.Contains(address)
}

func isCIDR(s string) bool {
	_, ok := parseCIDR(s)
	return ok
}

// parseCIDR reads a prefix; an address alone stands for itself.
func parseCIDR(s string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil
}

// arnLike holds each of an ARN's six parts for itself, so that no wildcard spans
// a colon but in the last.
func arnLike(wanted, got string) bool {
	if !isARN(wanted) || !isARN(got) {
		return false
	}
	for range 5 {
		var w, g string
		w, wanted, _ = strings.Cut(wanted, ":")
		g, got, _ = strings.Cut(got, ":")
		if !matches(w, g, false) {
			return false
		}
	}
	return matches(wanted, got, false)
}

func isARN(s string) bool { return strings.HasPrefix(s, "arn:") && strings.Count(s, ":") >= 5 }
