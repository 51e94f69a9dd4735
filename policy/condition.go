package policy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A condition is one key under one operator. All of a statement's must hold.
type condition struct {
	*operator
	set      setOperator
	ifExists bool
	key      string
	folded   string // the key in lower case
	many     bool   // the key may have several values
	values   []value
	at       int
	field    diag.Field
}

type value struct {
	spelled string
	pattern pattern
}

// A setOperator tells how a key that has several values is held against those of
// a policy.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
type setOperator uint8

const (
	oneValue setOperator = iota // the key must have one value
	allValues
	anyValue
)

// parseOperator reads a name such as ForAnyValue:StringLikeIfExists. Case does
// not matter.
func parseOperator(name string) (c condition, ok bool) {
	s := strings.ToLower(name)
	if rest, has := strings.CutPrefix(s, "forallvalues:"); has {
		c.set, s = allValues, rest
	} else if rest, has := strings.CutPrefix(s, "foranyvalue:"); has {
		c.set, s = anyValue, rest
	}
	if rest, has := strings.CutSuffix(s, "ifexists"); has && rest != "null" {
		c.ifExists, s = true, rest
	}
	c.operator, ok = operators[s]
	return c, ok
}

// holds tells whether a request fulfils the condition.
func (c *condition) holds(r *caller) bool {
	return c.holdsFor(r.values(c.key, c.folded), func(got string) bool { return c.anyOf(r, got) })
}

// holdsFor tells whether values of the key fulfil the condition, nil for a key that
// is absent, when anyOf tells whether one of them compares to one of the policy's.
func (c *condition) holdsFor(got []string, anyOf func(got string) bool) bool {
	if c.name == "Null" {
		return anyOf(strconv.FormatBool(got == nil))
	}
	if got == nil {
		return c.ifExists || c.set == allValues || c.set == oneValue && c.negated
	}
	switch c.set {
	case allValues:
		for _, g := range got {
			if anyOf(g) == c.negated {
				return false
			}
		}
		return true
	case anyValue:
		for _, g := range got {
			if anyOf(g) != c.negated {
				return true
			}
		}
		return false
	}
	return len(got) == 1 && !c.many && anyOf(got[0]) != c.negated
}

// anyOf tells whether a value of the request compares to one of the policy's.
func (c *condition) anyOf(r *caller, got string) bool {
	for i := range c.values {
		p := &c.values[i].pattern
		if p.plain {
			if c.compare(p.text, got) {
				return true
			}
		} else if wanted, ok := p.expand(r); ok && c.compare(wanted, got) {
			return true
		}
	}
	return false
}

// mismatch says why the condition does not hold.
func (c *condition) mismatch(r *caller) string {
	got := r.values(c.key, c.folded)
	wants := "the statement wants " + c.wanted()
	switch {
	case c.name == "Null" && got == nil:
		return fmt.Sprintf("%s is absent, and %s", c.key, "the statement wants it to be there")
	case c.name == "Null":
		return fmt.Sprintf("%s is %s, and the statement wants it to be absent", c.key, strings.Join(got, ", "))
	case got == nil:
		return fmt.Sprintf("%s is absent from such a request, %s", c.key, wants)
	case c.set == oneValue && (c.many || len(got) != 1):
		return fmt.Sprintf("%s is a list, %s, and only ForAllValues or ForAnyValue looks into one", c.key, strings.Join(got, ", "))
	}
	return fmt.Sprintf("%s is %s, %s", c.key, strings.Join(got, ", "), wants)
}

// wanted says what the condition asks of its key.
func (c *condition) wanted() string {
	var words []string
	for _, v := range c.values {
		words = append(words, v.spelled)
	}
	all := strings.Join(words, " or ")
	if len(words) == 0 {
		all = "none of no values"
	}
	const most = 300
	if len(all) > most {
		all = all[:most] + "…"
	}
	switch name := strings.TrimSuffix(c.name, "IgnoreCase"); {
	case c.negated && len(words) > 1:
		return "none of " + strings.ReplaceAll(all, " or ", ", ")
	case c.negated:
		return "anything but " + all
	case strings.HasSuffix(name, "LessThan"):
		return "less than " + all
	case strings.HasSuffix(name, "LessThanEquals"):
		return "at most " + all
	case strings.HasSuffix(name, "GreaterThan"):
		return "more than " + all
	case strings.HasSuffix(name, "GreaterThanEquals"):
		return "at least " + all
	}
	return all
}
