package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// download lays out what `go mod download -json` leaves, with these files in
// data/osv, and gives what it prints.
func download(t *testing.T, osv map[string]string) *bytes.Buffer {
	t.Helper()
	dir, info := t.TempDir(), filepath.Join(t.TempDir(), "v0.info")
	if err := os.MkdirAll(filepath.Join(dir, "data", "osv"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range osv {
		if err := os.WriteFile(filepath.Join(dir, "data", "osv", name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(info, []byte(`{"Version": "v0", "Time": "2026-11-05T23:49:57Z"}`), 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(map[string]string{"Dir": dir, "Info": info}); err != nil {
		t.Fatal(err)
	}
	return &out
}

// named is an OSV file that names a function of net/url, in every version of Go.
func named(function string) map[string]string {
	return map[string]string{"GO-2026-0001.json": `{
		"schema_version": "1.3.1", "id": "GO-2026-0001", "modified": "0001-01-01T00:00:00Z",
		"aliases": ["CVE-2026-1"], "summary": "` + function + ` is wrong",
		"affected": [{
			"package": {"name": "stdlib", "ecosystem": "Go"},
			"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
			"ecosystem_specific": {"imports": [{"path": "net/url", "symbols": ["` + function + `"]}]}
		}],
		"database_specific": {"url": "https://pkg.go.dev/vuln/GO-2026-0001"}
	}`}
}

func TestGovulncheckReadsIt(t *testing.T) {
	for function, want := range map[string]struct {
		code int
		says string
	}{
		"Parse":      {3, "Your code is affected by 1 vulnerability"},
		"ParseQuery": {0, "This scan also found 1 vulnerability in packages you import"},
	} {
		db := filepath.Join(t.TempDir(), "db")
		if err := write(db, download(t, named(function))); err != nil {
			t.Fatal(err)
		}
		check := exec.Command("go", "tool", "govulncheck", "-show", "version", "-db", "file://"+db, "./testdata/calls")
		out, err := check.CombinedOutput()
		if check.ProcessState == nil {
			t.Fatal(err)
		}
		if code := check.ProcessState.ExitCode(); code != want.code {
			t.Errorf("%s: exit code %d, not %d", function, code, want.code)
		}
		for _, says := range []string{want.says, "DB updated: 2026-11-05"} {
			if !strings.Contains(string(out), says) {
				t.Errorf("%s: the output lacks %q:\n%s", function, says, out)
			}
		}
	}
}

func TestIndexes(t *testing.T) {
	db := filepath.Join(t.TempDir(), "db")
	if err := write(db, download(t, named("Parse"))); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"db":      `{"modified":"2026-11-05T23:49:57Z"}`,
		"vulns":   `[{"id":"GO-2026-0001","modified":"0001-01-01T00:00:00Z","aliases":["CVE-2026-1"]}]`,
		"modules": `[{"path":"stdlib","vulns":[{"id":"GO-2026-0001","modified":"0001-01-01T00:00:00Z"}]}]`,
	} {
		got, err := os.ReadFile(filepath.Join(db, "index", name+".json"))
		if err != nil || string(got) != want {
			t.Errorf("%s: %s %v, not %s", name, got, err, want)
		}
	}
}

func TestNoDatabaseIsAnError(t *testing.T) {
	for says, from := range map[string]*bytes.Buffer{
		"is empty":                       download(t, nil),
		`a.json is about "GO-2026-0001"`: download(t, map[string]string{"a.json": named("Parse")["GO-2026-0001.json"]}),
		"invalid character":              download(t, map[string]string{"a.json": "<html>"}),
		"no such host":                   bytes.NewBufferString(`{"Error": "no such host"}`),
		"what go mod download says":      {},
	} {
		if err := write(filepath.Join(t.TempDir(), "db"), from); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, and no word of %q", err, says)
		}
	}
}
