package main

import "github.com/spf13/cobra"

// A verification is one run of the command.
type verification struct {
	comparison
	policies string
}

func newVerify(std stdio) *cobra.Command {
	v := verification{comparison: comparison{stdio: std}}
	c := &cobra.Command{
		Use:   "verify [-f INTENT] PATH...",
		Short: "List every volume that is not as an intent asks for",
		Long: `Verify changes nothing. It lists, with place and fix, every volume of the Kublr
clusters that an intent selects which is not as it asks for, and warns of storage
in the clear that no rule covers: block devices, volumes and file systems in raw
CloudFormation, StorageClasses of your own, features and packages that name
another class. It proves, offline, that the key policies the intent needs let the
volumes attach and the instances launch, and open to no one else. With --policy it
proves those that keys have: a file, or of a folder policy-ACCOUNT-REGION.json, as
policy and expand name them, or KEY-ID.json.

Without -f the intents that stand among the files count, as for apply.

Exit codes: 0 all is as asked for (warnings do not count); 1 an error was found;
2 wrong usage; 3 a file could not be read.`,
		Example: `  kublr-encryption verify -f intent.yaml clusters/

  # For code scanning.
  kublr-encryption verify -f intent.yaml -o sarif clusters/ >verify.sarif

  # Warn only of what a change does to running clusters.
  kublr-encryption verify -f intent.yaml --base origin/main clusters/`,
		Args: somePaths,
	}
	v.flags(c)
	c.Flags().StringVar(&v.policies, "policy", "", "prove the key policy of this `file`, or those of a folder, and not what the intents would print")
	c.RunE = func(c *cobra.Command, paths []string) error { return v.run(c.Context(), paths) }
	return c
}
