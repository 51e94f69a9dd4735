package policy

import (
	"fmt"
	"sort"
	"strings"
)

// A Position is a place in a document. Line and Column start at 1; Column counts
// bytes, as go/token's does; Byte starts at 0. The zero Position is no place.
type Position struct{ Line, Column, Byte int }

// A Severity tells how much a Problem weighs.
type Severity string

const (
	Error   Severity = "error"   // KMS refuses the policy, or it cannot do what it is for
	Warning Severity = "warning" // it does less, or lets in more, than it seems to
	Info    Severity = "info"    // it works, and there is something to know
)

// A Problem is one thing wrong with a policy. Codes never change their meaning.
type Problem struct {
	Severity Severity
	Code     string
	Path     string // such as Statement[2].Condition.Bool; empty when it is about the whole text
	Position Position
	Message  string
	Hint     string // what to do
}

// String gives line:column: path: message; hint.
func (p Problem) String() string {
	var b strings.Builder
	if p.Position.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", p.Position.Line, p.Position.Column)
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// maxProblems bounds what is said of one text: whoever has a hundred mistakes to
// correct is not helped by more.
const maxProblems = 100

// A report collects problems of one text.
type report struct {
	lines    []int // where each line starts, once a position was asked for
	source   []byte
	problems []Problem
}

func (r *report) add(severity Severity, code, path string, at int, message, hint string) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, Problem{severity, code, path, r.position(at), message, hint})
	}
}

func (r *report) position(at int) Position {
	if r.lines == nil {
		r.lines = []int{0}
		for i, c := range r.source {
			if c == '\n' {
				r.lines = append(r.lines, i+1)
			}
		}
	}
	line := sort.SearchInts(r.lines, at+1)
	return Position{Line: line, Column: at - r.lines[line-1] + 1, Byte: at}
}

func (r *report) refused() bool {
	for _, p := range r.problems {
		if p.Severity == Error {
			return true
		}
	}
	return false
}
