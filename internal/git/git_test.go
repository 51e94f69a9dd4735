package git

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ask runs git as a user does.
func ask(t *testing.T, folder string, args ...string) string {
	t.Helper()
	// Nothing is tidied up in the background while the folder is removed.
	cmd := exec.Command("git", append([]string{"-c", "gc.auto=0", "-c", "maintenance.auto=false"}, args...)...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// repository makes one with files in its first commit.
func repository(t *testing.T, files ...string) (root string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ask(t, root, "init", "-q")
	for _, name := range files {
		write(t, filepath.Join(root, name), "text of "+name+"\n")
	}
	commit(t, root)
	return root
}

func commit(t *testing.T, root string) {
	t.Helper()
	ask(t, root, "add", "-f", ".")
	ask(t, root, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "one")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// odd are names that git quotes, takes for patterns or for options.
var odd = []string{"a b.yaml", "-a.yaml", ":(top)a.yaml", "[a].yaml", "*.yaml", "\xff.yaml", "q\"\\\n.yaml", "é.yaml", "sub/a.yaml"}

func TestTree(t *testing.T) {
	root := repository(t, odd...)
	write(t, filepath.Join(root, "late.yaml"), "late\n")
	tree, err := OpenTree(context.Background(), root, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for _, name := range append(odd, odd...) {
		text, err := tree.Read(name)
		if want := "text of " + name + "\n"; string(text) != want || !tree.Has(name) || err != nil {
			t.Errorf("%q held %q, %v", name, text, err)
		}
		if !tree.IsText(name, text) || tree.IsText(name, append(text, '\n')) {
			t.Errorf("%q is taken for another text", name)
		}
	}
	if text, err := tree.Read("late.yaml"); text != nil || err != nil || tree.Has("late.yaml") {
		t.Errorf("a file that was not there: %q, %v", text, err)
	}
	if got := len(slices.Collect(tree.Paths())); got != len(odd) {
		t.Errorf("%d paths", got)
	}
}

func TestNoRevision(t *testing.T) {
	root := repository(t, "a.yaml")
	for _, revision := range []string{"nowhere", "", "-h", "--all", "HEAD:a.yaml", "HEAD^", "HEAD\nHEAD"} {
		if tree, err := OpenTree(context.Background(), root, revision); err == nil {
			tree.Close()
			t.Errorf("%q is a revision", revision)
		}
	}
}

// TestLeftOut holds that a clone that lacks something fetches nothing and says what
// to do, and that it is so.
func TestLeftOut(t *testing.T) {
	from := repository(t, "a.yaml")
	write(t, filepath.Join(from, "a.yaml"), "later\n")
	commit(t, from)
	ask(t, from, "config", "uploadpack.allowFilter", "true")
	shallow, partial := filepath.Join(t.TempDir(), "s"), filepath.Join(t.TempDir(), "p")
	ask(t, from, "clone", "-q", "--depth=1", "file://"+from, shallow)
	ask(t, from, "clone", "-q", "--filter=blob:none", "file://"+from, partial)
	if _, err := OpenTree(context.Background(), shallow, "HEAD^"); err == nil || !strings.Contains(err.Error(), "fetch --unshallow") {
		t.Errorf("in a shallow clone: %v", err)
	}
	ask(t, shallow, "fetch", "-q", "--unshallow")
	read := func(root string) (string, error) {
		tree, err := OpenTree(context.Background(), root, "HEAD^")
		if err != nil {
			return "", err
		}
		defer tree.Close()
		text, err := tree.Read("a.yaml")
		return string(text), err
	}
	if text, err := read(shallow); text != "text of a.yaml\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := read(partial); err == nil || !strings.Contains(err.Error(), "fetch --refetch --no-filter") {
		t.Errorf("in a partial clone: %q, %v", text, err)
	}
	ask(t, partial, "fetch", "-q", "--refetch", "--no-filter")
	if text, err := read(partial); text != "text of a.yaml\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

func TestIgnored(t *testing.T) {
	root := repository(t, append([]string{"kept.yaml"}, odd...)...)
	write(t, filepath.Join(root, ".gitignore"), "*.yaml\n!not.yaml\nbuild/\n")
	paths := append([]string{"kept.yaml", "new.yaml", "not.yaml", "build/a.json", "sub/\xfe.yaml", ":(top)b.yaml", "[b].yaml"}, odd...)
	got, err := Ignored(context.Background(), root, paths)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		want := slices.Contains([]string{"new.yaml", "build/a.json", "sub/\xfe.yaml", ":(top)b.yaml", "[b].yaml"}, path)
		if got[path] != want {
			t.Errorf("%q is ignored: %t, want %t", path, got[path], want)
		}
	}
	if got, err := Ignored(context.Background(), root, []string{"kept.yaml"}); len(got) != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestRoots(t *testing.T) {
	root := repository(t, "a/b/c.yaml")
	inner := filepath.Join(root, "a", "inner")
	ask(t, root, "init", "-q", inner)
	linked := filepath.Join(t.TempDir(), "linked")
	ask(t, root, "worktree", "add", "-q", linked)
	roots := Roots{}
	for folder, want := range map[string]string{
		root: root, filepath.Join(root, "a", "b"): root, inner: inner, filepath.Join(inner, "x"): inner,
		filepath.Join(linked, "a"): linked, filepath.Dir(root): "",
	} {
		if got := roots.Of(folder); got != want {
			t.Errorf("the root of %s is %q, want %q", folder, got, want)
		}
	}
}

// programs are the settings by which a repository names programs.
var programs = []string{
	"core.fsmonitor", "core.sshCommand", "core.gitProxy", "core.askPass", "core.pager", "core.editor", "core.alternateRefsCommand",
	"pager.ls-tree", "pager.cat-file", "pager.check-ignore", "credential.helper", "diff.external", "diff.x.textconv", "diff.x.command",
	"filter.x.clean", "filter.x.smudge", "filter.x.process", "gpg.program", "remote.origin.uploadpack", "remote.origin.vcs",
	"alias.ls-tree", "alias.cat-file", "uploadpack.packObjectsHook", "sequence.editor", "merge.x.driver", "trailer.x.command", "trace2.eventTarget",
}

// TestNoProgramIsRun names a program in all of them, and in every hook, and lacks an
// object: none is run.
func TestNoProgramIsRun(t *testing.T) {
	root := repository(t, "a.yaml", "b.yaml")
	ran := filepath.Join(t.TempDir(), "ran")
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, fmt.Appendf(nil, "#!/bin/sh\necho \"$0 $*\" >>'%s'\n", ran), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, setting := range programs {
		ask(t, root, "config", setting, program)
	}
	write(t, filepath.Join(root, ".gitattributes"), "* filter=x diff=x merge=x\n")
	for _, hook := range []string{"post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc", "post-checkout"} {
		if err := os.Symlink(program, filepath.Join(root, ".git", "hooks", hook)); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, root, "config", "extensions.partialClone", "origin")
	ask(t, root, "config", "core.repositoryFormatVersion", "1")
	ask(t, root, "config", "remote.origin.promisor", "true")
	ask(t, root, "config", "protocol.allow", "always")
	ask(t, root, "config", "protocol.ext.allow", "always")
	ask(t, root, "config", "remote.origin.url", "ext::"+program)
	object := ask(t, root, "rev-parse", "HEAD:a.yaml")
	if err := os.Remove(filepath.Join(root, ".git", "objects", object[:2], object[2:])); err != nil {
		t.Fatal(err)
	}
	os.Remove(ran) // of asking as a user does
	ctx := context.Background()
	tree, err := OpenTree(ctx, root, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if _, err := tree.Read("a.yaml"); err == nil {
		t.Error("an object that is not there was read")
	}
	if _, err := Ignored(ctx, root, []string{"a.yaml", "new.yaml"}); err != nil {
		t.Error(err)
	}
	if told, err := os.ReadFile(ran); err == nil {
		t.Errorf("a program was run:\n%s", told)
	}
	// The trap works: with its fetching a user runs the program.
	cmd := exec.Command("git", "cat-file", "blob", object)
	cmd.Dir = root
	cmd.Run() // it fails
	if _, err := os.Stat(ran); err != nil {
		t.Error("the trap is none")
	}
}

// TestHookEnvironment holds that what git sets for its hooks does not make a path
// one of another repository.
func TestHookEnvironment(t *testing.T) {
	root, other := repository(t, "a.yaml"), repository(t, "b.yaml")
	t.Setenv("GIT_DIR", filepath.Join(other, ".git"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(other, ".git", "index"))
	t.Setenv("GIT_WORK_TREE", other)
	tree, err := OpenTree(context.Background(), root, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if _, err := tree.Read("a.yaml"); err != nil || !tree.Has("a.yaml") {
		t.Error(err)
	}
}
