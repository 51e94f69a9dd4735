package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	files := c.Flags().StringArrayP("file", "f", nil, "the intent's file, - for stdin; may be given again; without it, those found among the specs, or "+run.IntentName+" here or above")
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

// readIntents reads the files of -f; without any, the intents that stand among the
// specs, else that of the repository. Which it took is said on stderr.
func readIntents(ctx context.Context, std stdio, files []string, specs *run.Source) (*intents, error) {
	in := &intents{texts: map[string][]byte{}}
	if len(files) == 0 {
		found, err := specs.Intents(ctx)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return in, in.takeFound(std, found)
		}
		path := run.NearIntent()
		if path == "" {
			return nil, usage("say which intent: -f intent.yaml; none stands among the specs, and there is no " + run.IntentName + " here or above")
		}
		if _, err := fmt.Fprintf(std.err, "intent: %s\n", diag.Safe(path)); err != nil {
			return nil, err
		}
		files = []string{path}
	}
	in.name = shown(files[0])
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

// takeFound takes intents that stand among the specs, and says so on one line.
func (in *intents) takeFound(std stdio, found []run.IntentFile) error {
	const few = 3
	var names []string
	for _, f := range found {
		in.texts[f.Name] = f.Text
		in.all = append(in.all, f.Intents...)
		in.findings = append(in.findings, f.Findings...)
		name := f.Name
		if folder := filepath.Dir(name); name != run.Stdin && folder != "." {
			name += " for " + folder
		}
		names = append(names, name)
	}
	in.name = found[0].Name
	if more := len(names) - few; more > 0 {
		names = append(names[:few], fmt.Sprintf("%d more", more))
	}
	_, err := fmt.Fprintf(std.err, "intent: %s\n", diag.Safe(strings.Join(names, ", ")))
	return err
}

// report gives findings in the intents.
func (in *intents) report(findings diag.Findings) report.Report {
	r := report.Report{File: in.name}
	for _, f := range findings {
		r.Findings = append(r.Findings, report.OfText(diag.Findings{f}, f.File, in.texts[f.File], diag.Position{}, "")...)
	}
	return r
}

// stdinOnce refuses names of which more than one is stdin, or one is empty; what says what they are
// beside intents.
func stdinOnce(what string, names []string) error {
	if slices.Contains(names, "") {
		return usage("an empty name is no file")
	}
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
		return run.Stdin
	}
	return name
}
