package main

import (
	"cmp"
	"fmt"

	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
	"github.com/spf13/cobra"
)

func newVersion(std stdio) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Print the version of the program and of the jsonnet library in it.",
		Example: "  kublr-encryption version",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(std.out, "kublr-encryption %s (library %s)\n", programVersion(), kublrencryption.Version)
			return err
		},
	}
}

func programVersion() string { return cmp.Or(version, kublrencryption.Version) }

func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%q is one argument too many", args[0])
	}
	return nil
}
