package policy

import (
	"slices"
)

// A Row is one of the tables that decide who gets in.
type Row struct {
	Name string
	Drop func() (putBack func())
}

// Rows gives the risks but for the one that is only told, each class of actions that
// a risk is about, and what is known of callers.
func Rows() (all []Row) {
	for i, r := range risks {
		if !r.told {
			all = append(all, Row{"risk " + r.ID, dropFrom(&risks, i)})
		}
	}
	for c := use; c < reading; c++ {
		all = append(all, Row{"class " + c.String(), func() func() {
			whole := actions
			kept := slices.Clone(actions)
			for i := len(kept) - 1; i >= 0; i-- {
				if kept[i].class == c {
					kept = slices.Delete(kept, i, i+1)
				}
			}
			actions = kept
			return func() { actions = whole }
		}})
	}
	for _, table := range []*[]conditionKey{&kmsKeys, &globalKeys} {
		for i, k := range *table {
			if k.through.how == known || k.through.how == absent || k.name == "aws:CurrentTime" || k.name == "aws:userid" {
				all = append(all, Row{"key " + k.name, dropFrom(table, i)})
			}
		}
	}
	return all
}

// RiskNames, KeyNames and ActionNames give what the tables have: of risks those that
// are not only told, of actions those of each class.
func RiskNames() (all []string) {
	for _, r := range risks {
		if !r.told {
			all = append(all, r.ID)
		}
	}
	return all
}

func KeyNames() (all []string) {
	for _, k := range slices.Concat(kmsKeys, globalKeys) {
		all = append(all, k.name)
	}
	return all
}

func ActionNames() map[string][]string {
	all := map[string][]string{}
	for _, a := range actions {
		all[a.class.String()] = append(all[a.class.String()], "kms:"+a.name)
	}
	return all
}

func dropFrom[T any](table *[]T, i int) func() func() {
	return func() func() {
		whole := *table
		*table = slices.Delete(slices.Clone(whole), i, i+1)
		return func() { *table = whole }
	}
}

// A Mend is one that a test makes.
type Mend struct {
	Statement      int
	Do, Text, Said string
	Path           []string
}

// MendsOf gives those of a decision.
func MendsOf(d Decision) (all []Mend) {
	for _, m := range d.mends() {
		all = append(all, Mend{m.at.index, [...]string{"put", "take out", "write", "drop", "tell"}[m.do], m.text, said([]mend{m}), m.path})
	}
	return all
}
