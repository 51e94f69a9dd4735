// Command notices prints the licences and notices of all that the programs link, on
// every platform they are released for. A module without a licence is an error.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// platforms are those of releases.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

// A module is one whose packages are linked.
type module struct {
	Path, Version, Dir string
	Main               bool
}

func main() {
	if err := print(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func print(w io.Writer) error {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	linked := map[string]module{"Go": {Path: "Go", Version: runtime.Version(), Dir: strings.TrimSpace(string(goroot))}}
	for _, platform := range platforms {
		if err := collect(linked, platform); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(linked)) {
		m := linked[path]
		texts, err := texts(m.Dir)
		if err != nil {
			return err
		}
		if len(texts) == 0 {
			return fmt.Errorf("%s has no licence in %s", m.Path, m.Dir)
		}
		fmt.Fprintf(w, "%s\n%s %s\n\n%s\n", strings.Repeat("=", 80), m.Path, m.Version, strings.Join(texts, "\n"))
	}
	return nil
}

// collect adds the modules that the programs link on a platform.
func collect(linked map[string]module, platform string) error {
	os, arch, _ := strings.Cut(platform, "/")
	list := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/...")
	list.Env = append(list.Environ(), "GOOS="+os, "GOARCH="+arch)
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("listing what is linked on %s: %w", platform, err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct{ Module *module }
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if p.Module != nil && !p.Module.Main {
			linked[p.Module.Path] = *p.Module
		}
	}
}

// texts gives a module's licences and notices.
func texts(dir string) ([]string, error) {
	var all []string
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "NOTICE*", "PATENTS"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			all = append(all, string(text))
		}
	}
	return all, nil
}
