// Command kublr-encryption-fn is kublr-encryption as a KRM function: a
// ResourceList on stdin, a ResourceList on stdout.
package main

import (
	"os"

	"github.com/kublr-encryption/kublr-encryption/fn"
)

func main() { os.Exit(fn.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
