package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Access is what someone may do with a key: classes of actions, with the actions
// where it is not all of them, in some ways, under conditions.
type Access struct {
	Denied     bool // nobody of these may, whatever allows it
	Who        string
	What       []string
	How        []string // directly, through EC2, …; none where it is denied
	Where      string   // conditions in words
	Statements []*Statement
}

// Accesses gives who may do what by a policy, as far as it can tell callers apart:
// each class of callers, with what is allowed them in some context. What a Deny
// takes away comes last, by statement.
func Accesses(d *Document, targets ...Target) ([]Access, error) {
	if err := problem(targets); err != nil {
		return nil, err
	}
	p := newProof(d, targets)
	cells, whole := p.cells()
	if !whole {
		return nil, fmt.Errorf("the policy tells more callers apart than are looked at: %s", simplify)
	}
	t := tally{proof: p, at: map[string]int{}}
	for i := range cells {
		if q, r, got := p.admits(&cells[i]); got == found {
			t.add(&cells[i], Evaluate(d, r, q.identity...))
		}
	}
	return append(t.accesses(), p.denials()...), nil
}

// A tally gathers what is allowed, by who, how and by which statements.
type tally struct {
	*proof
	rows []allowed
	at   map[string]int
}

type allowed struct {
	who, how   string
	isForeign  bool
	actions    []string
	statements []*Statement
}

func (t *tally) add(c *cell, d Decision) {
	who := t.names(c.visitor)
	if c.kind == accountRoot {
		who = "root, and whom the account's IAM lets"
	}
	how := c.how.String()
	if len(t.regions()) > 1 {
		how += " in " + c.region
	}
	if i := slices.IndexFunc(d.Statements, func(s *Statement) bool { return len(s.conditions) == 0 }); i >= 0 {
		d.Statements = d.Statements[i : i+1] // what others ask for does not count
	}
	id := fmt.Sprint(who, how, d.Statements)
	i, ok := t.at[id]
	if !ok {
		i = len(t.rows)
		t.at[id] = i
		t.rows = append(t.rows, allowed{who: who, how: how, isForeign: c.account() != "" && c.account() != t.targets[0].Account, statements: d.Statements})
	}
	for _, a := range c.actions {
		if !slices.Contains(t.rows[i].actions, a) {
			t.rows[i].actions = append(t.rows[i].actions, a)
		}
	}
}

// String says how a call is made, for a person.
func (w way) String() string {
	return [...]string{"directly", "through EC2", "through other services", "for itself"}[w]
}

// accesses joins rows that differ in how alone.
func (t *tally) accesses() (all []Access) {
	for _, r := range t.rows {
		what := classed(r.actions, r.isForeign)
		i := slices.IndexFunc(all, func(a Access) bool {
			return a.Who == r.who && slices.Equal(a.What, what) && slices.Equal(a.Statements, r.statements)
		})
		if i >= 0 {
			if !slices.Contains(all[i].How, r.how) {
				all[i].How = append(all[i].How, r.how)
			}
			continue
		}
		all = append(all, Access{Who: r.who, What: what, How: []string{r.how}, Where: wordsOfAll(r.statements), Statements: r.statements})
	}
	slices.SortStableFunc(all, func(a, b Access) int { return cmp.Compare(order(all, a.Who), order(all, b.Who)) })
	return all
}

func order(all []Access, who string) int {
	return slices.IndexFunc(all, func(a Access) bool { return a.Who == who })
}

// denials gives what each Deny takes away.
func (p *proof) denials() (all []Access) {
	for _, s := range p.document.Statements {
		if s.Allows {
			continue
		}
		var actions, names []string
		for _, a := range actionNames() {
			if s.speaksOf(a) {
				actions = append(actions, a)
			}
		}
		for _, n := range s.principals {
			names = append(names, n.value)
		}
		who := some(names)
		if s.notPrincipal {
			who = "all but " + who
		} else if who == "*" {
			who = "everyone"
		}
		all = append(all, Access{Denied: true, Who: who, What: classed(actions, false), Where: wordsOfAll([]*Statement{s}), Statements: []*Statement{s}})
	}
	return all
}

func actionNames() (all []string) {
	for _, a := range actions {
		all = append(all, "kms:"+a.name)
	}
	return all
}

// classed gives classes of actions, with the actions of those that are not whole.
func classed(names []string, isForeign bool) (all []string) {
	isWhole := true
	for c := use; c <= reading; c++ {
		var has []string
		of := 0
		for _, a := range actions {
			if a.class != c || isForeign && !a.crossesAccounts {
				continue
			}
			if of++; slices.Contains(names, "kms:"+a.name) {
				has = append(has, a.name)
			}
		}
		isWhole = isWhole && len(has) == of
		switch {
		case has == nil:
		case len(has) == of:
			all = append(all, c.String())
		default:
			all = append(all, c.String()+" ("+strings.Join(few(has), ", ")+")")
		}
	}
	if isWhole {
		return []string{"everything"}
	}
	return all
}

// wordsOfAll says under which conditions statements hold: under one or the other.
func wordsOfAll(statements []*Statement) string {
	var all []string
	for _, s := range statements {
		var words []string
		for i := range s.conditions {
			words = append(words, s.conditions[i].words())
		}
		text := strings.Join(words, " and ")
		if text == "" {
			return "" // one has none
		}
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, ", or ")
}

// words says a condition for a person.
func (c *condition) words() string {
	switch set := [...]string{"", "each of ", "one of "}[c.set]; {
	case c.name == "Null" && len(c.values) == 1 && strings.EqualFold(c.values[0].spelled, "true"):
		return c.key + " is absent"
	case c.name == "Null":
		return c.key + " is there"
	case c.ifExists:
		return set + c.key + ", if there, is " + c.wanted()
	default:
		return set + c.key + " is " + c.wanted()
	}
}
