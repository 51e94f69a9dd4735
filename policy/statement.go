package policy

import "github.com/kublr-encryption/kublr-encryption/diag"

// A Statement allows or denies actions to principals, under conditions.
type Statement struct {
	Sid      string
	Allows   bool // else it denies
	Position diag.Position
	Field    diag.Field // Statement[2]; Statement alone where it stands in no list

	index        int
	principals   []principal // nil in an identity policy
	notPrincipal bool
	actions      []action
	notAction    bool
	resources    []pattern // nil for all
	notResource  bool
	conditions   []condition
	node         *node
}

// An action is an entry of an Action or NotAction element.
type action struct {
	spelled string
	text    string // with wildcards marked
	at      int
	field   diag.Field
}

func (a *action) matches(name string) bool { return matches(a.text, name, true) }

func (s *Statement) speaksOf(action string) bool {
	for i := range s.actions {
		if s.actions[i].matches(action) {
			return !s.notAction
		}
	}
	return s.notAction
}

func (s *Statement) isAbout(c *caller) bool {
	if s.resources == nil {
		return true
	}
	for i := range s.resources {
		if wanted, ok := s.resources[i].expand(c); ok && matches(wanted, c.Key, false) {
			return !s.notResource
		}
	}
	return s.notResource
}

// failing gives the first condition that does not hold, and how many do not.
func (s *Statement) failing(c *caller) (first *condition, n int) {
	for i := range s.conditions {
		if !s.conditions[i].holds(c) {
			if n++; first == nil {
				first = &s.conditions[i]
			}
		}
	}
	return first, n
}

// String names the statement: Statement[2] "its Sid".
func (s *Statement) String() string {
	name := s.Field.String()
	if s.Sid != "" {
		name += " " + shown(s.Sid)
	}
	return name
}
