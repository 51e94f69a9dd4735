package kublrencryption

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-jsonnet"
)

const simple = `{
	"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": {"name": "x"},
	"spec": {"account": "111122223333", "key": "alias/kublr-ebs", "kublr": {"user": "kublr"}}
}`

const cluster = `{
	"kind": "Cluster", "metadata": {"name": "a"},
	"spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}], "nodes": [{"locations": [{"aws": {}}]}]}
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

func TestApply(t *testing.T) {
	out, err := Apply([]byte(simple), []byte(cluster))
	if err != nil || !bytes.Contains(out, []byte(`"kmsKeyId": "alias/kublr-ebs"`)) {
		t.Errorf("applied: %s %v", out, err)
	}
}

func TestUserErrorsAreNoInternalErrors(t *testing.T) {
	_, err := Apply([]byte(`{}`), []byte(cluster))
	var mistake *UserError
	if !errors.As(err, &mistake) || !strings.Contains(mistake.Message, "kublr-encryption: spec: is missing") {
		t.Errorf("got %v", err)
	}
}

func TestInternalErrorsSaySo(t *testing.T) {
	_, err := evaluate("nothing")
	if err == nil || !strings.Contains(err.Error(), "internal error in nothing, please report it: ") || !strings.Contains(err.Error(), "\n\tentry.jsonnet:") {
		t.Errorf("got %v", err)
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
	node, err := program()
	if err != nil {
		b.Fatal(err)
	}
	input, err := json.Marshal([]any{json.RawMessage(simple)})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		vm := machines.New().(*jsonnet.VM)
		vm.TLAVar("call", "plan")
		vm.TLAVar("args", string(input))
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
