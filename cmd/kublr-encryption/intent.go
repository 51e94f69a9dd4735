package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/spf13/cobra"
)

// intentFlag adds -f, which every command that expands an intent needs.
func intentFlag(c *cobra.Command) *[]string {
	files := c.Flags().StringArrayP("file", "f", nil, "the intent's file, - for stdin; may be given again")
	c.MarkFlagFilename("file", "yaml", "yml", "json") //nolint:errcheck // the flag is there
	return files
}

// readIntents reads the files of -f.
func readIntents(files, paths []string, stdin io.Reader) ([]generator.Intent, diag.Findings, error) {
	if len(files) == 0 {
		return nil, nil, usage("say which intent: -f intent.yaml")
	}
	if err := stdinOnce("specs", slices.Concat(files, paths)); err != nil {
		return nil, nil, err
	}
	var intents []generator.Intent
	var findings diag.Findings
	for _, name := range files {
		src, err := readFile(name, stdin)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the intent: %w", err)
		}
		more, found := generator.ReadIntents(shown(name), src)
		intents = append(intents, more...)
		findings = append(findings, found...)
	}
	return intents, findings, nil
}

// readIntent is readIntents for a command that takes one intent.
func readIntent(files, paths []string, stdin io.Reader) ([]generator.Intent, diag.Findings, error) {
	intents, findings, err := readIntents(files, paths, stdin)
	if len(intents) > 1 {
		err = usage("there are %d intents in %s: give one at a time", len(intents), strings.Join(files, ", "))
	}
	return intents, findings, err
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
