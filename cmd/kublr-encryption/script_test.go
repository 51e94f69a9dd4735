package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kublr-encryption": main})
}

// TestScript runs testdata/script. Every script finds intent.yaml, cluster.yaml
// and right.yaml, what becomes of it, beside its own files.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			shared, err := filepath.Glob("testdata/*.yaml")
			if err != nil {
				return err
			}
			for _, name := range shared {
				text, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(e.WorkDir, filepath.Base(name)), text, 0o644); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"mode": mode, "nothing-hidden": nothingHidden, "unwritable": unwritable},
		Condition: func(name string) (bool, error) {
			return name == "root" && os.Getuid() == 0, nil
		},
	})
}

// mode checks a file's permissions: mode 640 file.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := info.Mode().String(); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// nothingHidden checks that no hidden or temporary file is left in a folder.
func nothingHidden(ts *testscript.TestScript, _ bool, args []string) {
	left, err := filepath.Glob(ts.MkAbs(args[0]) + "/.*")
	ts.Check(err)
	if left = slices.DeleteFunc(left, func(name string) bool { return filepath.Base(name) == ".tmp" }); len(left) > 0 {
		ts.Fatalf("left behind: %q", left)
	}
}

// unwritable skips a script that needs a folder nobody can write to, for root.
func unwritable(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.Chmod(ts.MkAbs(args[0]), 0o555))
	ts.Defer(func() { os.Chmod(ts.MkAbs(args[0]), 0o755) })
}

// TestInterrupted holds that a run that is interrupted leaves no file behind.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile("testdata/cluster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "cluster.yaml")
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if code := execute(ctx, []string{"apply", "-f", "testdata/intent.yaml", dir}, null, null, null); code != exitWorld {
		t.Errorf("exit code %d", code)
	}
	if after, err := os.ReadFile(name); err != nil || string(after) != string(text) {
		t.Errorf("%v\n%s", err, after)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
