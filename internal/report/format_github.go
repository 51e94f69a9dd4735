package report

import (
	"fmt"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// gitHub writes a workflow command for each finding, which GitHub Actions shows as
// an annotation at its line; what is said beside it is that of text.
//
// Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
type gitHub struct{ Output }

func newGitHub(o Output) Writer { return gitHub{o} }

func (g gitHub) Write(r Report) error {
	for _, f := range r.Failures() {
		if _, err := fmt.Fprintln(g.Out, annotation(f)); err != nil {
			return err
		}
	}
	return g.beside(r)
}

func (g gitHub) Close(Tally) error { return nil }

func annotation(f Finding) string {
	var properties []string
	property := func(name, value string) {
		properties = append(properties, name+"="+propertyEscapes.Replace(value))
	}
	if f.File != "" {
		property("file", diag.Safe(f.File))
	}
	if f.Position.Line > 0 {
		property("line", fmt.Sprint(f.Position.Line))
	}
	if f.Column > 0 {
		property("col", fmt.Sprint(f.Column))
	}
	property("title", f.Code)
	f.File, f.Position = "", diag.Position{} // they stand in the properties
	return "::" + bySeverity[f.Severity].github + " " + strings.Join(properties, ",") + "::" + dataEscapes.Replace(f.String())
}

// How the runner reads back what would end a command's line, its data or one of
// its properties.
//
// Source: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
