package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"go.yaml.in/yaml/v3"
)

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
	for _, p := range e.sets[0].Policies {
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
			if err := writeFile(filepath.Join(folder, name), text, 0o666); err != nil {
				return err
			}
		}
	}
	for _, p := range e.sets[0].Policies {
		text, err := policy.Format(p.Document)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(folder, p.FileName()), text, 0o666); err != nil {
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
