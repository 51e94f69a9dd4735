package report

import (
	"io"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Format is one way to write reports.
type Format struct {
	Name string
	New  func(Output) Writer
}

// Formats are all of them, the default first.
var Formats = []Format{
	{"text", newText},
	{"json", newJSON},
	{"sarif", newSARIF},
	{"junit", newJUnit},
	{"github", newGitHub},
}

// A Writer writes reports in one format, in the order they come. Close ends the
// writing with what all came to; without it nothing written is whole.
type Writer interface {
	Write(Report) error
	Close(Tally) error
}

// An Output is where reports go, and who writes them.
type Output struct {
	Out      Stream // the answer
	Err      Stream // what is said beside it
	Findings Stream // where text has its findings: one of the two
	Command  string // such as verify
	Version  string // the program's
	Verbose  bool   // whether text says all, and not once what is said of many
}

// A Stream is where text goes, and whether it is coloured there.
type Stream struct {
	io.Writer
	Paint Paint
}

// A Paint colours text for a terminal; false leaves it as it is.
type Paint bool

func (p Paint) code(code, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Red, and the others, colour text that has no colours yet.
func (p Paint) Red(text string) string    { return p.code("31", text) }
func (p Paint) Green(text string) string  { return p.code("32", text) }
func (p Paint) Yellow(text string) string { return p.code("33", text) }
func (p Paint) Cyan(text string) string   { return p.code("36", text) }
func (p Paint) Bold(text string) string   { return p.code("1", text) }

// bySeverity has how each severity is called in other tools' formats.
var bySeverity = map[diag.Severity]struct{ sarif, github string }{
	diag.Error:   {"error", "error"},
	diag.Warning: {"warning", "warning"},
	diag.Info:    {"note", "notice"},
}
