package yamledit

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"golang.org/x/tools/txtar"
)

// TestEdit runs testdata/edit. A case is a text in.yaml, edits in its comment and
// either want.yaml or refused, the error's lines. An edit is
//
//	edit spec.nodes[*].aws.rootVolume encrypted=true kmsKeyId='alias/a' -old
//
// where key:=JSON sets another value than a bool or a string and +JSON appends one,
// and "crlf" and "no newline" in the comment say how both texts are written.
// Without want.yaml and refused nothing changes.
func TestEdit(t *testing.T) {
	names, err := filepath.Glob("testdata/edit/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			runCase(t, archive)
		})
	}
}

func runCase(t *testing.T, archive *txtar.Archive) {
	t.Helper()
	files := map[string][]byte{}
	for _, f := range archive.Files {
		if files[f.Name] = f.Data; f.Name != "refused" {
			files[f.Name] = written(f.Data, string(archive.Comment))
		}
	}
	in := files["in.yaml"]
	out, err := editAll(t, in, string(archive.Comment))
	if refused, ok := files["refused"]; ok {
		if err == nil {
			t.Fatalf("not refused:\n%s", out)
		}
		if got := err.Error() + "\n"; got != string(refused) {
			t.Fatalf("refused with\n%s\nwant\n%s", got, refused)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want, ok := files["want.yaml"]
	if !ok {
		want = in
		if len(in) > 0 && &out[0] != &in[0] {
			t.Error("the text was copied though nothing changed")
		}
	}
	if !bytes.Equal(out, want) {
		t.Fatalf("got\n%s\nwant\n%s", out, want)
	}
	again, err := editAll(t, out, string(archive.Comment))
	if err != nil || !bytes.Equal(again, out) {
		t.Fatalf("a second time, with error %v:\n%s", err, again)
	}
}

// written gives a text as the case says it is written.
func written(text []byte, comment string) []byte {
	if strings.Contains(comment, "no newline") {
		text = bytes.TrimSuffix(text, []byte("\n"))
	}
	if strings.Contains(comment, "crlf") {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text
}

func editAll(t *testing.T, in []byte, comment string) ([]byte, error) {
	t.Helper()
	d, err := Parse(in, diag.Position{})
	if err != nil {
		return nil, err
	}
	var edits []Want
	for line := range strings.Lines(comment) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "edit" {
			edits = append(edits, edit(d, fields[1], fields[2:])...)
		}
	}
	if edits == nil {
		t.Fatal("the case has no edit")
	}
	r, err := d.Apply(edits)
	if spliced, _ := diag.Spliced(in, r.Splices); err == nil && !bytes.Equal(spliced, r.Text) {
		t.Errorf("the splices %v give\n%s", r.Splices, spliced)
	}
	return r.Text, err
}

// edit gives an edit for each place of a path.
func edit(d *Document, path string, fields []string) []Want {
	places := []Node{d.Root()}
	for {
		list, rest, found := strings.Cut(path, "[*]")
		if !found {
			break
		}
		path = strings.TrimPrefix(rest, ".")
		var next []Node
		for _, p := range places {
			for _, e := range p.Lookup(strings.Split(strings.TrimPrefix(list, "."), ".")...).Elements() {
				next = append(next, e)
			}
		}
		places = next
	}
	var edits []Want
	for _, p := range places {
		e := Want{In: p}
		if path != "" && path != "." {
			e.At = strings.Split(path, ".")
		}
		for _, field := range fields {
			if key, unset := strings.CutPrefix(field, "-"); unset {
				e.Unset = append(e.Unset, key)
				continue
			}
			if text, isElement := strings.CutPrefix(field, "+"); isElement {
				e.Append = append(e.Append, fromJSON(text))
				continue
			}
			key, text, _ := strings.Cut(field, "=")
			value := any(strings.Trim(text, "'"))
			if text == "true" || text == "false" {
				value = text == "true"
			}
			if name, isTyped := strings.CutSuffix(key, ":"); isTyped {
				key, value = name, fromJSON(text)
			}
			e.Set = append(e.Set, Entry{Key: key, Value: value})
		}
		edits = append(edits, e)
	}
	return edits
}

// fromJSON reads a value whose numbers are ints where they can be.
func fromJSON(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(err)
	}
	return v
}

// TestChanges holds what a change tells: the old value, the new one, and where.
func TestChanges(t *testing.T) {
	src := "a:\n  old: 1 # c\n  same: true\n  gone: [x]\nb:\n"
	d, err := Parse([]byte(src), diag.Position{Line: 11, Column: 1, Byte: 100})
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Apply([]Want{
		{In: d.Root(), At: []string{"a"}, Set: []Entry{{"old", "two"}, {"same", true}}, Unset: []string{"gone", "never"}},
		{In: d.Root(), At: []string{"b", "c"}, Set: []Entry{{"new", false}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{Field: diag.Keys("a"), Key: "old", Old: 1, New: "two", Position: diag.Position{Line: 12, Column: 3, Byte: 105}},
		{Field: diag.Keys("a"), Key: "gone", Removed: true, Position: diag.Position{Line: 14, Column: 3, Byte: 131}},
		{Field: diag.Keys("b", "c"), Key: "new", New: false, Position: diag.Position{Line: 15, Column: 3, Byte: 143}},
	}
	want[1].Old = []any{"x"}
	if !reflect.DeepEqual(r.Changes, want) {
		t.Errorf("got\n%+v\nwant\n%+v", r.Changes, want)
	}
}

// TestNoSourceInErrors holds that an error tells no more of a text than the name
// of a key or an anchor.
func TestNoSourceInErrors(t *testing.T) {
	secret := "AKIAIOSFODNN7EXAMPLE"
	for _, src := range []string{
		"a: '" + secret, "a: \"" + secret, "a: " + secret + ": b", "a: {b: " + secret, "a: @" + secret, "a:\n\t" + secret, "a: |x" + secret,
		"a: [" + secret + "\n---\n", "a: !!int " + secret, "a: \"\\q" + secret + "\"", "- " + secret + "\nb: " + secret, "a: b\n" + secret,
	} {
		if _, err := Parse([]byte(src), diag.Position{}); err == nil {
			t.Errorf("%q was parsed", src)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", src, err)
		}
	}
}

// TestErrorHasPosition holds that errors say where, in the file and not in the chunk.
func TestErrorHasPosition(t *testing.T) {
	_, err := Parse([]byte("a: 1\na: 2\n"), diag.Position{Line: 8, Column: 1, Byte: 50})
	var e diag.Findings
	if !errors.As(err, &e) || e[0].Position != (diag.Position{Line: 9, Column: 1, Byte: 55}) {
		t.Errorf("%+v", err)
	}
}

func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile("testdata/cluster.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := Parse(src, diag.Position{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	src, err := os.ReadFile("testdata/cluster.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		d, err := Parse(src, diag.Position{})
		if err != nil {
			b.Fatal(err)
		}
		edits := edit(d, "spec.master.locations[*].aws.rootVolume", []string{"encrypted=true", "kmsKeyId=alias/a"})
		edits = append(edits, edit(d, "spec.nodes[*].locations[*].aws.rootVolume", []string{"encrypted=true", "kmsKeyId=alias/a"})...)
		if _, err := d.Apply(edits); err != nil {
			b.Fatal(err)
		}
	}
}
