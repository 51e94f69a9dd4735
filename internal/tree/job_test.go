package tree

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// shout is a job that writes documents in capitals, but for those that say "keep".
func shout(c yamledit.Chunk) generator.Result {
	if bytes.Contains(c.Bytes, []byte("keep")) {
		return generator.Result{Output: c.Bytes}
	}
	return generator.Result{Output: bytes.ToUpper(c.Bytes)}
}

// runOn runs the job on a file and gives what is in it then.
func runOn(t *testing.T, text string, replace bool, isGood func(Document) bool) (after string, o Outcome[int]) {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "a.yaml")
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	files, skipped, err := Find([]string{dir})
	if err != nil || len(files) != 1 || len(skipped) != 0 {
		t.Fatal(files, skipped, err)
	}
	documents := 0
	look := func(File) Look[int] {
		return Look[int]{Job: shout, Take: func(d Document) bool { documents++; return isGood(d) }, Made: func() int { return documents }}
	}
	if err := Run(context.Background(), files, replace, look, func(got Outcome[int]) error { o = got; return nil }); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(got), o
}

func always(Document) bool { return true }

func TestRunReplaces(t *testing.T) {
	for text, want := range map[string]string{
		"a\n---\nb\n":                     "A\n---\nB\n",
		"keep: a\n---\nb\n---\nkeep: c":   "keep: a\n---\nB\n---\nkeep: c",
		"b\n---\nkeep: c\n":               "B\n---\nkeep: c\n",
		"keep: a\n---\nkeep: b\n":         "keep: a\n---\nkeep: b\n",
		strings.Repeat("keep\n---\n", 99): strings.Repeat("keep\n---\n", 99),
		"":                                "",
	} {
		after, o := runOn(t, text, true, always)
		if after != want || o.Err != nil || o.Changed != (text != want) {
			t.Errorf("%q became %q, want %q; %+v", text, after, want, o)
		}
	}
}

// TestRunLeaves holds that a file stays as it is when one of its documents is
// not good, whichever it is, and when nothing is to be replaced.
func TestRunLeaves(t *testing.T) {
	text := "a\n---\nb\n---\nc\n"
	for bad := range 3 {
		n := -1
		after, o := runOn(t, text, true, func(Document) bool { n++; return n != bad })
		if after != text || o.Changed || o.Made != 3 {
			t.Errorf("with document %d bad: %q, %+v", bad, after, o)
		}
	}
	if after, o := runOn(t, text, false, always); after != text || o.Changed {
		t.Errorf("%q, %+v", after, o)
	}
}

func TestStreamPositions(t *testing.T) {
	var starts []int
	err := Stream(context.Background(), strings.NewReader("a\n---\nb\n\n---\nc"), shout, func(d Document) error {
		starts = append(starts, d.Chunk.Start.Line)
		return nil
	})
	if err != nil || len(starts) != 3 || starts[1] != 2 || starts[2] != 5 {
		t.Errorf("%v, %v", starts, err)
	}
}
