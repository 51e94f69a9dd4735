package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/internal/build"
	"github.com/spf13/cobra"
)

// liveProgram is the program that asks AWS. It stands beside this one.
const liveProgram = "kublr-encryption-live"

// liveVersion is the variable by which that program is told the version of this one.
// It refuses another than its own.
const liveVersion = "KUBLR_ENCRYPTION_VERSION"

func newKey(std stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "key COMMAND -f INTENT [PATH...]",
		Short: "Make the key of an intent in AWS, and keep it as wanted",
		Long: `Key asks AWS, by the program kublr-encryption-live, which stands beside this one: no
other command reads credentials or opens a connection.

  key plan         say what key apply would do
  key apply        make the keys of an intent, and keep them as wanted
  key check        say whether the keys that an intent and its clusters name will do
  key permissions  print the IAM policy that these need

'kublr-encryption key COMMAND --help' says more.`,
		Example: `  kublr-encryption key plan -f intent.yaml
  kublr-encryption key apply -f intent.yaml
  kublr-encryption key check -f intent.yaml clusters/`,
		DisableFlagParsing: true,
		ValidArgs:          []string{"plan", "apply", "check", "permissions"},
		RunE: func(c *cobra.Command, args []string) error {
			program, err := liveBeside()
			switch isAbsent := errors.Is(err, fs.ErrNotExist); {
			case isAbsent && (len(args) == 0 || slices.Contains(args, "--help") || slices.Contains(args, "-h")):
				fmt.Fprintf(std.err, "%s is not there: it should stand at %s\n", liveProgram, program)
				return c.Help()
			case isAbsent:
				return fmt.Errorf("%s is not there: it should stand at %s; install both programs together", liveProgram, program)
			case err != nil:
				return err
			}
			return become(program, append([]string{program, "key"}, args...), append(os.Environ(), liveVersion+"="+build.Version()))
		},
	}
}

// liveBeside gives the path at which the program must stand: beside this one, where
// its own file is. It is looked for nowhere else.
func liveBeside() (string, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", liveProgram, err)
	}
	program := filepath.Join(filepath.Dir(self), liveProgram)
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	_, err = os.Stat(program)
	return program, err
}
