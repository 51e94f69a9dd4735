package main

import (
	"cmp"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/spf13/cobra"
)

func newExpand(std stdio) *cobra.Command {
	var folder, output string
	var groups []string
	c := &cobra.Command{
		Use:   "expand [-f INTENT] [PATH...]",
		Short: "Print an intent as full fragments of cluster spec, and its key policies",
		Long: `Expand prints what an intent comes to: the master, node and storage class pieces
of a cluster spec, complete, to paste or to import, and the key policies. No
cluster is needed; those in PATH only lend their regions when the intent names
none. The pieces stand in a location called aws1.`,
		Example: `  kublr-encryption expand -f intent.yaml
  kublr-encryption expand -f intent.yaml --groups web,batch -o json

  # A file for each piece.
  kublr-encryption expand -f intent.yaml --folder encryption/`,
		Args: anyPaths,
	}
	intents := intentFlag(c)
	which := selectionFlags(c)
	c.Flags().StringVar(&folder, "folder", "", "write a file for each piece into this `folder`")
	c.MarkFlagDirname("folder") //nolint:errcheck // the flag is there
	c.Flags().StringSliceVar(&groups, "groups", []string{"default"}, "names of the node groups")
	outputFlag(c, &output, "yaml", "json")
	c.RunE = func(c *cobra.Command, paths []string) error {
		specs, err := openSpecs(c.Context(), std, which, *intents, paths)
		if err != nil {
			return err
		}
		e, err := expand(c.Context(), std, *intents, specs, "")
		if err != nil {
			return err
		}
		if len(e.sets) > 1 {
			return usage("there are %d intents: give one at a time", len(e.sets))
		}
		fragments, findings := e.plan.Fragments(groups, e.regions)
		if findings.HasErrors() {
			return cmp.Or(tell(std, findings), errFindings)
		}
		switch {
		case folder != "":
			return e.writeFiles(folder, fragments, output)
		case output == "json":
			return report.WriteJSON(std.out, struct {
				Fragments []generator.Fragment  `json:"fragments"`
				Policies  []generator.KeyPolicy `json:"policies"`
			}{fragments, append([]generator.KeyPolicy{}, e.sets[0].Policies...)})
		}
		return e.writeYAML(std, fragments)
	}
	return c
}
