package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/build"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

// Exit codes, the same for every command.
const (
	exitFindings = 1 // something is not as it should be, or was declined
	exitUsage    = 2 // the command line makes no sense
	exitWorld    = 3 // files, AWS or the terminal failed, or the answer is incomplete
)

// runLimit bounds a run. A key that it abandoned is given back an hour later at the
// earliest.
const runLimit = 15 * time.Minute

// errInterrupted ends a run that a signal ends.
var errInterrupted = errors.New("interrupted: what was begun in AWS is found again; run it again to finish")

// std is what a command reads and writes.
type std struct {
	in         io.Reader
	out, err   io.Writer
	isTerminal bool // in is one
}

// A usageError is a command line that makes no sense.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// An exit ends a command that has said what there is to say.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// callersVersion is the variable in which kublr-encryption says its version.
const callersVersion = "KUBLR_ENCRYPTION_VERSION"

// execute runs one command line and gives its exit code.
func execute(ctx context.Context, args []string, s std) int {
	if caller := os.Getenv(callersVersion); caller != "" && caller != build.Version() {
		fmt.Fprintf(s.err, "kublr-encryption: this is kublr-encryption-live %s beside kublr-encryption %s: install both programs together\n", build.Version(), diag.Safe(caller))
		return exitWorld
	}
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	out := bufio.NewWriter(s.out)
	s.out = out
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	if lost := out.Flush(); lost != nil {
		err = fmt.Errorf("writing the outcome: %w", lost)
	}
	var code exit
	var wrong usageError
	var findings diag.Findings
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, context.Canceled):
		err = errInterrupted
	case errors.Is(err, syscall.EPIPE): // the reader has seen enough
		return exitWorld
	case errors.As(err, &findings):
		for _, f := range findings {
			report.WriteFinding(report.Stream{Writer: s.err}, f) //nolint:errcheck // there is nowhere else to say it
		}
		if livekey.IsIncomplete(findings) {
			return exitWorld
		}
		return exitFindings
	case errors.As(err, &wrong):
		fmt.Fprintf(s.err, "kublr-encryption: %s\nRun 'kublr-encryption help key' for how it is used.\n", diag.Safe(err.Error()))
		return exitUsage
	}
	fmt.Fprintf(s.err, "kublr-encryption: %s\n", diag.Safe(err.Error()))
	return exitWorld
}

func newRoot(s std) *cobra.Command {
	root := &cobra.Command{
		Use:           "kublr-encryption",
		Short:         "The commands of kublr-encryption that ask AWS",
		Version:       build.Line("kublr-encryption-live"),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newKey(s), &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.out, build.Line("kublr-encryption-live"))
			return err
		},
	})
	return root
}

func noCommand(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage("there is no command %q", args[0])
}

// isTerminal tells whether a person is at a stream.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
