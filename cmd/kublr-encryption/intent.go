package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/internal/run"
	"github.com/spf13/cobra"
)

// intentFlag adds -f, which every command that expands an intent needs.
func intentFlag(c *cobra.Command) *[]string {
	files := c.Flags().StringArrayP("file", "f", nil, "the intent's file, - for stdin; may be given again")
	c.MarkFlagFilename("file", "yaml", "yml", "json") //nolint:errcheck // the flag is there
	return files
}

// intents are what the files of -f hold.
type intents struct {
	name     string // of the first file, as it is shown
	all      []generator.Intent
	findings diag.Findings
	texts    map[string][]byte // of the files, by the names they are shown under
}

// readIntents reads the files of -f, for a command that looks at paths and, with a
// base, compares them.
func readIntents(ctx context.Context, std stdio, files, paths []string, base string) (*intents, error) {
	if base != "" {
		if paths[0] == "-" {
			return nil, usage("--base compares files with a git revision, and stdin is none")
		}
		if err := run.CheckBase(ctx, base, paths[0]); err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, usage("say which intent: -f intent.yaml")
	}
	if err := stdinOnce("specs", slices.Concat(files, paths)); err != nil {
		return nil, err
	}
	in := &intents{name: shown(files[0]), texts: map[string][]byte{}}
	for _, name := range files {
		text, err := readFile(name, std.in)
		if err != nil {
			return nil, fmt.Errorf("reading the intent: %w", err)
		}
		in.texts[shown(name)] = text
		more, found := generator.ReadIntents(shown(name), text)
		in.all = append(in.all, more...)
		in.findings = append(in.findings, found...)
	}
	return in, nil
}

// readIntent is readIntents for a command that takes one intent.
func readIntent(ctx context.Context, std stdio, files, paths []string) (*intents, error) {
	in, err := readIntents(ctx, std, files, paths, "")
	if err == nil && len(in.all) > 1 {
		err = usage("there are %d intents in %s: give one at a time", len(in.all), strings.Join(files, ", "))
	}
	return in, err
}

// report gives findings in the intents.
func (in *intents) report(findings diag.Findings) report.Report {
	r := report.Report{File: in.name}
	for _, f := range findings {
		r.Findings = append(r.Findings, report.OfText(diag.Findings{f}, f.File, in.texts[f.File], diag.Position{}, "")...)
	}
	return r
}

// stdinOnce refuses names of which more than one is stdin; what says what they are
// beside intents.
func stdinOnce(what string, names []string) error {
	isStdin := func(name string) bool { return name == "-" }
	if first := slices.IndexFunc(names, isStdin); first >= 0 && slices.ContainsFunc(names[first+1:], isStdin) {
		return usage("stdin can be read once: give the intent or the %s as a file", what)
	}
	return nil
}

func readFile(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

// shown gives the name under which a file stands in messages.
func shown(name string) string {
	if name == "-" {
		return "<stdin>"
	}
	return name
}
