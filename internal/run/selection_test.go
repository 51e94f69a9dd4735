package run

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

func TestSelectionTakes(t *testing.T) {
	for _, c := range []struct {
		include, exclude []string
		path             string
		want             bool
	}{
		{nil, nil, "a/b.yaml", true},
		{nil, nil, "a/b.YML", true},
		{nil, nil, "a/b.txt", false},
		{nil, []string{"b.yaml"}, "a/b.yaml", false},
		{nil, []string{"a"}, "a/b.yaml", false},
		{nil, []string{"a/"}, "a/b.yaml", false},
		{nil, []string{"a/"}, "c/a/b.yaml", true},
		{nil, []string{"a"}, "c/a/b.yaml", false},
		{nil, []string{"a*"}, "c/ab/b.yaml", false},
		{nil, []string{"a/b.yaml"}, "c/a/b.yaml", true},
		{nil, []string{"**/a/b.yaml"}, "c/a/b.yaml", false},
		{nil, []string{"c/**/b.yaml"}, "c/x/y/b.yaml", false},
		{nil, []string{"c/**/b.yaml"}, "c/b.yaml", false},
		{nil, []string{"c/*"}, "c/x/b.yaml", false},
		{nil, []string{"c/*/d.yaml"}, "c/d.yaml", true},
		{[]string{"*.tpl"}, nil, "a/b.tpl", true},
		{[]string{"*.tpl"}, nil, "a/b.yaml", false},
		{[]string{"prod/"}, []string{"*.md"}, "prod/b.md", false},
		{[]string{"prod/**"}, nil, "prod/x/b.yaml", true},
		{[]string{"[ab].yaml"}, nil, "b.yaml", true},
	} {
		if got := (Selection{Include: c.include, Exclude: c.exclude}).takes(c.path); got != c.want {
			t.Errorf("%q without %q takes %s: %t", c.include, c.exclude, c.path, got)
		}
	}
	for _, glob := range []string{"[", "a/[", ""} {
		if (Selection{Exclude: []string{glob}}).Check() == nil {
			t.Errorf("%q is a glob", glob)
		}
	}
}

func ask(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestIgnoredFiles holds that each path is asked about in its own work tree, and that
// what is named is looked at.
func TestIgnoredFiles(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	root := t.TempDir()
	t.Chdir(root)
	for name, text := range map[string]string{
		"alone.yaml": "", "out/.gitignore": "*.yaml\n",
		"repo/a.yaml": "", "repo/build/b.yaml": "", "repo/build/inner/c.yaml": "", "repo/forced.yaml": "", "repo/wrong.yaml": "",
		"repo/.gitignore":   "build/\nforced.yaml\nwrong.yaml\n!inner.yaml\n",
		"repo/inner/d.yaml": "", "repo/inner/build/e.yaml": "", "repo/inner/f.yaml": "", "repo/inner/.gitignore": "f.yaml\n",
		"out/g.yaml": "",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"repo", "repo/inner", "repo/build/inner"} {
		ask(t, "init", "-q", folder)
	}
	ask(t, "-C", "repo", "add", "-f", "forced.yaml")
	for _, c := range []struct{ paths, want []string }{
		{[]string{"."}, []string{"alone.yaml", "out/g.yaml", "repo/a.yaml", "repo/forced.yaml", "repo/inner/build/e.yaml", "repo/inner/d.yaml"}},
		{[]string{"repo"}, []string{"repo/a.yaml", "repo/forced.yaml", "repo/inner/build/e.yaml", "repo/inner/d.yaml"}},
		{[]string{"repo/build"}, []string{"repo/build/b.yaml", "repo/build/inner/c.yaml"}},
		{[]string{"repo/build/inner"}, []string{"repo/build/inner/c.yaml"}},
		{[]string{"repo/inner"}, []string{"repo/inner/build/e.yaml", "repo/inner/d.yaml"}},
		{[]string{"repo/wrong.yaml", "repo/inner/f.yaml"}, []string{"repo/wrong.yaml", "repo/inner/f.yaml"}},
	} {
		found, err := Selection{}.Find(context.Background(), c.paths)
		var got []string
		for _, f := range found.Files {
			got = append(got, filepath.ToSlash(f.Name))
		}
		if err != nil || len(found.Findings) > 0 || !slices.Equal(got, c.want) {
			t.Errorf("%q gives %q, want %q; %v, %v", c.paths, got, c.want, found.Findings, err)
		}
	}
	all, err := Selection{NoIgnore: true}.Find(context.Background(), []string{"."})
	if err != nil || len(all.Files) != 10 || len(all.Ignored) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	if some, err := (Selection{}).Find(context.Background(), []string{"."}); err != nil || len(some.Ignored) != 4 {
		t.Errorf("%v, %v", some.Ignored, err)
	}
}

// TestGitCannotSay holds that nothing is left out unsaid when git fails.
func TestGitCannotSay(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	t.Chdir(t.TempDir())
	ask(t, "init", "-q", ".")
	for name, text := range map[string]string{"a.yaml": "", ".git/config": "[core\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Selection{}.Find(context.Background(), []string{"."})
	if err != nil || len(found.Files) != 1 || len(found.Findings) != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	t.Setenv("PATH", "")
	found, err = Selection{}.Find(context.Background(), []string{"."})
	if err != nil || len(found.Files) != 1 || len(found.Findings) != 0 {
		t.Errorf("without git: %+v, %v", found, err)
	}
}
