//go:build !man

// Command kublr-encryption-live makes and checks the keys of an intent in AWS. It is
// the only program of kublr-encryption that reads credentials or opens a connection;
// `kublr-encryption key` runs it.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/kublr-encryption/kublr-encryption/internal/interrupt"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away is an error of writing
	ctx := interrupt.Context("kublr-encryption: "+errInterrupted.Error(), exitWorld)
	os.Exit(execute(ctx, os.Args[1:], std{interrupt.Reader(ctx, os.Stdin), os.Stdout, os.Stderr, isTerminal(os.Stdin)}))
}
