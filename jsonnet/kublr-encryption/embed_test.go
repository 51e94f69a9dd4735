package kublrencryption

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-jsonnet"
	"github.com/kublr-encryption/kublr-encryption/internal/program"
	"github.com/sebdah/goldie/v2"
	"sigs.k8s.io/yaml"
)

const simple = `{
	"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": {"name": "x"},
	"spec": {"account": "111122223333", "key": "alias/kublr-ebs", "kublr": {"user": "kublr"}}
}`

func TestPlan(t *testing.T) {
	out, err := Plan([]byte(simple))
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Kinds  []struct{ Rules []any }
		Policy struct {
			Keys []struct{ Key, Region string }
		}
	}
	if err := json.Unmarshal(out, &plan); err != nil {
		t.Fatal(err)
	}
	if len(plan.Kinds) != 4 || len(plan.Policy.Keys) != 1 || plan.Policy.Keys[0].Region != "*" {
		t.Errorf("got %d kinds and keys %v", len(plan.Kinds), plan.Policy.Keys)
	}
}

func TestTheBuiltInProgramIsTheLibrary(t *testing.T) {
	node, err := program.Link(os.ReadFile, "entry.jsonnet")
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := program.Encode(node)
	if err != nil {
		t.Fatal(err)
	}
	goldie.New(t, goldie.WithFixtureDir("."), goldie.WithNameSuffix(".bin"), goldie.WithDiffFn(func(string, string) string {
		return "program.bin is of another library: run go generate"
	})).Assert(t, "program", encoded)
}

// TestTheBuiltInProgramDoesAsTheSources expands every intent of the golden cases from
// both, and gives both the same mistakes.
func TestTheBuiltInProgramDoesAsTheSources(t *testing.T) {
	intents, err := filepath.Glob("../../golden/*/*.yaml")
	if err != nil || len(intents) < 50 {
		t.Fatalf("%d files, %v", len(intents), err)
	}
	sources := jsonnet.MakeVM()
	entry, _, err := sources.ImportAST("", "entry.jsonnet")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, name := range intents {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		intent, err := yaml.YAMLToJSON(text)
		if err != nil {
			continue // not one document
		}
		sources.TLAVar("intent", string(intent))
		want, err := sources.Evaluate(entry)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := Plan(intent); err != nil || string(got) != want {
			t.Errorf("%s: another plan, or %v", name, err)
		}
		compared++
	}
	if compared < 50 {
		t.Errorf("%d intents were compared", compared)
	}
}

func TestPlanIsSafeForConcurrentUse(t *testing.T) {
	want, err := Plan([]byte(simple))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				if got, err := Plan([]byte(simple)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("another plan, or %v", err)
				}
			}
		})
	}
	group.Wait()
}

func TestInternalErrorsSaySo(t *testing.T) {
	files := map[string]string{"entry.jsonnet": "function(intent) error 'at odds'"}
	node, err := program.Link(func(name string) ([]byte, error) { return []byte(files[name]), nil }, "entry.jsonnet")
	if err != nil {
		t.Fatal(err)
	}
	vm := jsonnet.MakeVM()
	vm.TLAVar("intent", "{}")
	_, err = vm.Evaluate(node)
	if got := internal(err).Error(); !strings.HasPrefix(got, "internal error in the library, please report it: at odds\n") || !strings.Contains(got, "\n\tentry.jsonnet:1:18-") {
		t.Errorf("got %v", got)
	}
	if _, err := Plan([]byte("{")); err == nil || strings.Contains(err.Error(), "internal") {
		t.Errorf("broken JSON: got %v", err)
	}
}

// FuzzPlan holds that no intent, however wrong, makes the library fail.
func FuzzPlan(f *testing.F) {
	for _, seed := range []string{simple, `null`, `[]`, `{"spec":{"overrides":[{"match":{"region":"*"},"key":{"us-east-1":""}},1]}}`, `{"spec":{"policy":{"spot":1},"key":"arn:a:b:c:d:e"}}`, `{"spec":{"clusters":[""],"regions":[""],"overrides":[{"match":{"cluster":"a","region":"us-*"},"mode":"plain"}]}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, intent string) {
		if !json.Valid([]byte(intent)) {
			t.Skip("no JSON")
		}
		if _, err := Plan([]byte(intent)); err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkFirstPlan is what a process pays that expands one intent.
func BenchmarkFirstPlan(b *testing.B) {
	for b.Loop() {
		node, err := program.Decode(built)
		if err != nil {
			b.Fatal(err)
		}
		vm := jsonnet.MakeVM()
		vm.TLAVar("intent", simple)
		if _, err := vm.Evaluate(node); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNextPlan(b *testing.B) {
	for b.Loop() {
		if _, err := Plan([]byte(simple)); err != nil {
			b.Fatal(err)
		}
	}
}

// secondEngine gives the path of Jsonnet in C++ 0.18, the oldest engine that the
// library is for. Without it a test skips; CI=true makes that a failure.
func secondEngine(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("jsonnet")
	if err == nil {
		version, _ := exec.Command(name, "--version").Output()
		if bytes.Contains(version, []byte("v0.18")) {
			return name
		}
		err = errors.New(strings.TrimSpace(string(version)) + " is another version")
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("needs jsonnet 0.18: %v (apt-get install jsonnet)", err)
	}
	t.Skipf("needs jsonnet 0.18: %v (apt-get install jsonnet)", err)
	return ""
}
