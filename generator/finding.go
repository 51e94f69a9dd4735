package generator

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
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
// do. Code is stable: it never changes its meaning.
type Finding struct {
	Severity Severity
	Code     string
	File     string            // as it was named to us; empty when there is none
	Position yamledit.Position // the zero Position when the place is the whole file
	Path     string            // of the field, such as spec.nodes[0].locations[0].aws.rootVolume
	Message  string
	Hint     string
	Cluster  string // metadata.name of the cluster it is about, if any
	Item     int    // index of the document among those looked at together
}

// String gives the finding on one line: file:line:col: path: message; hint.
func (f Finding) String() string {
	var b strings.Builder
	if place := f.Place(); place != "" {
		b.WriteString(place + ": ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Message)
	if f.Hint != "" {
		b.WriteString("; " + f.Hint)
	}
	return b.String()
}

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

// HasErrors tells whether one of the findings is an error.
func HasErrors(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}

// SortFindings orders findings as a reader meets them: by file, then by place.
func SortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			strings.Compare(a.File, b.File),
			cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column),
		)
	})
}

// refusals makes findings of what the YAML editor reports.
func refusals(file string, err error) []Finding {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []Finding
		for _, e := range joined.Unwrap() {
			all = append(all, refusals(file, e)...)
		}
		return all
	}
	f := Finding{Severity: Error, Code: "yaml", File: file, Message: err.Error()}
	var e *yamledit.Error
	if errors.As(err, &e) {
		f.Code, f.Position, f.Path, f.Message, f.Hint = e.Code, e.Position, e.Path, e.Message, e.Hint
	}
	return []Finding{f}
}
