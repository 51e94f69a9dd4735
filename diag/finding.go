package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Severity says what a finding does: an Error stops the document it stands in
// (or, in an intent, everything), a Warning and an Info only tell.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// A Finding is one thing a person should know: what is wrong, where, and what to
// do. Code is that of a [Code]: it is stable and never changes its meaning. Names
// from files stand in Message as they are there; print it through String.
type Finding struct {
	Severity Severity
	Code     string
	File     string   // as it was named to us; empty when there is none
	Position Position // the zero Position when the place is the whole file
	End      Position // just behind what it is about; the zero Position when that is not known
	Field    Field    // empty when it is the text that is wrong
	Message  string
	Hint     string
}

// String gives the finding on one line, safe to print: file:line:col: field:
// message; hint.
func (f Finding) String() string {
	var b strings.Builder
	if place := f.Place(); place != "" {
		b.WriteString(place + ": ")
	}
	if len(f.Field) > 0 {
		b.WriteString(f.Field.String() + ": ")
	}
	b.WriteString(f.Message)
	if f.Hint != "" {
		b.WriteString("; " + f.Hint)
	}
	return Safe(b.String())
}

// Error is String, so that a finding can be an error.
func (f Finding) Error() string { return f.String() }

// Place gives file:line:col, or as much of it as is known.
func (f Finding) Place() string {
	switch {
	case f.Position.Line == 0:
		return f.File
	case f.File == "":
		return fmt.Sprintf("%d:%d", f.Position.Line, f.Position.Column)
	default:
		return fmt.Sprintf("%s:%d:%d", f.File, f.Position.Line, f.Position.Column)
	}
}

// Findings are what is wrong with one thing, all of it at once. As an error they
// have at least one.
type Findings []Finding

// Error gives a line for each finding.
func (all Findings) Error() string {
	lines := make([]string, len(all))
	for i, f := range all {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// HasErrors tells whether one of the findings is an Error.
func (all Findings) HasErrors() bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Severity == Error })
}

// Errors gives the findings that are an Error.
func (all Findings) Errors() Findings {
	var errors Findings
	for _, f := range all {
		if f.Severity == Error {
			errors = append(errors, f)
		}
	}
	return errors
}

// In gives the findings with a file's name where they have none.
func (all Findings) In(file string) Findings {
	named := slices.Clone(all)
	for i := range named {
		named[i].File = cmp.Or(named[i].File, file)
	}
	return named
}

// Sort orders findings as a reader meets them: by file, then by place.
func (all Findings) Sort() {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(
			strings.Compare(a.File, b.File),
			cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column),
		)
	})
}
