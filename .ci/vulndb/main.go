// Vulndb writes the Go vulnerability database out as govulncheck reads it, so
// that `make lint` knows what is vulnerable without a network:
//
//	go mod download -json golang.org/x/vulndb@VERSION | go run ./.ci/vulndb DIR
//
// The module keeps an OSV file for each vulnerability in data/osv. DIR gets
// them as ID/*.json, with the indexes of https://go.dev/security/vuln/database#api.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// A vuln is what the indexes say of a vulnerability. They may also say from
// which version on it is fixed, which only spares a reader some of the files.
type vuln struct {
	ID       string    `json:"id"`
	Modified time.Time `json:"modified"`
	Aliases  []string  `json:"aliases,omitempty"`
}

// A module is a module path, or "stdlib" or "toolchain", and what is known of it.
type module struct {
	Path  string `json:"path"`
	Vulns []vuln `json:"vulns"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go mod download -json golang.org/x/vulndb@VERSION | go run ./.ci/vulndb DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "vulndb:", err)
		os.Exit(1)
	}
}

// write makes of the module that `go mod download -json` tells of the database dir.
func write(dir string, download io.Reader) error {
	var from struct{ Dir, Info, Error string }
	if err := json.NewDecoder(download).Decode(&from); err != nil {
		return fmt.Errorf("reading what go mod download says: %w", err)
	}
	if from.Error != "" {
		return errors.New(from.Error)
	}
	var version struct{ Time time.Time }
	if err := readJSON(from.Info, &version); err != nil {
		return err
	}
	ids, index := filepath.Join(dir, "ID"), filepath.Join(dir, "index")
	if err := os.CopyFS(ids, os.DirFS(filepath.Join(from.Dir, "data", "osv"))); err != nil {
		return err
	}
	vulns, modules, err := indexes(ids)
	if err != nil {
		return err
	}
	if err := os.Mkdir(index, 0o777); err != nil {
		return err
	}
	return errors.Join(
		writeJSON(filepath.Join(index, "db.json"), map[string]time.Time{"modified": version.Time}),
		writeJSON(filepath.Join(index, "vulns.json"), vulns),
		writeJSON(filepath.Join(index, "modules.json"), modules),
	)
}

// indexes reads every OSV file of a folder.
func indexes(ids string) ([]vuln, []*module, error) {
	files, err := os.ReadDir(ids)
	if err != nil {
		return nil, nil, err
	}
	var vulns []vuln
	var modules []*module
	byPath := map[string]*module{}
	for _, file := range files {
		var osv struct {
			vuln
			Affected []struct{ Package struct{ Name string } }
		}
		if err := readJSON(filepath.Join(ids, file.Name()), &osv); err != nil {
			return nil, nil, err
		}
		if file.Name() != osv.ID+".json" {
			return nil, nil, fmt.Errorf("%s is about %q", file.Name(), osv.ID)
		}
		vulns = append(vulns, osv.vuln)
		for _, affected := range osv.Affected {
			m := byPath[affected.Package.Name]
			if m == nil {
				m = &module{Path: affected.Package.Name}
				byPath[m.Path] = m
				modules = append(modules, m)
			}
			m.Vulns = append(m.Vulns, vuln{ID: osv.ID, Modified: osv.Modified})
		}
	}
	if vulns == nil {
		return nil, nil, fmt.Errorf("%s is empty", ids)
	}
	return vulns, modules, nil
}

func readJSON(file string, v any) error {
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	return nil
}

func writeJSON(file string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o666)
}
