package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// outputFlag adds --output with the forms a command knows.
func outputFlag(c *cobra.Command, form *string, def string, forms ...string) {
	c.Flags().StringVar(form, "output", def, "form of the outcome: "+strings.Join(forms, ", "))
	err := c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(forms, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag was added above
	}
	c.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(forms, *form) {
			return usageError{fmt.Errorf("--output %q: expected %s", *form, strings.Join(forms, ", "))}
		}
		return nil
	}
}
