//go:build !windows

package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// printDigest prints how many clusters a program's output holds, and a hash
// of their decoded values. path is a stream, a ResourceList or a tree of files.
func printDigest(path string) error {
	d := digest{hash: sha256.New()}
	err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return d.file(bufio.NewReader(f))
	})
	fmt.Printf("%d clusters %x\n", d.n, d.hash.Sum(nil))
	return err
}

type digest struct {
	hash hash.Hash
	n    int
}

// file adds one file's clusters. It holds one of them at a time, which the
// plain layout of what the programs write allows: a document begins after
// "---", an item with a dash in the first column below "items:".
func (d *digest) file(r *bufio.Reader) error {
	var doc []byte
	var section string
	for {
		line, err := r.ReadString('\n')
		if err != nil && err != io.EOF {
			return err
		}
		begins := line == "---\n" || section == "items:\n" && len(line) > 0 && line[0] != ' '
		if begins {
			if err := d.add(doc); err != nil {
				return err
			}
			doc = doc[:0]
		}
		if line != "" && line[0] >= 'a' && line[0] <= 'z' {
			section = line
		}
		if line != "items:\n" {
			doc = append(doc, line...)
		}
		if err == io.EOF {
			return d.add(doc)
		}
	}
}

// add hashes one cluster, without the annotations that say where it came from.
func (d *digest) add(doc []byte) error {
	var v any
	if err := yaml.Unmarshal(doc, &v); err != nil {
		return err
	}
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	m, _ := v.(map[string]any)
	if m["kind"] != "Cluster" {
		return nil
	}
	delete(m["metadata"].(map[string]any), "annotations")
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	d.n++
	d.hash.Write(text)
	return nil
}
