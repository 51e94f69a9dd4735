package report

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

//go:generate go test -run TestFindingsPage -update .

// Page gives docs/findings.md: every code, what it means and how to mend it.
func Page() string {
	var b strings.Builder
	b.WriteString(`# Findings

<!-- Written by "make generate" from the table of codes. -->

Every finding ends with its code in brackets. A code never changes its meaning. ` + "`kublr-encryption explain CODE`" + ` says what stands here.

| code | severity | |
|---|---|---|
`)
	for _, c := range Codes() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", c.ID, c.ID, c.Severity, c.Title)
	}
	for _, c := range Codes() {
		fmt.Fprintf(&b, "\n## %s\n\n%s", c.ID, section(c))
	}
	return b.String()
}

// section explains a code, without its heading, as Markdown.
func section(c diag.Code) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** (%s). %s\n\n", c.Title, c.Severity, c.Means)
	fmt.Fprintf(&b, "Why it matters: %s\n\nWhat to do: %s\n", c.Why, c.Remedy)
	if len(c.Controls) > 0 {
		b.WriteString("\nAsked for by:\n\n")
	}
	for _, control := range c.Controls {
		fmt.Fprintf(&b, "- %s [%s](%s)\n", control.Tool, control.ID, control.Source)
	}
	if len(c.Sources) > 0 {
		b.WriteString("\nSources:\n\n")
	}
	for _, source := range c.Sources {
		fmt.Fprintf(&b, "- <%s>\n", source)
	}
	return b.String()
}

// Explain gives what a person in a terminal reads of a code.
func Explain(c diag.Code) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s\n\n%s\n\nWhy it matters: %s\n\nWhat to do: %s\n", c.ID, c.Severity, c.Title, c.Means, c.Why, c.Remedy)
	for i, control := range c.Controls {
		if i == 0 {
			b.WriteString("\nAsked for by:\n")
		}
		fmt.Fprintf(&b, "  %s %s  %s\n", control.Tool, control.ID, control.Source)
	}
	for i, source := range c.Sources {
		if i == 0 {
			b.WriteString("\nSources:\n")
		}
		fmt.Fprintf(&b, "  %s\n", source)
	}
	return b.String()
}

// List gives a line for each code.
func List() string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, c := range Codes() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", c.ID, c.Severity, c.Title)
	}
	table.Flush() // a Builder fails never
	return b.String()
}

// Nearest gives the codes that a misspelt one may have meant, the nearest first.
func Nearest(code string) []string {
	best, found := len(code)/3+2, []string(nil)
	for _, c := range Codes() {
		d := diag.Distance([]byte(code), []byte(c.ID))
		if strings.Contains(c.ID, code) && len(code) > 2 {
			d = 1
		}
		switch {
		case d < best:
			best, found = d, []string{c.ID}
		case d == best && found != nil:
			found = append(found, c.ID)
		}
	}
	return found
}
