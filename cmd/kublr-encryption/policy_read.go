package main

import (
	"fmt"
	"io"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
)

// onePolicy is the Args of a command that reads one key policy.
func onePolicy(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("name one file with a key policy, or - for stdin")
	}
	return nil
}

// readPolicy reads a key policy: a document, or what `aws kms get-key-policy`
// prints around it. Its text comes too, and what KMS would refuse as findings.
func readPolicy(name string, stdin io.Reader) (*policy.Document, []byte, diag.Findings, error) {
	src, err := readFile(name, stdin)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("reading the key policy: %w", err)
	}
	src, findings := policy.Unwrapped(src)
	if findings != nil {
		return nil, src, findings.In(shown(name)), nil
	}
	doc, findings := policy.Parse(src)
	return doc, src, findings.In(shown(name)), nil
}
