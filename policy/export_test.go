package policy

import (
	"slices"
	"strings"
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
	for i := range globalKeys {
		if name := globalKeys[i].name; slices.Contains([]string{"aws:CurrentTime", "aws:MultiFactorAuthPresent", "aws:ResourceAccount", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceVpce", "aws:ViaAWSService", "aws:userid"}, name) {
			all = append(all, Row{"key " + name, dropFrom(&globalKeys, i)})
		}
	}
	for i := range kmsKeys {
		if name := kmsKeys[i].name; strings.HasPrefix(name, "kms:EncryptionContext") && strings.HasSuffix(name, ":") || name == "kms:ViaService" || name == "kms:KeySpec" {
			all = append(all, Row{"key " + name, dropFrom(&kmsKeys, i)})
		}
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
