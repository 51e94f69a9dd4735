// Package docs has what people read, and holds that it is so.
package docs

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// TestLinks holds that links to files of ours lead somewhere.
func TestLinks(t *testing.T) {
	for _, page := range tracked(t) {
		if filepath.Ext(page) != ".md" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range link.FindAllSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", filepath.Dir(page), string(to[1]))); err != nil {
				t.Errorf("%s links to %s: %v", page, to[1], err)
			}
		}
	}
}

// TestChanges holds that the changes CONTRIBUTING.md shows are what it takes:
// each is applied to a copy of the tree, and does there what its head says. What
// stands there behind $ succeeds, what behind ! fails, and prints what behind >.
func TestChanges(t *testing.T) {
	contributing, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	diffs, _ := filepath.Glob("changes/*.diff")
	if len(diffs) != 6 {
		t.Errorf("there are %d changes", len(diffs))
	}
	for _, diff := range diffs {
		t.Run(filepath.Base(diff), func(t *testing.T) {
			if !bytes.Contains(contributing, []byte("(docs/"+filepath.ToSlash(diff)+")")) {
				t.Error("CONTRIBUTING.md has no link to it")
			}
			text, err := os.ReadFile(diff)
			if err != nil {
				t.Fatal(err)
			}
			tree := copyOfTree(t)
			if said, ok := run(tree, bytes.NewReader(text), "git", "apply", "-"); !ok {
				t.Fatalf("make it anew: git apply --reject it, mend the rest, and put git diff -U1 below its head: %s", said)
			}
			head, _, _ := strings.Cut(string(text), "\ndiff --git ")
			said := ""
			for line := range strings.Lines(head) {
				mark, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
				switch mark {
				case "$", "!":
					var ok bool
					if said, ok = run(tree, nil, strings.Fields(rest)...); ok != (mark == "$") {
						t.Fatalf("%s: %s", rest, said)
					}
				case ">":
					if !strings.Contains(said, rest) {
						t.Errorf("%q is not in\n%s", rest, said)
					}
				}
			}
			if said == "" {
				t.Error("its head runs nothing")
			}
		})
	}
}

// run runs a command in a copy of the tree, and gives what it prints. It has the
// build cache of all copies: paths do not count.
func run(tree string, stdin io.Reader, args ...string) (string, bool) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stdin = tree, stdin
	cmd.Env = append(os.Environ(), "GOFLAGS=-trimpath -buildvcs=false -vet=off", "GIT_CEILING_DIRECTORIES="+filepath.Dir(tree))
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// tracked gives the files of the tree, also those that git does not know yet.
func tracked(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Skip("NEEDS: git, and a checkout")
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
}

func copyOfTree(t *testing.T) string {
	t.Helper()
	tree := t.TempDir()
	for _, name := range tracked(t) {
		text, err := os.ReadFile(filepath.Join("..", name))
		if errors.Is(err, fs.ErrNotExist) { // removed, and git does not know yet
			continue
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(tree, name)), 0o777)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(tree, name), text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return tree
}
