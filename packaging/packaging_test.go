// Package packaging has what brings kublr-encryption to where it is used, and holds
// that it works there.
package packaging

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

var bin string // folder of the built program

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "packaging")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = dir
	if out, err := exec.Command("go", "build", "-o", dir+"/", "../cmd/kublr-encryption").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// root gives the folder of the tree.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// tool gives the path of a program that make needs installs.
func tool(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(root(t), ".tools", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("NEEDS: %s, which make needs installs", filepath.Base(name))
	}
	return path
}

// run runs a command in a folder, and gives what it prints and its exit code.
func run(t *testing.T, dir string, env []string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func mustRun(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	out, code := run(t, dir, env, args...)
	if code != 0 {
		t.Fatalf("%q: exit code %d\n%s", args, code, out)
	}
	return out
}

// checkout gives a git repository with the clusters and the intent of examples/.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../examples")); err != nil {
		t.Fatal(err)
	}
	commit(t, dir)
	return dir
}

// commit makes a repository of a folder, or commits all that changed in it.
func commit(t *testing.T, dir string) {
	t.Helper()
	mustRun(t, dir, nil, "git", "init", "-q")
	mustRun(t, dir, nil, "git", "add", "-A")
	mustRun(t, dir, nil, "git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a")
}

// encrypt makes the clusters of a checkout what the intent asks for.
func encrypt(t *testing.T, dir string) {
	t.Helper()
	mustRun(t, dir, nil, filepath.Join(bin, "kublr-encryption"), "apply", "-f", "intent.yaml", "clusters")
}

// TestHooks runs the hooks by pre-commit, which builds them of the tree as it is
// committed: a commit without clusters passes them by, unencrypted clusters do not
// pass, encrypted ones do.
func TestHooks(t *testing.T) {
	preCommit := tool(t, "checkers/bin/pre-commit")
	mustRun(t, root(t), nil, preCommit, "validate-manifest", ".pre-commit-hooks.yaml")

	hooks := t.TempDir()
	copyTree(t, hooks)
	commit(t, hooks)
	dir := checkout(t)
	config := fmt.Sprintf("repos:\n- repo: %s\n  rev: %s\n  hooks: [{id: kublr-encryption-verify}, {id: kublr-encryption-check, args: [-f, intent.yaml, clusters]}]\n",
		hooks, strings.TrimSpace(mustRun(t, hooks, nil, "git", "rev-parse", "HEAD")))
	write(t, filepath.Join(dir, ".pre-commit-config.yaml"), config)
	commit(t, dir)

	// pre-commit gives go a GOPATH of its own; what is downloaded and built is taken from here.
	cache := strings.TrimSpace(mustRun(t, dir, nil, "go", "env", "GOMODCACHE"))
	env := []string{"PRE_COMMIT_HOME=" + t.TempDir(), "GOMODCACHE=" + cache, "GOFLAGS=-trimpath -buildvcs=false"}
	out, code := run(t, dir, env, preCommit, "run", "--all-files", "--color=never")
	for _, want := range []string{"kublr-encryption-verify", "kublr-encryption-check", "- exit code: 1", "error: clusters/prod-east.yaml:", "[not-encrypted]", "would set 17 values in 2 files"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code == 0 || strings.Count(out, "Failed") != 2 {
		t.Errorf("unencrypted clusters: exit code %d\n%s", code, out)
	}

	encrypt(t, dir)
	mustRun(t, dir, nil, "git", "add", "-A")
	if out := mustRun(t, dir, env, preCommit, "run", "--color=never"); strings.Count(out, "Passed") != 2 {
		t.Errorf("encrypted clusters:\n%s", out)
	}
	commit(t, dir)
	write(t, filepath.Join(dir, "notes.txt"), "nothing of ours\n")
	mustRun(t, dir, nil, "git", "add", "-A")
	if out := mustRun(t, dir, env, preCommit, "run", "--color=never"); strings.Count(out, "Skipped") != 2 {
		t.Errorf("a commit of other files:\n%s", out)
	}
}

// TestSchemas holds what we offer to code hosts against their schemas.
func TestSchemas(t *testing.T) {
	check := tool(t, "checkers/bin/check-jsonschema")
	for schema, files := range map[string][]string{
		"vendor.github-actions":   {"action.yml"},
		"vendor.github-workflows": append(workflows(t), "packaging/ci/github.yaml"),
		"vendor.gitlab-ci":        {"packaging/ci/gitlab.yaml"},
	} {
		mustRun(t, root(t), nil, append([]string{check, "--builtin-schema", schema}, files...)...)
	}
}

func workflows(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../.github/workflows/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no workflows", err)
	}
	for i, file := range files {
		files[i] = strings.TrimPrefix(file, "../")
	}
	return files
}

// TestWorkflows lints our workflows, and the one that uses the action with the
// action beside it, since of others' actions inputs are not known.
func TestWorkflows(t *testing.T) {
	lint := []string{tool(t, "actionlint"), "-shellcheck=", "-pyflakes="}
	mustRun(t, root(t), nil, append(lint, workflows(t)...)...)

	dir := t.TempDir()
	text := string(read(t, "ci/github.yaml"))
	const action = "uses: kublr-encryption/kublr-encryption@main"
	if !strings.Contains(text, action) {
		t.Fatalf("packaging/ci/github.yaml does not say %s", action)
	}
	workflow := filepath.Join(dir, ".github/workflows/encryption.yaml")
	write(t, workflow, strings.Replace(text, action, "uses: ./", 1))
	write(t, filepath.Join(dir, "action.yml"), string(read(t, "../action.yml")))
	commit(t, dir)
	mustRun(t, dir, nil, append(lint, workflow)...)
	write(t, workflow, strings.NewReplacer(action, "uses: ./", "          intent:", "          intents:").Replace(text))
	if out, code := run(t, dir, nil, append(lint, workflow)...); code == 0 || !strings.Contains(out, `input "intents" is not defined`) {
		t.Errorf("an input that the action has not: exit code %d\n%s", code, out)
	}
}

// A step is what of an action's step we run.
type step struct {
	Env map[string]string
	Run string
}

// TestAction runs the action's own steps as a runner does.
func TestAction(t *testing.T) {
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct{ Steps []step }
	}
	if err := yaml.Unmarshal(read(t, "../action.yml"), &action); err != nil {
		t.Fatal(err)
	}
	dir := checkout(t)
	act := func(inputs map[string]string) (string, int) {
		temp := t.TempDir()
		var all string
		for _, s := range action.Runs.Steps {
			env := []string{"GITHUB_ACTION_PATH=" + root(t), "RUNNER_TEMP=" + temp}
			for name, value := range s.Env {
				if input, ok := strings.CutPrefix(value, "${{ inputs."); ok {
					input = strings.TrimSuffix(input, " }}")
					value = action.Inputs[input].Default
					if given, ok := inputs[input]; ok {
						value = given
					}
				}
				env = append(env, name+"="+value)
			}
			out, code := run(t, dir, env, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
			all += out
			if code != 0 {
				return all, code
			}
		}
		return all, 0
	}

	out, code := act(map[string]string{"sarif": "out.sarif", "paths": "clusters\n"})
	if code != 1 || !strings.Contains(out, "::error file=clusters/prod-east.yaml,") {
		t.Errorf("unencrypted clusters: exit code %d\n%s", code, out)
	}
	if sarif := read(t, filepath.Join(dir, "out.sarif")); !bytes.Contains(sarif, []byte(`"clusters/prod-east.yaml"`)) {
		t.Errorf("SARIF is\n%s", sarif)
	}
	if out, code := act(map[string]string{"intent": "none.yaml"}); code != 3 {
		t.Errorf("no intent: exit code %d\n%s", code, out)
	}
	encrypt(t, dir)
	if out, code := act(map[string]string{"base": "HEAD"}); code != 0 {
		t.Errorf("encrypted clusters: exit code %d\n%s", code, out)
	}
}

// TestGitLab runs the job's script, with the program in place of what it installs.
func TestGitLab(t *testing.T) {
	var pipeline map[string]struct {
		Variables    map[string]string
		BeforeScript []string `json:"before_script"`
		Script       []string
	}
	if err := yaml.Unmarshal(read(t, "ci/gitlab.yaml"), &pipeline); err != nil {
		t.Fatal(err)
	}
	job := pipeline["kublr-encryption"]
	if len(job.BeforeScript) != 1 || !strings.Contains(job.BeforeScript[0], "go install ") {
		t.Fatalf("before the script it does %q", job.BeforeScript)
	}
	dir := checkout(t)
	act := func(more ...string) (string, int) {
		env := append([]string{"PATH=" + bin + ":" + os.Getenv("PATH")}, more...)
		for name, value := range job.Variables {
			env = append(env, name+"="+value)
		}
		return run(t, dir, env, "bash", "-eo", "pipefail", "-c", strings.Join(job.Script, "\n"))
	}
	if out, code := act(); code != 1 {
		t.Errorf("unencrypted clusters: exit code %d\n%s", code, out)
	}
	if xml := read(t, filepath.Join(dir, "encryption.xml")); !bytes.Contains(xml, []byte("<failure ")) {
		t.Errorf("JUnit is\n%s", xml)
	}
	encrypt(t, dir)
	if out, code := act("CI_MERGE_REQUEST_DIFF_BASE_SHA=HEAD"); code != 0 {
		t.Errorf("encrypted clusters: exit code %d\n%s", code, out)
	}
	if out, code := act("CI_MERGE_REQUEST_DIFF_BASE_SHA=0123456789"); code != 3 {
		t.Errorf("a base that is not there: exit code %d\n%s", code, out)
	}
}

// copyTree copies the files of the tree that git has or would take.
func copyTree(t *testing.T, to string) {
	t.Helper()
	names := mustRun(t, root(t), nil, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(strings.TrimSuffix(names, "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join("..", name))
		if os.IsNotExist(err) { // removed, and git does not know yet
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, name), string(text))
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, name, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(name), 0o777)
	if err == nil {
		err = os.WriteFile(name, []byte(text), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}
