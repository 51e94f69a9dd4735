package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/build"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/spf13/cobra"
)

// Exit codes, the same for every command.
const (
	exitFindings = 1 // something is not as it should be
	exitUsage    = 2 // the command line makes no sense
	exitWorld    = 3 // files, git or the terminal failed
)

// errFindings ends a command whose findings have been printed.
var errFindings = errors.New("findings")

// errInterrupted ends a run that a signal ends.
var errInterrupted = errors.New("interrupted: each file is either edited whole or as it was; run it again to finish")

// A usageError is a command line that makes no sense.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// stdio is what a command reads and writes.
type stdio struct {
	in        io.Reader
	out, err  report.Stream
	isWatched bool // err is a terminal
}

// execute runs one command line and gives its exit code.
func execute(ctx context.Context, args []string, in io.Reader, stdout, stderr io.Writer) int {
	out, beside := &sink{w: bufio.NewWriter(stdout)}, &sink{w: stderr}
	std := stdio{in, report.Stream{Writer: out, Paint: paintFor(stdout)}, report.Stream{Writer: beside, Paint: paintFor(stderr)}, isTerminal(stderr)}
	root := newRoot(std)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(beside)
	err := root.ExecuteContext(ctx)
	if lost := cmp.Or(out.flush(), beside.flush()); lost != nil {
		err = fmt.Errorf("writing the outcome: %w", lost)
	}
	var wrong usageError
	code, hint := exitWorld, ""
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, syscall.EPIPE): // the reader has seen enough
		return exitWorld
	case errors.As(err, &wrong):
		code, hint = exitUsage, "Run 'kublr-encryption help' for how it is used.\n"
	case errors.Is(err, context.Canceled):
		err = errInterrupted
	}
	if _, lost := fmt.Fprintf(stderr, "kublr-encryption: %s\n%s", diag.Safe(err.Error()), hint); lost != nil {
		return exitWorld
	}
	return code
}

// A sink is where output goes. The first error stays, so that none is lost however
// many writes come after it.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	var n int
	n, s.err = s.w.Write(p)
	return n, s.err
}

// flush writes what waits, and gives the first error.
func (s *sink) flush() error {
	if b, ok := s.w.(*bufio.Writer); ok && s.err == nil {
		s.err = b.Flush()
	}
	return s.err
}

func newRoot(std stdio) *cobra.Command {
	root := &cobra.Command{
		Use:   "kublr-encryption",
		Short: "Encrypt every EBS volume of Kublr AWS clusters, from one intent",
		Long: `kublr-encryption makes every EBS volume of every Kublr AWS cluster encrypted with
the right KMS key, from a few lines of intent.

An intent is a small document:

  apiVersion: kublr-encryption.github.io/v1alpha1
  kind: EncryptionIntent
  metadata:
    name: production
  spec:
    account: "111122223333"
    key: alias/kublr-ebs
    kublr: {user: kublr}

Exit codes: 0 done, or nothing to do; 1 findings; 2 wrong usage; 3 files, git or
the terminal failed.`,
		Example: `  kublr-encryption apply --diff -f intent.yaml clusters/    # what would change
  kublr-encryption apply -f intent.yaml clusters/           # change it
  kublr-encryption policy -f intent.yaml clusters/          # the key policy
  kublr-encryption verify -f intent.yaml clusters/          # in CI
  kublr-encryption key plan -f intent.yaml                  # the key itself, in AWS`,
		Version:       build.Line("kublr-encryption"),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          func(_ *cobra.Command, args []string) error { return unknownCommand(args) },
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newApply(std), newVerify(std), newExpand(std), newPolicy(std), newKey(std), newExplain(std), newVersion(std))
	return root
}

func unknownCommand(args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage("there is no command %q", args[0])
}

// somePaths is the Args of a command that needs paths.
func somePaths(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage("name files or folders with cluster specs, or - for stdin")
	}
	for _, path := range args {
		if path == "-" && len(args) > 1 {
			return usage("- is stdin, and stands alone")
		}
	}
	return nil
}

// anyPaths is the Args of a command that can do without paths.
func anyPaths(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return somePaths(c, args)
}
