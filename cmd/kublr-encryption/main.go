//go:build !man

// Command kublr-encryption encrypts the EBS volumes of Kublr clusters from one
// intent. `kublr-encryption help` says how.
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
	os.Exit(execute(ctx, os.Args[1:], interrupt.Reader(ctx, os.Stdin), os.Stdout, os.Stderr))
}
