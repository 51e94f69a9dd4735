package fn

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

// TestRun runs testdata: what becomes of in.yaml is out.yaml, and stderr.txt has
// how it ended.
func TestRun(t *testing.T) {
	names, err := filepath.Glob("testdata/*/in.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		dir := filepath.Dir(name)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			in, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var out, stderr bytes.Buffer
			exit := Run(bytes.NewReader(in), &out, &stderr)
			golden := goldie.New(t, goldie.WithFixtureDir(dir), goldie.WithNameSuffix(""))
			golden.Assert(t, "out.yaml", out.Bytes())
			golden.Assert(t, "stderr.txt", fmt.Appendf(nil, "%s-- exit %d --\n", stderr.Bytes(), exit))
			check(t, in, out.Bytes(), stderr.String(), exit)
		})
	}
}

// check holds what must be true of every run.
func check(t *testing.T, in, out []byte, stderr string, exit int) {
	t.Helper()
	if strings.Contains(stderr, "AKIA") {
		t.Error("a credential on stderr")
	}
	if exit != 0 {
		if stderr == "" {
			t.Error("a failure without a word")
		}
		if len(out) > 0 && !reflect.DeepEqual(items(t, out), items(t, in)) {
			t.Error("a failure that changes items")
		}
		return
	}
	// kyaml is what kustomize and kpt read it with.
	if _, err := (&kio.ByteReader{Reader: bytes.NewReader(out)}).Read(); err != nil {
		t.Errorf("kyaml does not read it: %v", err)
	}
	var again, stderr2 bytes.Buffer
	if exit := Run(bytes.NewReader(out), &again, &stderr2); exit != 0 || !bytes.Equal(again.Bytes(), out) {
		t.Errorf("a second run ends with %d: %s\n%s", exit, stderr2.String(), again.String())
	}
}

// items gives a list's items, decoded.
func items(t *testing.T, list []byte) any {
	t.Helper()
	doc, err := parseItems(list)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root().Get("items").Value()
}

func TestArguments(t *testing.T) {
	for args, want := range map[string]int{"--help": 0, "--version": 0, "intent.yaml": 2} {
		var out, stderr bytes.Buffer
		if exit := Main([]string{args}, strings.NewReader(""), &out, &stderr); exit != want || out.Len()+stderr.Len() == 0 {
			t.Errorf("%s: exit %d, %q, %q", args, exit, out.String(), stderr.String())
		}
	}
}

// FuzzRun holds that nothing makes the function panic, that a failure says why,
// and that what comes out can be read again.
func FuzzRun(f *testing.F) {
	names, err := filepath.Glob("testdata/*/in.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		in, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var out, stderr bytes.Buffer
		if exit := Run(bytes.NewReader(in), &out, &stderr); exit != 0 && stderr.Len() == 0 {
			t.Fatal("a failure without a word")
		}
		if out.Len() > 0 {
			if _, err := parseItems(out.Bytes()); err != nil {
				t.Fatalf("%v in\n%s\nfrom\n%s", err, out.String(), in)
			}
		}
	})
}
