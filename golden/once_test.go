package golden

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestOneEvaluation holds that a run evaluates the library once for an intent,
// wherever its regions come from. The programs are built to count what they run.
func TestOneEvaluation(t *testing.T) {
	counting := t.TempDir()
	// Without its main package a program does not write down what it counted.
	build := exec.Command("go", "build", "-covermode=atomic", "-coverpkg="+module+"jsonnet/kublr-encryption,"+module+"cmd/...", "-o", counting+"/", "../cmd/...")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	intent, in := filepath.Join("policy-regions", "intent.yaml"), filepath.Join("override-region", "in")
	regionless := filepath.Join("override-region", "intent.yaml")
	list := `{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "functionConfig": {
		"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": {"name": "x"},
		"spec": {"account": "111122223333", "key": "alias/a", "kublr": {"user": "kublr"}, "policy": {"configMap": "policies"}}},
		"items": [{"kind": "Cluster", "metadata": {"name": "a"}, "spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}]}}]}`
	policy, _ := pipe(t, "", []string{"kublr-encryption", "policy", "-f", regionless, in}, nil)
	for _, args := range [][]string{
		{"kublr-encryption", "apply", "--check", "-f", regionless, in},
		{"kublr-encryption", "verify", "-f", regionless, in},
		{"kublr-encryption", "policy", "-f", regionless, in},
		{"kublr-encryption", "policy", "-f", intent},
		{"kublr-encryption", "policy", "check", "-f", regionless, "-"},
		{"kublr-encryption", "policy", "merge", "-f", intent, "-"},
		{"kublr-encryption", "expand", "-f", regionless, in},
		{"kublr-encryption-fn"},
	} {
		input := string(policy)
		if len(args) == 1 {
			input = list
		}
		if got := evaluations(t, counting, args, input); got != 1 {
			t.Errorf("%s evaluates the library %d times", strings.Join(args, " "), got)
		}
	}
}

// evaluations counts how often a run comes to the end of the function that
// evaluates.
func evaluations(t *testing.T, dir string, args []string, input string) int {
	t.Helper()
	counts := t.TempDir()
	run := exec.Command(filepath.Join(dir, args[0]), args[1:]...)
	run.Env = append(os.Environ(), "GOCOVERDIR="+counts)
	run.Stdin = strings.NewReader(input)
	run.Run() //nolint:errcheck // findings end it with 1
	profile := filepath.Join(counts, "profile")
	if out, err := exec.Command("go", "tool", "covdata", "textfmt", "-i="+counts, "-o="+profile).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	src, err := os.ReadFile("../jsonnet/kublr-encryption/embed.go")
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(src), "vm.Evaluate(node)")
	line := strings.Count(before, "\n") + 1
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.Lines(string(text)) {
		place, count, ok := strings.Cut(strings.TrimSpace(block), " ")
		_, span, isOurs := strings.Cut(place, "kublr-encryption/embed.go:")
		first, last, _ := strings.Cut(span, ",")
		if ok && isOurs && lineOf(t, first) <= line && line <= lineOf(t, last) {
			return lineOf(t, strings.Fields(count)[1])
		}
	}
	t.Fatalf("%s: line %d of embed.go is not among what was counted", args, line)
	return 0
}

// lineOf gives the number that a text begins with.
func lineOf(t *testing.T, s string) int {
	t.Helper()
	number, _, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
