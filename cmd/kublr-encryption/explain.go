package main

import (
	"io"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/spf13/cobra"
)

func newExplain(std stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Say what a finding means and how to mend it",
		Long: `Explain says of a code, which every finding has in brackets at its end, what it
means, why it matters, how to mend it, and where that is documented. Without a code
it lists all of them.`,
		Example: `  kublr-encryption explain not-encrypted
  kublr-encryption explain`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("%q is one argument too many", args[1])
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return codes(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			text := report.List()
			if len(args) > 0 {
				c, ok := report.Lookup(args[0])
				if !ok {
					return unknownCode(args[0])
				}
				text = report.Explain(c)
			}
			_, err := io.WriteString(std.out, text)
			return err
		},
	}
}

func codes() (all []string) {
	for _, c := range report.Codes() {
		all = append(all, c.ID)
	}
	return all
}

func unknownCode(code string) error {
	if nearest := report.Nearest(code); nearest != nil {
		return usage("there is no code %q: did you mean %s?", code, strings.Join(nearest, " or "))
	}
	return usage("there is no code %q: `kublr-encryption explain` lists them", code)
}
