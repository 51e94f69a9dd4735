package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
	"github.com/sebdah/goldie/v2"
)

// evil is a name that every format must make harmless.
const evil = "a\n::error::forged ##[stop-commands]x\x1b[2J\u202e]]>&<\"'%0A,{0}"

var field = diag.Keys("spec", "nodes").At(0).Key("aws", "rootVolume")

// files are reports on two files: one with findings, changes and a cluster that is
// skipped, one that could not be read.
func files() []Report {
	text := []byte("größe: {rootVolume: none}\n")
	found := diag.Findings{
		{Severity: diag.Error, Code: "file", File: "my clusters/a#1.yaml", Position: diag.Position{Line: 7, Column: 10, Byte: 109}, End: diag.Position{Line: 7, Column: 20, Byte: 119}, Field: field, Message: "is " + evil, Hint: "mend it"},
		{Severity: diag.Warning, Code: "base", File: "my clusters/a#1.yaml", Message: "is about the whole"},
		{Severity: diag.Info, Code: "would-change", File: "/etc/intent.yaml", Position: diag.Position{Line: 1, Column: 1}, Message: "stands elsewhere"},
	}
	return []Report{
		{
			File: "my clusters/a#1.yaml", Pending: true, Findings: OfText(found, "my clusters/a#1.yaml", text, diag.Position{Line: 7, Byte: 100}, "prod-a"),
			Clusters: []generator.Cluster{
				{Name: "prod-a", File: "my clusters/a#1.yaml", Volumes: 2, Changes: []yamledit.Change{
					{Field: field, Key: "encrypted", Old: "true", New: true, Position: diag.Position{Line: 8, Column: 3}},
					{Field: field, Key: "kmsKeyId", Old: evil, Removed: true, Position: diag.Position{Line: 8, Column: 3}},
				}},
				{Name: evil, File: "my clusters/a#1.yaml", Skipped: "no AWS location"},
			},
			Tally: Tally{Clusters: 1, Skipped: 1, Volumes: 2, Values: 2},
		},
		{File: "my clusters/a#1.yaml", Tally: Tally{Files: 1, Changed: 1}},
		{File: "b.yaml", Findings: Of(diag.Findings{{Severity: diag.Error, Code: "file", File: "b.yaml", Message: "cannot be read"}}), Tally: Tally{Files: 1, Broken: 1}},
		{Notes: []string{"for a person: " + evil}},
	}
}

// keyPolicy is the report on a key policy: a capability that is there, one that is
// not, and a risk.
func keyPolicy() []Report {
	is := func(code string) diag.Code { c, _ := Lookup(code); return c }
	first, second := &policy.Statement{Field: diag.Keys("Statement").At(0)}, &policy.Statement{Field: diag.Keys("Statement").At(1), Position: diag.Position{Line: 4, Column: 3}}
	return []Report{{
		File: "policy.json", Premises: []string{"judged for account 111122223333"},
		Verdicts: []policy.Verdict{
			{Code: is("root-volumes-attach"), Allowed: true, Statements: []*policy.Statement{first}, Message: "allowed by Statement[0]"},
			{Code: is("auto-scaling-launches"), Message: "role x may not, since " + evil, Hint: "let it"},
			{Code: is("key-is-public"), Risk: true, Allowed: true, Statements: []*policy.Statement{second}, Message: "anyone may", Hint: "shut it"},
		},
		Findings: Of(diag.Findings{{Severity: diag.Info, Code: "file", File: "policy.json", Position: diag.Position{Line: 1, Column: 1}, Field: diag.Keys("Version"), Message: "is old"}}),
	}}
}

// written gives reports in a format, and what is said beside it.
func written(t *testing.T, format Format, reports []Report) (out, beside []byte) {
	t.Helper()
	var o, b bytes.Buffer
	if err := write(format, Stream{&o, false}, Stream{&b, false}, reports); err != nil {
		t.Fatal(err)
	}
	return o.Bytes(), b.Bytes()
}

func write(format Format, out, beside Stream, reports []Report) error {
	var total Tally
	w := format.New(Output{Out: out, Err: beside, Findings: out, Command: "verify", Version: "1.2.3"})
	for _, r := range reports {
		total.Add(r.Tally)
		if err := w.Write(r); err != nil {
			return err
		}
	}
	return w.Close(total)
}

func TestFormats(t *testing.T) {
	golden := goldie.New(t, goldie.WithNameSuffix(""), goldie.WithDiffEngine(goldie.ColoredDiff))
	for _, format := range Formats {
		for name, reports := range map[string][]Report{"files": files(), "policy": keyPolicy(), "nothing": nil} {
			out, beside := written(t, format, reports)
			golden.Assert(t, filepath.Join("formats", name+"."+format.Name), fmt.Appendf(nil, "%s-- beside --\n%s", out, beside))
			for _, text := range [][]byte{out, beside} {
				if bytes.ContainsAny(text, "\x1b\u202e") || bytes.Contains(text, []byte("##[")) || bytes.Contains(text, []byte("\n::error::forged")) {
					t.Errorf("%s of %s is not safe:\n%s", format.Name, name, text)
				}
			}
		}
	}
}

// TestFormatsAreWhole holds that a format's reader reads it.
func TestFormatsAreWhole(t *testing.T) {
	for _, reports := range [][]Report{files(), keyPolicy(), nil} {
		for name, read := range map[string]func([]byte, any) error{"json": json.Unmarshal, "sarif": json.Unmarshal, "junit": xml.Unmarshal} {
			out, _ := written(t, formatOf(name), reports)
			var into struct{}
			if err := read(out, &into); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		}
	}
}

func formatOf(name string) Format {
	for _, f := range Formats {
		if f.Name == name {
			return f
		}
	}
	panic(name)
}

// A disk is full after so many bytes, and notes where each write began and ended.
type disk struct {
	left, at int
	edges    []int
}

func (d *disk) Write(p []byte) (int, error) {
	if d.left < len(p) {
		return d.left, errors.New("full")
	}
	d.left -= len(p)
	d.edges = append(d.edges, d.at, d.at+len(p)-1)
	d.at += len(p)
	return len(p), nil
}

// TestNoOutputErrorIsLost holds that a format says so when not all of it, or of what
// stands beside it, could be written, wherever the disk ends: before the first or
// the last byte of each write, which is all that a writer can tell apart.
func TestNoOutputErrorIsLost(t *testing.T) {
	for _, format := range Formats {
		for _, reports := range [][]Report{files(), keyPolicy(), nil} {
			out, beside := disk{left: 1 << 30}, disk{left: 1 << 30}
			if err := write(format, Stream{&out, false}, Stream{&beside, false}, reports); err != nil {
				t.Fatal(err)
			}
			for _, n := range out.edges {
				if n >= 0 && n < out.at && write(format, Stream{&disk{left: n}, false}, Stream{io.Discard, false}, reports) == nil {
					t.Errorf("%s: written whole into %d of %d bytes", format.Name, n, out.at)
				}
			}
			for _, n := range beside.edges {
				if n >= 0 && n < beside.at && write(format, Stream{io.Discard, false}, Stream{&disk{left: n}, false}, reports) == nil {
					t.Errorf("%s: written whole beside the answer into %d of %d bytes", format.Name, n, beside.at)
				}
			}
		}
	}
}

// TestSpooledErrorsAreNotLost holds the same where there is no folder for temporary
// files, and much to keep.
func TestSpooledErrorsAreNotLost(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	many := make([]Report, 0, 2000)
	for range 500 {
		many = append(many, files()...)
	}
	for _, name := range []string{"json", "sarif", "junit"} {
		if err := write(formatOf(name), Stream{io.Discard, false}, Stream{io.Discard, false}, many); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	text := []byte("x: 1\ngrößer 東: y\n")
	for at, want := range map[int]int{0: 4, 5: 1, 9: 4, 13: 7, 17: 9} {
		lines := diag.NewLines(text, diag.Position{Line: 3, Column: 4, Byte: 50})
		found := OfText(diag.Findings{{File: "a", Position: lines.Position(at)}}, "a", text, diag.Position{Line: 3, Column: 4, Byte: 50}, "")
		if got := found[0].Column; got != want {
			t.Errorf("byte %d is in column %d, want %d", at, got, want)
		}
	}
	elsewhere := OfText(diag.Findings{{File: "b", Position: diag.Position{Line: 1, Column: 1}}}, "a", text, diag.Position{}, "")
	if elsewhere[0].Column != 0 {
		t.Errorf("a place in another file has column %d", elsewhere[0].Column)
	}
}

// TestFileNames holds that a name stays one, in a form that the format's readers take.
func TestFileNames(t *testing.T) {
	for name, want := range map[string]map[string]string{
		"a:b?.yaml":    {"sarif": `"uri":"a%3Ab%3F.yaml"`, "github": "file=a%3Ab?.yaml,", "json": `"file": "a:b?.yaml"`},
		"n\xff.yaml":   {"sarif": `"uri":"n%FF.yaml"`, "json": `"file": "\"n\\377.yaml\""`, "junit": `classname="n\xff.yaml"`},
		`"n\377.yaml"`: {"json": `"file": "\"\\\"n\\\\377.yaml\\\"\""`}, // is another
		"100%,é #1":    {"sarif": `"uri":"100%25,%C3%A9%20%231"`, "github": "file=100%25%2Cé #1,"},
		"<stdin>":      {"sarif": `"uri":"%3Cstdin%3E"`, "junit": "&lt;stdin&gt;"},
		"x/../../a/b":  {"sarif": `"uri":"file:///`},
	} {
		for format, want := range want {
			found := diag.Findings{{Severity: diag.Error, Code: "file", File: name, Message: "is wrong"}}
			if out, _ := written(t, formatOf(format), []Report{{File: name, Findings: Of(found)}}); !bytes.Contains(out, []byte(want)) {
				t.Errorf("%s of %q lacks %s:\n%s", format, name, want, out)
			}
		}
	}
}

// TestVerdictsFailApart holds that of two verdicts on one capability, for two
// intents, each that is not well fails.
func TestVerdictsFailApart(t *testing.T) {
	r := keyPolicy()[0]
	wrong := r.Verdicts[1]
	r.Verdicts = []policy.Verdict{wrong, wrong}
	out, _ := written(t, formatOf("junit"), []Report{r})
	if n := bytes.Count(out, []byte("<failure ")); n != 2 {
		t.Errorf("%d failures:\n%s", n, out)
	}
}
