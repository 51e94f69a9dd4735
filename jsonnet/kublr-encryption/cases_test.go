package kublrencryption

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-jsonnet"
	"github.com/sebdah/goldie/v2"
)

// TestJsonnet runs test/*_test.jsonnet, whose cases stand in the file.
func TestJsonnet(t *testing.T) {
	for _, name := range glob(t, "test/*_test.jsonnet") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			out, err := jsonnet.MakeVM().EvaluateFile(name)
			if err != nil {
				t.Fatal(err)
			}
			runCases(t, out)
		})
	}
}

func runCases(t *testing.T, out string) {
	t.Helper()
	var file struct {
		Cases []struct {
			Name string
			Test struct {
				Passed           bool
				Actual, Expected json.RawMessage
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Error("no cases")
	}
	for _, c := range file.Cases {
		if !c.Test.Passed {
			t.Errorf("%s: got\n%s\nwant\n%s", c.Name, c.Test.Actual, c.Test.Expected)
		}
	}
}

// TestExamples holds what each example prints.
func TestExamples(t *testing.T) {
	golden := goldie.New(t, goldie.WithFixtureDir("test/golden"), goldie.WithNameSuffix(".json"))
	for _, name := range glob(t, "examples/*.jsonnet") {
		out, err := jsonnet.MakeVM().EvaluateFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		golden.Assert(t, strings.TrimSuffix(filepath.Base(name), ".jsonnet"), []byte(out))
	}
}

// TestSecondEngine runs the same under Jsonnet in C++.
func TestSecondEngine(t *testing.T) {
	engine := secondEngine(t)
	for _, name := range append(glob(t, "examples/*.jsonnet"), glob(t, "test/*_test.jsonnet")...) {
		want, err := jsonnet.MakeVM().EvaluateFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(engine, name).Output()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if string(out) != want {
			t.Errorf("%s: jsonnet in C++ and in Go print different things", name)
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no files, %v", pattern, err)
	}
	return names
}
