// Package golden runs the built programs over cases that are data, and compares
// what they print and write with files that a person has read.
//
// A case is a folder: intent.yaml and in/, the files it is held against. What
// the programs make of them lies beside: out/ has the files that changed, and
// apply.txt, verify.txt and policy.txt what each command printed and how it
// ended. `make golden` rewrites those; read `git diff golden` afterwards.
package golden

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"
)

var bin string // folder of the built programs

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "golden")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if out, err := exec.Command("go", "build", "-o", dir+"/", "../cmd/...").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the programs: %v\n%s", err, out)
		return 1
	}
	bin = dir
	return m.Run()
}

// cases gives the folders of all cases.
func cases(t *testing.T) []string {
	t.Helper()
	intents, err := filepath.Glob("*/intent.yaml")
	if err != nil || len(intents) == 0 {
		t.Fatal("no cases", err)
	}
	var names []string
	for _, intent := range intents {
		names = append(names, filepath.Dir(intent))
	}
	return names
}

func TestGolden(t *testing.T) {
	for _, name := range cases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(name)); err != nil {
				t.Fatal(err)
			}
			golden := goldie.New(t, goldie.WithFixtureDir(name), goldie.WithNameSuffix(""), goldie.WithDiffEngine(goldie.ColoredDiff))
			golden.Assert(t, "verify.txt", command(t, dir, "verify", "-f", "intent.yaml", "in"))
			golden.Assert(t, "policy.txt", command(t, dir, "policy", "-f", "intent.yaml", "in"))
			checkPolicy(t, dir)
			golden.Assert(t, "apply.txt", command(t, dir, "apply", "-f", "intent.yaml", "in"))
			compareFiles(t, golden, name, dir)

			again := command(t, dir, "apply", "--check", "-f", "intent.yaml", "in")
			if bytes.Contains(again, []byte("would set")) && !bytes.Contains(again, []byte("would set 0 values")) {
				t.Errorf("a second apply would change something:\n%s", again)
			}
		})
	}
}

var regionInPolicy = regexp.MustCompile(`"ec2\.([a-z0-9-]+)\.amazonaws\.com"`)

// checkPolicy holds that the policy of a case, if it has one, proves to be good.
func checkPolicy(t *testing.T, dir string) {
	t.Helper()
	policy, _ := pipe(t, dir, []string{"kublr-encryption", "policy", "-f", "intent.yaml", "in"}, nil)
	if len(policy) == 0 {
		return
	}
	args := []string{"kublr-encryption", "policy", "check", "-f", "intent.yaml", "-"}
	for _, region := range regionInPolicy.FindAllSubmatch(policy, -1) { // an intent may have keys for more
		args = append(args, "--region", string(region[1]))
	}
	if out, exit := pipe(t, dir, args, policy); exit != 0 {
		t.Errorf("the policy is found wanting:\n%s", out)
	}
}

// command runs the command line and gives all it printed and how it ended.
func command(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "kublr-encryption"), args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || strings.Contains(stderr.String(), "goroutine") {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return fmt.Appendf(nil, "$ kublr-encryption %s\n%s-- stderr --\n%s-- exit %d --\n",
		strings.Join(args, " "), stdout.Bytes(), stderr.Bytes(), cmd.ProcessState.ExitCode())
}

// compareFiles holds the files that changed against out/, and that out/ has no
// others.
func compareFiles(t *testing.T, golden *goldie.Goldie, name, dir string) {
	t.Helper()
	var changed []string
	err := fs.WalkDir(os.DirFS(filepath.Join(dir, "in")), ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		before, err := os.ReadFile(filepath.Join(name, "in", file))
		if err != nil {
			return fmt.Errorf("a file that was not there: %w", err)
		}
		after, err := os.ReadFile(filepath.Join(dir, "in", file))
		if err == nil && !bytes.Equal(before, after) {
			changed = append(changed, filepath.Join("out", file))
			golden.Assert(t, filepath.Join("out", file), after)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob(filepath.Join(name, "out", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range kept {
		if file, _ = filepath.Rel(name, file); !slices.Contains(changed, file) {
			t.Errorf("%s was not changed: remove it from the case", file)
		}
	}
}

// TestReadme holds that the README shows what the programs print.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	intent, err := os.ReadFile("../examples/intent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	diff, _ := pipe(t, "..", []string{"kublr-encryption", "apply", "--diff", "-f", "examples/intent.yaml", "examples"}, nil)
	policy, _ := pipe(t, "..", []string{"kublr-encryption", "policy", "-f", "examples/intent.yaml", "--region", "us-east-1"}, nil)
	for language, want := range map[string]string{"yaml": string(intent), "diff": string(diff), "json": string(policy)} {
		_, block, _ := strings.Cut(string(readme), "```"+language+"\n")
		block, _, _ = strings.Cut(block, "```")
		if block == "" || !strings.Contains(want, block) {
			t.Errorf("the README shows\n%s\nwhere the programs print\n%s", block, want)
		}
	}
}
