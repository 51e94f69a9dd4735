package policy

import (
	"cmp"
	"slices"
	"strings"
)

// Two spellings of one policy are no difference: a string or a list of one, the
// order of lists, an account's id or its root, "*" or {"AWS": "*"}, the case of
// actions, operators and condition keys. Nor is the order of statements.

// An element is one thing that a statement says.
type element struct {
	label   string // such as Condition StringEquals kms:ViaService
	spelled string
	folded  string // what is compared: label and value, in one spelling
}

// elements gives all that a statement says, but for its Sid.
func (s *Statement) elements() []element {
	effect := "Deny"
	if s.Allows {
		effect = "Allow"
	}
	all := []element{{"Effect", effect, effect}}
	add := func(label, spelled, folded string) {
		all = append(all, element{label, spelled, label + "\x00" + folded})
	}
	for _, p := range s.principals {
		add(s.principalElement(), p.value, string('0'+rune(p.kind))+p.value)
	}
	for _, a := range s.actions {
		add(s.actionElement(), a.spelled, strings.ToLower(a.spelled))
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		label := "Condition " + c.spelling() + " " + c.key
		if k := findKey(c.key); k != nil && len(k.name) == len(c.key) {
			label = "Condition " + c.spelling() + " " + k.name
		}
		for _, v := range c.values {
			folded := v.spelled
			if c.name == "Bool" || c.name == "Null" {
				folded = strings.ToLower(folded)
			}
			add(label, v.spelled, folded)
		}
		if len(c.values) == 0 {
			add(label, "no value", "")
		}
	}
	slices.SortStableFunc(all, func(a, b element) int { return cmp.Compare(a.folded, b.folded) })
	return slices.CompactFunc(all, func(a, b element) bool { return a.folded == b.folded })
}

// spelling gives an operator's name as AWS writes it.
func (c *condition) spelling() string {
	name := [...]string{"", "ForAllValues:", "ForAnyValue:"}[c.set] + c.name
	if c.ifExists {
		name += "IfExists"
	}
	return name
}

// says tells whether two statements say the same.
func (s *Statement) says(other *Statement) bool {
	return slices.EqualFunc(s.elements(), other.elements(), func(a, b element) bool { return a.folded == b.folded })
}

// A Change is a difference between two policies, by statement. One of From and
// To is nil where a statement was added or removed, both where it is about the
// document.
type Change struct {
	From, To *Statement
	Lines    []string // what differs inside, as "Action: + kms:CreateGrant"
}

// String gives the change as a person reads it, in lines.
func (c Change) String() string {
	switch {
	case c.From == nil && c.To == nil:
		return strings.Join(c.Lines, "\n")
	case c.From == nil:
		return "+ " + c.To.title() + "\n    " + strings.Join(c.Lines, "\n    ")
	case c.To == nil:
		return "- " + c.From.title() + "\n    " + strings.Join(c.Lines, "\n    ")
	}
	return "~ " + c.To.title() + "\n    " + strings.Join(c.Lines, "\n    ")
}

func (s *Statement) title() string {
	if s.Sid != "" {
		return "statement " + shown(s.Sid)
	}
	return "statement without Sid"
}

// Diff gives what must change in one policy to become another: nothing when they
// are the same to KMS, Sids included. Statements are
// paired by Sid, and those without by what they say.
func Diff(from, to *Document) []Change {
	var all []Change
	if from.Version != to.Version {
		all = append(all, Change{Lines: []string{"~ Version: " + shown(from.Version) + " → " + shown(to.Version)}})
	}
	if from.ID != to.ID {
		all = append(all, Change{Lines: []string{"~ Id: " + shown(from.ID) + " → " + shown(to.ID)}})
	}
	rest := slices.Clone(from.Statements)
	var pairs [][2]*Statement
	for _, pair := range []func(a, b *Statement) bool{
		func(a, b *Statement) bool { return a.Sid == b.Sid && a.says(b) },
		func(a, b *Statement) bool { return a.Sid == b.Sid && a.Sid != "" },
		func(a, b *Statement) bool { return a.Sid == "" && b.Sid == "" && len(a.differences(b)) <= 1 },
	} {
		for _, s := range to.Statements {
			if slices.ContainsFunc(pairs, func(p [2]*Statement) bool { return p[1] == s }) {
				continue
			}
			if i := slices.IndexFunc(rest, func(r *Statement) bool { return pair(r, s) }); i >= 0 {
				pairs = append(pairs, [2]*Statement{rest[i], s})
				rest = slices.Delete(rest, i, i+1)
			}
		}
	}
	for _, s := range rest {
		all = append(all, Change{From: s, Lines: s.lines()})
	}
	for _, s := range to.Statements {
		i := slices.IndexFunc(pairs, func(p [2]*Statement) bool { return p[1] == s })
		if i < 0 {
			all = append(all, Change{To: s, Lines: s.lines()})
		} else if lines := pairs[i][0].differences(s); len(lines) > 0 {
			all = append(all, Change{From: pairs[i][0], To: s, Lines: lines})
		}
	}
	return all
}

// differences gives a line for each label under which two statements differ.
func (s *Statement) differences(to *Statement) []string {
	from, into := s.elements(), to.elements()
	missing := func(e element, in []element) bool {
		return !slices.ContainsFunc(in, func(o element) bool { return o.folded == e.folded })
	}
	signs := map[string][]string{}
	var labels []string
	note := func(sign string, e element) {
		if signs[e.label] == nil {
			labels = append(labels, e.label)
		}
		signs[e.label] = append(signs[e.label], sign+" "+e.spelled)
	}
	for _, e := range from {
		if missing(e, into) {
			note("-", e)
		}
	}
	for _, e := range into {
		if missing(e, from) {
			note("+", e)
		}
	}
	var lines []string
	for _, label := range labels {
		lines = append(lines, label+": "+strings.Join(signs[label], ", "))
	}
	return lines
}

// lines gives all that a statement says, a line for each label, in AWS's order.
func (s *Statement) lines() []string {
	values := map[string][]string{}
	var labels []string
	for _, e := range s.elements() {
		if values[e.label] == nil {
			labels = append(labels, e.label)
		}
		values[e.label] = append(values[e.label], e.spelled)
	}
	slices.SortStableFunc(labels, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	var lines []string
	for _, label := range labels {
		lines = append(lines, label+": "+strings.Join(values[label], ", "))
	}
	return lines
}

func rank(label string) int {
	name, _, _ := strings.Cut(label, " ")
	return slices.Index(statementOrder, name)
}
