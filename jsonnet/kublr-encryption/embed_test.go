package kublrencryption

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
		if !bytes.Contains(version, []byte("Go implementation")) { // which is the first engine
			return name
		}
		err = errors.New("it is the one in Go")
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("needs jsonnet in C++: %v (apt-get install jsonnet)", err)
	}
	t.Skipf("needs jsonnet in C++: %v (apt-get install jsonnet)", err)
	return ""
}

const cluster = `{
	"kind": "Cluster", "metadata": {"name": "a"},
	"spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}], "nodes": [{"locations": [{"aws": {}}]}]}
}`

// Test9NoCluster holds that what takes a cluster says what it was given when that is
// none, and that the mixin is not lost in silence.
func Test9NoCluster(t *testing.T) {
	for call, want := range map[string]string{
		"enc.apply(intent, [cluster])":                                              "the cluster: is a list, and no Kublr cluster; apply, mixin and gaps take one cluster",
		"enc.apply(intent, 'prod.yaml')":                                            "the cluster: is string,",
		"enc.apply(intent, null)":                                                   "the cluster: is null,",
		"enc.apply(intent, {spec: cluster.spec})":                                   "the cluster: is an object without kind,",
		"enc.gaps(intent, {kind: 'Secret'})":                                        "the cluster: is an object of kind Secret,",
		"enc.gaps(intent, {kind: 'Cluster', spec: {topology: {}}})":                 "the cluster: is a Cluster of another project's shape,",
		"{kind: 'Deployment', spec: {}} + enc.mixin(intent)":                        "the cluster: is an object of kind Deployment,",
		"enc.applyAll(intent, [cluster, 1])":                                        "[1]: is number,",
		"enc.applyAll(intent, {a: cluster, b: [cluster]})":                          "b: is a list,",
		"enc.applyAll(intent, cluster)":                                             "is string, and no Kublr cluster",
		"enc.applyAll(intent, 'x')":                                                 "the cluster: is string,",
		"enc.applyAll(intent, [cluster + {spec+: {nodes: 1}}])":                     "[0].spec.nodes: ",
		"enc.mixin(intent) + cluster":                                               "the cluster: is not what the mixin was added to",
		"enc.mixin(intent) + {spec+: cluster.spec, kind: cluster.kind}":             "the cluster: is not what the mixin was added to",
		"cluster + enc.mixin(intent) + {metadata+: {space: 'a'}} + {spec+: {x: 1}}": "",
	} {
		snippet := "local enc = import 'main.libsonnet', intent = " + simple + ", cluster = " + cluster + "; " + call
		_, err := jsonnet.MakeVM().EvaluateAnonymousSnippet("test.jsonnet", snippet)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v", call, err)
		}
	}
}

// Test9README runs the README's Jsonnet, with each of its ways to get an intent, as a
// user who vendors the library would, on every engine that is here.
func Test9README(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, found := range regexp.MustCompile("(?s)```jsonnet\n(.*?)```").FindAllSubmatch(readme, -1) {
		blocks = append(blocks, string(found[1]))
	}
	given, use, ok := strings.Cut(blocks[0], "\nenc.apply(")
	library, made, isMade := strings.Cut(given, "local intent =")
	if len(blocks) != 2 || !ok || !isMade {
		t.Fatal("the README is not as this test takes it to be", blocks)
	}
	ways := []string{strings.TrimSuffix(strings.TrimSpace(made), ";")}
	for _, found := range regexp.MustCompile("`((?:std\\.parseYaml\\(importstr|import) 'intent[^`]*)`").FindAllSubmatch(readme, -1) {
		ways = append(ways, string(found[1]))
	}
	if len(ways) != 3 {
		t.Fatalf("the README has %d ways to get an intent: %q", len(ways), ways)
	}
	vendor := t.TempDir()
	if err := os.CopyFS(filepath.Join(vendor, "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"), os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name)
	}
	write("cluster.json", cluster)
	intent := strings.Replace(simple, `"name": "x"`, `"name": "production"`, 1)
	write("intent.json", intent)
	write("intent.yaml", "apiVersion: kublr-encryption.github.io/v1alpha1\nkind: EncryptionIntent\nmetadata:\n  name: production\nspec:\n  account: \"111122223333\"\n  key: alias/kublr-ebs\n  kublr: {user: kublr}\n")
	engines := map[string]func(name string) (string, error){"Go": func(name string) (string, error) {
		vm := jsonnet.MakeVM()
		vm.Importer(&jsonnet.FileImporter{JPaths: []string{vendor}})
		return vm.EvaluateFile(name)
	}}
	if name, err := exec.LookPath("jsonnet"); err == nil {
		engines["jsonnet on PATH"] = func(file string) (string, error) {
			out, err := exec.Command(name, "-J", vendor, file).CombinedOutput()
			return string(out), err
		}
	}
	for i, way := range ways {
		head := library + "local intent = " + way + ";\n"
		texts := []string{head + "enc.apply(" + use}
		if i == 0 { // what mixin does hangs on no way
			texts = append(texts, head+"local cluster = import 'cluster.json';\n"+blocks[1])
		}
		for n, text := range texts {
			name := write(fmt.Sprintf("%d-%d.jsonnet", i, n), text)
			for engine, run := range engines {
				out, err := run(name)
				if engine != "Go" && strings.Contains(way, "parseYaml") && strings.Contains(out, "spec.account: must be a string, got number") {
					continue // as the README says
				}
				if err != nil || !strings.Contains(out, `"kmsKeyId": "alias/kublr-ebs"`) {
					t.Errorf("%s: %v\n%s\n%s", engine, err, out, text)
				}
			}
		}
	}
}
