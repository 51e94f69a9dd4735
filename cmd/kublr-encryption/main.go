// Command kublr-encryption encrypts the EBS volumes of Kublr clusters from one
// intent. `kublr-encryption help` says how.
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
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away is an error of writing
	code := execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
