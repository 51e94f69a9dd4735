package fn

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"
)

// program is the function, built.
var program string

func TestMain(m *testing.M) { os.Exit(withProgram(m)) }

func withProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fn")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "kublr-encryption-fn")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/kublr-encryption-fn").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the function: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// example copies a package of examples/ and gives its folder.
func example(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("examples", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tool runs an orchestrator in a folder, with the function on PATH. A missing one
// skips the test.
func tool(t *testing.T, dir string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	path, lookErr := exec.LookPath(args[0])
	if lookErr != nil {
		t.Skipf("NEEDS: %s on PATH", args[0])
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"))
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	return out.String(), errOut.String(), err
}

func mustRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, stderr, err := tool(t, dir, args...)
	if err != nil {
		t.Fatalf("%q: %v\n%s%s", args, err, out, stderr)
	}
	return out
}

func golden(t *testing.T) *goldie.Goldie {
	t.Helper()
	return goldie.New(t, goldie.WithFixtureDir("testdata/e2e"), goldie.WithNameSuffix(""))
}

// TestKustomize builds the example, as transformer and as generator.
func TestKustomize(t *testing.T) {
	dir := example(t, "kustomize")
	if err := os.Symlink(program, filepath.Join(dir, "kublr-encryption-fn")); err != nil {
		t.Fatal(err)
	}
	out := mustRun(t, dir, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", ".")
	golden(t).Assert(t, "kustomize.yaml", []byte(out))

	replace(t, filepath.Join(dir, "cluster.yaml"), "region: us-east-1", "region: eu-west-1")
	_, stderr, err := tool(t, dir, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", ".")
	if err == nil || !strings.Contains(stderr, "stands in eu-west-1, but the intent's key is in us-east-1") {
		t.Errorf("a cluster in another region than the key: %v\n%s", err, stderr)
	}
}

// Test8ValidatorInKustomize holds that the example's validator fails a build in which
// nothing was set, and one without a cluster, and passes what is right.
func Test8ValidatorInKustomize(t *testing.T) {
	dir := example(t, "kustomize")
	if err := os.Symlink(program, filepath.Join(dir, "kublr-encryption-fn")); err != nil {
		t.Fatal(err)
	}
	build := []string{"kustomize", "build", "--enable-alpha-plugins", "--enable-exec", "."}
	right := mustRun(t, dir, build...)
	replace(t, filepath.Join(dir, "kustomization.yaml"), "transformers: [intent.yaml, verify.yaml] # in this order\ngenerators: [policies.yaml]", "transformers: [verify.yaml]")
	out, stderr, err := tool(t, dir, build...)
	if err == nil || !strings.Contains(stderr, "spec.master.locations[0].aws.rootVolume: has no encrypted") {
		t.Errorf("what is in the clear passes: %v\n%s%s", err, out, stderr)
	}
	if err := os.WriteFile(filepath.Join(dir, "cluster.yaml"), []byte(right), 0o644); err != nil {
		t.Fatal(err)
	}
	if again := mustRun(t, dir, build...); again != right {
		t.Errorf("a validator changes what is right to\n%s", again)
	}
	replace(t, filepath.Join(dir, "verify.yaml"), "kublr: {user: kublr}", "kublr: {user: kublr}\n  clusters: [other]")
	if out, stderr, err = tool(t, dir, build...); err == nil || !strings.Contains(stderr, "selects no Kublr cluster") {
		t.Errorf("no cluster passes: %v\n%s%s", err, out, stderr)
	}
}

// Test8ValidatorInKpt holds the same of kpt, which runs validators last and drops what
// they set.
func Test8ValidatorInKpt(t *testing.T) {
	render := []string{"kpt", "fn", "render", "--allow-exec", "."}
	mutator := "  mutators:\n    - exec: kublr-encryption-fn\n      configPath: intent.yaml\n"
	dir := example(t, "kpt")
	replace(t, filepath.Join(dir, "Kptfile"), mutator, "")
	before := read(t, dir, "cluster.yaml")
	out, stderr, err := tool(t, dir, render...)
	if err == nil || !strings.Contains(out+stderr, "spec.master.locations[0].aws.rootVolume: has no encrypted") {
		t.Errorf("what is in the clear passes: %v\n%s%s", err, out, stderr)
	}
	if after := read(t, dir, "cluster.yaml"); !bytes.Equal(after, before) {
		t.Errorf("a validator changed the cluster to\n%s", after)
	}

	replace(t, filepath.Join(dir, "verify.yaml"), "    kublr-encryption.github.io/mode: verify\n", "")
	out, stderr, err = tool(t, dir, render...)
	if err != nil || !strings.Contains(out+stderr, "values set: 8, in clusters: 1; a validator wants the annotation") {
		t.Errorf("a validator without its mode: %v\n%s%s", err, out, stderr)
	}

	dir = example(t, "kpt")
	_, stderr, err = tool(t, dir, "kpt", "fn", "eval", ".", "--exec", program, "--", "mode=verify",
		"account=111122223333", "key=arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "kublr.user=kublr")
	if err == nil || !strings.Contains(stderr, "has no encrypted") {
		t.Errorf("what is in the clear passes by arguments: %v\n%s", err, stderr)
	}
}

// TestKptRender renders the example; what the function does not change is what a
// function that changes nothing leaves.
func TestKptRender(t *testing.T) {
	dir := example(t, "kpt")
	mustRun(t, dir, "kpt", "fn", "render", "--allow-exec", ".")
	golden(t).Assert(t, "kpt-cluster.yaml", read(t, dir, "cluster.yaml"))
	golden(t).Assert(t, "kpt-policies.yaml", read(t, dir, "configmap_key-policies.yaml"))
	for _, name := range []string{"Kptfile", "intent.yaml", "verify.yaml"} {
		if before := read(t, "examples/kpt", name); !bytes.Equal(read(t, dir, name), before) {
			t.Errorf("%s changed to\n%s", name, read(t, dir, name))
		}
	}
	rendered := read(t, dir, "cluster.yaml")
	mustRun(t, dir, "kpt", "fn", "render", "--allow-exec", ".")
	if again := read(t, dir, "cluster.yaml"); !bytes.Equal(again, rendered) {
		t.Errorf("rendered again\n%s", again)
	}
}

// TestKptEval runs the function once: on a good package, and on one with a
// mistake, of which nothing is changed and the first lines tell.
func TestKptEval(t *testing.T) {
	dir := example(t, "kpt")
	mustRun(t, dir, "kpt", "fn", "eval", ".", "--exec", program, "--fn-config", "intent.yaml")
	golden(t).Assert(t, "kpt-cluster.yaml", read(t, dir, "cluster.yaml"))

	// What is wrong with the file of others is theirs, and no failure of ours. (What
	// becomes of it is kpt's doing, which reads it before us.)
	dir = example(t, "kpt")
	shop := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop\ndata:\n  open: \"9\"\n  open: \"10\"\n"
	if err := os.WriteFile(filepath.Join(dir, "shop.yaml"), []byte(shop), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, dir, "kpt", "fn", "eval", ".", "--exec", program, "--fn-config", "intent.yaml")
	golden(t).Assert(t, "kpt-cluster.yaml", read(t, dir, "cluster.yaml"))

	dir = example(t, "kpt")
	replace(t, filepath.Join(dir, "cluster.yaml"), "rootVolume: {size: 40}", "rootVolume: gp2")
	before := read(t, dir, "cluster.yaml")
	out, stderr, err := tool(t, dir, "kpt", "fn", "eval", ".", "--exec", program, "--fn-config", "intent.yaml")
	if err == nil {
		t.Errorf("a mistake passed:\n%s%s", out, stderr)
	}
	for _, want := range []string{"cluster.yaml: spec.master.locations[0].aws.rootVolume: is a scalar where a mapping is needed", "[error]"} {
		if !strings.Contains(out+stderr, want) {
			t.Errorf("no %q in\n%s%s", want, out, stderr)
		}
	}
	if after := read(t, dir, "cluster.yaml"); !bytes.Equal(after, before) {
		t.Errorf("a failure changed the cluster to\n%s", after)
	}
}

// TestKptEvalArguments passes the simple fields as arguments, which kpt makes a
// ConfigMap of.
func TestKptEvalArguments(t *testing.T) {
	dir := example(t, "kpt")
	mustRun(t, dir, "kpt", "fn", "eval", ".", "--exec", program, "--",
		"account=111122223333", "key=arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "kublr.user=kublr")
	golden(t).Assert(t, "kpt-cluster.yaml", read(t, dir, "cluster.yaml"))
}

// TestKptSourceSink takes the way for specs without apiVersion.
func TestKptSourceSink(t *testing.T) {
	dir := example(t, "kpt")
	replace(t, filepath.Join(dir, "cluster.yaml"), "apiVersion: kublr.com/v1\n", "")
	list := mustRun(t, dir, "kpt", "fn", "source", ".", "--fn-config", "intent.yaml")
	var out, stderr bytes.Buffer
	if exit := Run(strings.NewReader(list), &out, &stderr); exit != 0 {
		t.Fatal(exit, stderr.String())
	}
	cmd := exec.Command("kpt", "fn", "sink", "out")
	cmd.Dir, cmd.Stdin = dir, &out
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := bytes.Replace(read(t, "testdata/e2e", "kpt-cluster.yaml"), []byte("apiVersion: kublr.com/v1\n"), nil, 1)
	if got := read(t, filepath.Join(dir, "out"), "cluster.yaml"); !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func replace(t *testing.T, name, old, new string) {
	t.Helper()
	text := read(t, filepath.Dir(name), filepath.Base(name))
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("no %q in %s", old, name)
	}
	if err := os.WriteFile(name, bytes.ReplaceAll(text, []byte(old), []byte(new)), 0o644); err != nil {
		t.Fatal(err)
	}
}
