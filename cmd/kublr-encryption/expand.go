package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

func newExpand(std stdio) *cobra.Command {
	var folder, output string
	var groups []string
	c := &cobra.Command{
		Use:   "expand -f INTENT [PATH...]",
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
	c.Flags().StringVar(&folder, "folder", "", "write a file for each piece into this `folder`")
	c.MarkFlagDirname("folder") //nolint:errcheck // the flag is there
	c.Flags().StringSliceVar(&groups, "groups", []string{"default"}, "names of the node groups")
	outputFlag(c, &output, "yaml", "json")
	c.RunE = func(c *cobra.Command, paths []string) error {
		e, err := expand(c.Context(), std, *intents, paths, "")
		if err != nil {
			return err
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
			}{fragments, append([]generator.KeyPolicy{}, e.keys.Policies...)})
		}
		return e.writeYAML(std, fragments)
	}
	return c
}

// A piece is one part of an expansion, ready to be written.
type piece struct {
	file, heading string
	value         json.RawMessage
}

// pieces gives the parts of a fragment that the intent touches.
func pieces(f generator.Fragment) []piece {
	suffix, where := "", ""
	if f.Region != "" {
		suffix, where = "-"+f.Region, " in "+f.Region
	}
	var all []piece
	for _, p := range []piece{
		{"master" + suffix, "The masters" + where, f.Master},
		{"nodes" + suffix, "The node groups" + where, f.Nodes},
		{"storage-class" + suffix, "The default StorageClass" + where, f.StorageClass},
	} {
		if len(p.value) > 0 && string(p.value) != "null" {
			all = append(all, p)
		}
	}
	return all
}

func (e *expansion) writeYAML(std stdio, fragments []generator.Fragment) error {
	var out bytes.Buffer
	for _, f := range fragments {
		for _, p := range pieces(f) {
			text, err := yamlOf(p.value)
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, "---\n# %s.\n%s", p.heading, text)
		}
	}
	for _, p := range e.keys.Policies {
		text, err := policy.Format(p.Document)
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "---\n# The key policy in %s, account %s, for %s.\n%s", p.Region, p.Account, strings.Join(p.Keys, ", "), text)
	}
	_, err := std.out.Write(out.Bytes())
	return err
}

func (e *expansion) writeFiles(folder string, fragments []generator.Fragment, output string) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for _, f := range fragments {
		for _, p := range pieces(f) {
			text, err := yamlOf(p.value)
			name := p.file + ".yaml"
			if output == "json" {
				var indented bytes.Buffer
				err = json.Indent(&indented, p.value, "", "  ")
				text, name = append(indented.Bytes(), '\n'), p.file+".json"
			}
			if err != nil {
				return err
			}
			if err := renameio.WriteFile(filepath.Join(folder, name), text, 0o666); err != nil {
				return err
			}
		}
	}
	for _, p := range e.keys.Policies {
		text, err := policy.Format(p.Document)
		if err != nil {
			return err
		}
		if err := renameio.WriteFile(filepath.Join(folder, p.FileName()), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

func yamlOf(value json.RawMessage) ([]byte, error) {
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	err := e.Encode(v)
	return out.Bytes(), err
}
