package kublrencryption

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// TestCodesAreRows holds that the library gives no code without a row and none of
// another severity than its row's, and that none of its rows is given by nothing.
func TestCodesAreRows(t *testing.T) {
	given := map[string]diag.Severity{}
	for _, name := range glob(t, "lib/*.libsonnet") {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`\b(err|warning|info)\(\s*'([a-z-]+)'`).FindAllSubmatch(src, -1) {
			given[string(found[2])] = diag.Severity(strings.Replace(string(found[1]), "err", "error", 1))
		}
	}
	for name, words := range wordings() {
		code, _, _ := strings.Cut(name, "/")
		given[code] = words.Severity
	}
	rows := map[string]diag.Severity{}
	for _, c := range Codes() {
		rows[c.ID] = c.Severity
		if _, ok := given[c.ID]; !ok {
			t.Errorf("nothing gives %s", c.ID)
		}
	}
	for _, c := range yamledit.Codes {
		rows[c.ID] = c.Severity
	}
	for code, severity := range given {
		if rows[code] != severity {
			t.Errorf("%s is given as %s, and its row says %q", code, severity, rows[code])
		}
	}
}

// TestWordings holds that each wording is asked for somewhere, and is there.
func TestWordings(t *testing.T) {
	asked := map[string]bool{}
	sources := append(glob(t, "lib/*.libsonnet"), "looks.json", "main.libsonnet")
	for _, name := range sources {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, pattern := range []string{`\bsay\('([a-z/-]+)'`, `\bwrong\('([a-z-]+)'`, `"say": "([a-z/-]+)"`} {
			for _, found := range regexp.MustCompile(pattern).FindAllSubmatch(src, -1) {
				asked[string(found[1])] = true
			}
		}
		for _, gaps := range regexp.MustCompile(`gaps: \{([^}]*)\}`).FindAllSubmatch(src, -1) {
			for _, found := range regexp.MustCompile(`'([a-z-]+)'`).FindAllSubmatch(gaps[1], -1) {
				asked[string(found[1])] = true
			}
		}
	}
	there := slices.Sorted(maps.Keys(wordings()))
	if got := slices.Sorted(maps.Keys(asked)); !slices.Equal(got, there) {
		t.Errorf("asked for are\n%q\nand there are\n%q", got, there)
	}
}

// TestJSONFiles holds that every JSON file that Go reads can be read, and that none
// lies here that is not embedded.
func TestJSONFiles(t *testing.T) {
	for _, name := range glob(t, "*.json") {
		if filepath.Base(name) == "jsonnetfile.json" {
			continue
		}
		if src, err := files.ReadFile(name); err != nil || !json.Valid(src) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
