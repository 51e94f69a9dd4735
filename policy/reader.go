package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A reader makes a Document of JSON, and reports what KMS or IAM refuses.
type reader struct {
	*report
	identity  bool // a policy of IAM: no Principal, any Resource
	variables bool // ${…} counts
}

// charset reports the first character that KMS does not take.
//
// Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html#API_PutKeyPolicy_RequestSyntax
func (r *reader) charset() {
	if r.identity {
		return
	}
	for i := 0; i < len(r.source); {
		c, size := utf8.DecodeRune(r.source[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			r.add(badCharacter, nil, i, "not UTF-8", "save the file as UTF-8")
			return
		case c > 0xff, c < 0x20 && c != '\t' && c != '\n' && c != '\r':
			r.add(badCharacter, nil, i, fmt.Sprintf("%q (%U) is outside the characters that KMS takes, U+0020 to U+00FF", c, c), "write it in plain ASCII; quotes and dashes from a word processor are the usual cause")
			return
		}
		i += size
	}
}

func (r *reader) document(root *node) *Document {
	d := &Document{}
	if root.kind != object {
		r.add(notJSON, nil, root.start, "a policy is an object, not "+root.kind.String(), "")
		return d
	}
	statements := false
	for _, m := range root.members {
		at := diag.Keys(m.name)
		switch m.name {
		case "Version":
			d.Version = r.version(m.value, at)
		case "Id":
			d.ID = r.text(m.value, at, badID)
		case "Statement":
			statements = true
			d.list = m.value
		default:
			r.unknown(m, at, "Version", "Id", "Statement")
		}
	}
	r.variables = d.Version == "2012-10-17"
	if !statements {
		r.add(badStatement, nil, root.start, "there is no Statement", "a policy without a statement gives no one access")
		return d
	}
	r.statements(d, diag.Keys("Statement"))
	return d
}

func (r *reader) version(n *node, at diag.Field) string {
	switch v := r.text(n, at, badVersion); v {
	case "2012-10-17", "2008-10-17", "":
		return v
	default:
		r.add(badVersion, at, n.start, shown(v)+" is no version of the policy language", `write "2012-10-17"; it is no date of yours`)
		return v
	}
}

func (r *reader) text(n *node, at diag.Field, code diag.Code) string {
	if n.kind != text {
		r.add(code, at, n.start, "a string is needed here, not "+n.kind.String(), "put it in double quotes")
	}
	return n.text
}

// unknown reports a field that has no meaning, and what may have been meant.
func (r *reader) unknown(m member, at diag.Field, known ...string) {
	hint := "remove it; here stand " + strings.Join(known, ", ")
	for _, k := range known {
		if near(m.name, k) {
			hint = "write " + k
		}
	}
	r.add(unknownElement, at, m.start, shown(m.name)+" is no element of a policy", hint)
}

// near tells names that differ in case or a plural s.
func near(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "s"), strings.TrimSuffix(b, "s"))
}

func (r *reader) statements(d *Document, at diag.Field) {
	switch d.list.kind {
	case object:
		d.Statements = []*Statement{r.statement(d.list, 0, at)}
	case list:
		for i, n := range d.list.items {
			if n.kind != object {
				r.add(badStatement, at.At(i), n.start, "a statement is an object, not "+n.kind.String(), "")
				continue
			}
			d.Statements = append(d.Statements, r.statement(n, i, at.At(i)))
		}
		if len(d.list.items) == 0 {
			r.add(badStatement, at, d.list.start, "there is no statement in the list", "a policy without a statement gives no one access")
		}
	default:
		r.add(badStatement, at, d.list.start, "Statement is a list of statements, not "+d.list.kind.String(), "")
	}
}

func (r *reader) statement(n *node, i int, at diag.Field) *Statement {
	s := &Statement{Position: r.lines.Position(n.start), Field: at, index: i, node: n}
	has := map[string]bool{}
	for _, m := range n.members {
		at := at.Key(m.name)
		has[m.name] = true
		switch m.name {
		case "Sid":
			s.Sid = r.text(m.value, at, badSid)
		case "Effect":
			s.Allows = r.effect(m.value, at)
		case "Principal", "NotPrincipal":
			s.notPrincipal = m.name == "NotPrincipal"
			s.principals = r.principals(m.value, at)
		case "Action", "NotAction":
			s.notAction = m.name == "NotAction"
			s.actions = r.actions(m.value, at)
		case "Resource", "NotResource":
			s.notResource = m.name == "NotResource"
			s.resources = r.resources(m.value, at, s.notResource)
		case "Condition":
			s.conditions = r.conditions(m.value, at)
		default:
			r.unknown(m, at, statementOrder...)
		}
	}
	r.complete(has, n, at)
	return s
}

// complete reports elements that are missing, or that exclude each other.
func (r *reader) complete(has map[string]bool, n *node, at diag.Field) {
	needs := func(code diag.Code, name, hint string) {
		switch not := "Not" + name; {
		case has[name] && has[not]:
			r.add(code, at, n.start, "a statement has "+name+" or "+not+", not both", "keep one")
		case !has[name] && !has[not]:
			r.add(code, at, n.start, "the statement has no "+name, hint)
		}
	}
	if !has["Effect"] {
		r.add(badEffect, at, n.start, "the statement has no Effect", `write "Effect": "Allow" or "Deny"`)
	}
	needs(badAction, "Action", "KMS refuses such a policy since August 2025")
	needs(badResource, "Resource", `write "Resource": "*", which in a key policy means the key it is on`)
	if !r.identity {
		needs(badPrincipal, "Principal", "a key policy says to whom each statement applies")
	} else if has["Principal"] || has["NotPrincipal"] {
		r.add(badPrincipal, at, n.start, "an IAM policy has no Principal", "it speaks of whom it is attached to")
	}
}

func (r *reader) effect(n *node, at diag.Field) bool {
	v := r.text(n, at, badEffect)
	if v != "Allow" && v != "Deny" && n.kind == text {
		r.add(badEffect, at, n.start, shown(v)+" is no effect", `write "Allow" or "Deny", in this case`)
	}
	return v == "Allow"
}

// each calls read with the strings of a string or list.
func (r *reader) each(n *node, at diag.Field, code diag.Code, read func(s string, n *node, at diag.Field)) {
	switch n.kind {
	case text:
		read(n.text, n, at)
	case list:
		for i, item := range n.items {
			if v := r.text(item, at.At(i), code); item.kind == text {
				read(v, item, at.At(i))
			}
		}
		if len(n.items) == 0 {
			r.add(code, at, n.start, "the list is empty", "name at least one, or remove the statement")
		}
	default:
		r.add(code, at, n.start, "a string or a list of strings is needed here, not "+n.kind.String(), "")
	}
}

func (r *reader) principals(n *node, at diag.Field) []principal {
	all := []principal{}
	if n.kind != object {
		if n.kind != text || n.text != "*" {
			r.add(badPrincipal, at, n.start, `a principal is "*", or an object with AWS, Service, Federated or CanonicalUser`, `write {"AWS": "ARN"}`)
		}
		return append(all, principal{kind: anyone, value: "*", at: n.start, field: at})
	}
	if len(n.members) == 0 {
		r.add(badPrincipal, at, n.start, "the principal is empty", `write {"AWS": "ARN"}`)
	}
	for _, m := range n.members {
		r.each(m.value, at.Key(m.name), badPrincipal, func(s string, n *node, at diag.Field) {
			p, code, what := r.principal(m.name, s)
			p.at, p.field = n.start, at
			if code != nil {
				r.add(*code, at, n.start, shown(s)+" is refused: "+what, code.Remedy)
			}
			all = append(all, p)
		})
		if _, known := otherPrincipals[m.name]; m.name != "AWS" && !known {
			r.unknown(m, at.Key(m.name), "AWS", "Service", "Federated", "CanonicalUser")
		}
	}
	return all
}

var otherPrincipals = map[string]principalKind{"Service": service, "Federated": federated, "CanonicalUser": canonicalUser}

func (r *reader) principal(element, s string) (p principal, code *diag.Code, what string) {
	if element == "AWS" {
		return newPrincipal(s)
	}
	p = principal{kind: otherPrincipals[element], value: s}
	switch {
	case s == "":
		return p, &badPrincipal, "it is empty"
	case strings.ContainsAny(s, "*?"):
		return p, &principalWildcard, "a wildcard in a principal of this kind"
	}
	return p, nil, ""
}

func (r *reader) actions(n *node, at diag.Field) []action {
	var all []action
	r.each(n, at, badAction, func(s string, n *node, at diag.Field) {
		vendor, name, hasColon := strings.Cut(s, ":")
		if s != "*" && (!hasColon || name == "" || !isVendor(vendor) || strings.ContainsAny(name, ": \t\n")) {
			r.add(badAction, at, n.start, shown(s)+" is no action", "write kms:NAME, such as kms:Decrypt; * and ? are wildcards in NAME")
		}
		all = append(all, action{spelled: s, text: mark(s), at: n.start, field: at})
	})
	return all
}

func isVendor(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// resources gives nil for all resources.
func (r *reader) resources(n *node, at diag.Field, not bool) []pattern {
	var some []pattern
	all := false
	r.each(n, at, badResource, func(s string, n *node, at diag.Field) {
		if s == "*" && !not {
			all = true
			return
		}
		if !r.identity {
			r.add(badResource, at, n.start, shown(s)+" where KMS takes \"*\" only", `write "Resource": "*", which in a key policy means the key it is on`)
		}
		some = append(some, newPattern(s, true, r.variables))
	})
	if all {
		return nil
	}
	return some
}

func (r *reader) conditions(n *node, at diag.Field) []condition {
	if n.kind != object {
		r.add(badCondition, at, n.start, "a Condition is an object of operators, not "+n.kind.String(), `write {"StringEquals": {"kms:CallerAccount": "111122223333"}}`)
		return nil
	}
	var all []condition
	for _, o := range n.members {
		at := at.Key(o.name)
		c, ok := parseOperator(o.name)
		if !ok {
			r.add(badOperator, at, o.start, shown(o.name)+" is no condition operator", nearestOperator(o))
			continue
		}
		if o.value.kind != object {
			r.add(badCondition, at, o.value.start, "an operator has an object of condition keys, not "+o.value.kind.String(), "")
			continue
		}
		for _, m := range o.value.members {
			c := c
			c.key, c.folded, c.at, c.field = m.name, strings.ToLower(m.name), m.start, at.Key(m.name)
			if k := findKey(c.key); k != nil {
				c.many = k.manyValued
			}
			c.values = r.values(m.value, &c)
			all = append(all, c)
		}
	}
	return all
}

func nearestOperator(o member) string {
	if strings.Contains(o.name, ":") && o.value.kind != object {
		return "it looks like a condition key, which stands inside an operator such as StringEquals"
	}
	return "write one of IAM's, such as StringEquals, StringLike, ArnLike, Bool or Null"
}

func (r *reader) values(n *node, c *condition) []value {
	var all []value
	items := []*node{n}
	if n.kind == list {
		items = n.items
	}
	for i, item := range items {
		at := c.field
		if n.kind == list {
			at = at.At(i)
		}
		switch item.kind {
		case text, number, boolean:
			all = append(all, value{item.text, newPattern(item.text, c.wildcards, r.variables)})
		default:
			r.add(badCondition, at, item.start, "a condition's value is a string, a number or a boolean, not "+item.kind.String(), "")
		}
	}
	return all
}
