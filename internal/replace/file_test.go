package replace

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newFile makes a file in a folder of its own.
func newFile(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a.yaml")
	write(t, path, text)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

// shout opens a file and adds its lines in capitals, but does not commit.
func shout(t *testing.T, path string) *File {
	t.Helper()
	f, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) // a second time does no harm
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	at := int64(0)
	for line := range bytes.Lines(text) {
		if err := f.Add(at, line, bytes.ToUpper(line)); err != nil {
			t.Fatal(err)
		}
		at += int64(len(line))
	}
	return f
}

// only checks that a folder holds one file, with this text.
func only(t *testing.T, path, text string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s holds %q, want %q; %v", path, got, text, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("in the folder: %v", left)
	}
}

func TestCommit(t *testing.T) {
	for text, want := range map[string]string{
		"a\nb\n": "A\nB\n",
		"A\nb\n": "A\nB\n",
		"A\nB":   "A\nB",
		"":       "",
	} {
		path := newFile(t, text)
		f := shout(t, path)
		if err := f.Commit(); err != nil {
			t.Error(err)
		}
		f.Close()
		only(t, path, want)
	}
}

func TestNothingChangedIsNotWritten(t *testing.T) {
	path := newFile(t, "A\n")
	before, _ := os.Stat(path)
	f := shout(t, path)
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if after, _ := os.Stat(path); !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Error("it was written")
	}
}

func TestAbandoned(t *testing.T) {
	path := newFile(t, "a\n")
	shout(t, path).Close()
	only(t, path, "a\n")
}

// saves are what somebody else may do to a file while it is looked at.
var saves = map[string]func(t *testing.T, path string){
	"in place, of the same size": func(t *testing.T, path string) { write(t, path, "x\n") },
	"in place, longer":           func(t *testing.T, path string) { write(t, path, "a\nx\n") },
	"by a rename": func(t *testing.T, path string) {
		write(t, path+"~", "x\n")
		if err := os.Rename(path+"~", path); err != nil {
			t.Fatal(err)
		}
	},
	"by a rename, with size and time kept": func(t *testing.T, path string) {
		info, _ := os.Stat(path)
		write(t, path+"~", "x\n")
		if err := errors.Join(os.Chtimes(path+"~", time.Time{}, info.ModTime()), os.Rename(path+"~", path)); err != nil {
			t.Fatal(err)
		}
	},
	"in place, with the time kept": func(t *testing.T, path string) {
		info, _ := os.Stat(path)
		write(t, path, "x\n")
		if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil {
			t.Fatal(err)
		}
	},
}

func TestSavedMeanwhile(t *testing.T) {
	for how, save := range saves {
		t.Run(how, func(t *testing.T) {
			path := newFile(t, "a\n")
			f := shout(t, path)
			save(t, path)
			saved, _ := os.ReadFile(path)
			if err := f.Commit(); !errors.Is(err, ErrChanged) {
				t.Errorf("committed with %v", err)
			}
			f.Close()
			only(t, path, string(saved))
		})
	}
}

// TestSavedInTheLastMoment holds that what was saved after the last look is given
// back.
func TestSavedInTheLastMoment(t *testing.T) {
	if errors.Is(exchange(newFile(t, ""), newFile(t, "")), errors.ErrUnsupported) {
		t.Skip("files cannot be exchanged here")
	}
	path := newFile(t, "a\n")
	f := shout(t, path)
	if f.name == "" {
		var err error
		if f.name, err = link(f.draft, filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
	}
	saves["by a rename"](t, path)
	if err := f.place(); !errors.Is(err, ErrChanged) {
		t.Errorf("placed with %v", err)
	}
	f.Close()
	only(t, path, "x\n")
}

func TestRemovedMeanwhile(t *testing.T) {
	path := newFile(t, "a\n")
	f := shout(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, ErrChanged) {
		t.Errorf("committed with %v", err)
	}
	f.Close()
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestOpenWaits holds that a second run sees what the first has made.
func TestOpenWaits(t *testing.T) {
	path := newFile(t, "a\n")
	first := shout(t, path)
	if isFree(open(t, path)) {
		t.Skip("there are no locks here")
	}
	second := make(chan string)
	go func() {
		f, err := Open(context.Background(), path)
		if err != nil {
			second <- err.Error()
			return
		}
		defer f.Close()
		text, _ := io.ReadAll(f)
		second <- string(text)
	}()
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	first.Close()
	if got := <-second; got != "A\n" {
		t.Errorf("the second read %q", got)
	}
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := openRegular(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestOpenIsCancelled(t *testing.T) {
	path := newFile(t, "a\n")
	if first := shout(t, path); isFree(open(t, path)) {
		first.Close()
		t.Skip("there are no locks here")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("opened with %v", err)
	}
}

// TestSweep holds that what a killed run left goes, and nothing else.
func TestSweep(t *testing.T) {
	folder := t.TempDir()
	left := "." + strings.Repeat("0f", 16) + Suffix
	others := []string{"a.yaml", left + "x", "0" + left, "." + Suffix, ".a.yaml" + Suffix, strings.ToUpper(left[:10]) + left[10:]}
	for _, name := range append(others, left) {
		write(t, filepath.Join(folder, name), "a\n")
	}
	link := "." + strings.Repeat("1f", 16) + Suffix
	if err := errors.Join(os.Symlink("a.yaml", filepath.Join(folder, link)), os.Mkdir(filepath.Join(folder, "."+strings.Repeat("2f", 16)+Suffix), 0o755)); err != nil {
		t.Fatal(err)
	}
	Sweep(folder)
	if _, err := os.Lstat(filepath.Join(folder, left)); !os.IsNotExist(err) {
		t.Error("it is still there")
	}
	if all, _ := os.ReadDir(folder); len(all) != len(others)+2 {
		t.Errorf("there are %v", all)
	}
}

// TestSweepLeavesTheLiving holds that a draft of a run at work stays.
func TestSweepLeavesTheLiving(t *testing.T) {
	folder := t.TempDir()
	draft, name, err := namedDraft(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Close()
	if isFree(open(t, name)) {
		t.Skip("there are no locks here")
	}
	Sweep(folder)
	if _, err := os.Stat(name); err != nil {
		t.Error(err)
	}
	draft.Close()
	Sweep(folder)
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Error("it is still there")
	}
}
