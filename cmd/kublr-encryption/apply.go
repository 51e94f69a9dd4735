package main

import "github.com/spf13/cobra"

// An apply is one run of the command.
type apply struct {
	comparison
	diff, check bool
	around      int // lines of the diff
}

func newApply(std stdio) *cobra.Command {
	a := apply{comparison: comparison{stdio: std}}
	c := &cobra.Command{
		Use:   "apply [-f INTENT] PATH...",
		Short: "Set what an intent asks for in cluster specs, in place",
		Long: `Apply sets the encryption fields of every Kublr cluster that an intent selects,
in place: every other byte of the files stays as it is. PATH is a file or a
folder, of which .yaml, .yml and .json files are looked at; hidden files, files
that git ignores and symbolic links out of the folder are left alone. With - a
stream of documents is read from stdin and written to stdout.

Without -f the intents that stand among the files count, each for its folder and
below; when there is none, kublr-encryption.yaml here or above, up to the root of
the repository. The first line on stderr says which.

A file is replaced whole or not at all: an error in one of its documents leaves
it as it was, and the others go on. What was set, and what was skipped and why,
is told on stderr.

A diff comes from the edits and shows no line that may hold a credential: a hunk
ends before one, and when the line after a change is one, git apply wants
--unidiff-zero. A change on such a line itself, in JSON on one line say, is left
out with a warning, and the exit code is 3.

Exit codes: 0 done, or nothing to do; 1 an error was found, or with --check
something would change; 2 wrong usage; 3 a file could not be read or replaced.`,
		Example: `  # See what would change, then change it.
  kublr-encryption apply --diff -f intent.yaml clusters/
  kublr-encryption apply -f intent.yaml clusters/

  # In a pipe.
  kustomize build prod | kublr-encryption apply -f intent.yaml - >prod.yaml

  # In CI: fail when someone forgot to.
  kublr-encryption apply --check -f intent.yaml clusters/`,
		Args: somePaths,
	}
	a.flags(c)
	c.Flags().BoolVar(&a.diff, "diff", false, "print a unified diff and write nothing")
	c.Flags().IntVarP(&a.around, "unified", "U", 3, "show this many `lines` around a change of the diff")
	c.Flags().BoolVar(&a.check, "check", false, "write nothing, and exit with 1 when something would change")
	c.RunE = func(c *cobra.Command, paths []string) error { return a.run(c.Context(), paths) }
	return c
}
