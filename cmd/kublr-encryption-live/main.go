//go:build !man

// Command kublr-encryption-live makes and checks the keys of an intent in AWS. It is
// the only program of kublr-encryption that reads credentials or opens a connection;
// `kublr-encryption key` runs it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker; left alone, it is the library's.
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the program at once
	}()
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away is an error of writing
	os.Exit(execute(ctx, os.Args[1:], std{os.Stdin, os.Stdout, os.Stderr, isTerminal(os.Stdin)}))
}
