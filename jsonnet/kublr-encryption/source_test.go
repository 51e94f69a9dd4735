package kublrencryption

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
	"github.com/google/go-jsonnet/formatter"
	"github.com/google/go-jsonnet/linter"
	"github.com/google/go-jsonnet/toolutils"
)

// sources gives all Jsonnet files in and below a folder.
func sources(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if ext := path.Ext(name); err != nil || ext != ".libsonnet" && ext != ".jsonnet" {
			return err
		}
		src, err := os.ReadFile(name)
		found[name] = string(src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFormat(t *testing.T) {
	for name, src := range sources(t, ".") {
		formatted, err := formatter.Format(name, src, formatter.DefaultOptions())
		if err != nil {
			t.Error(err)
		} else if formatted != src {
			t.Errorf("%s: run jsonnetfmt -n 2 --string-style s -i %[1]s", name)
		}
	}
}

func TestLint(t *testing.T) {
	var snippets []linter.Snippet
	for name, src := range sources(t, ".") {
		snippets = append(snippets, linter.Snippet{FileName: name, Code: src})
	}
	slices.SortFunc(snippets, func(a, b linter.Snippet) int { return strings.Compare(a.FileName, b.FileName) })
	var out bytes.Buffer
	if linter.LintSnippet(jsonnet.MakeVM(), &out, snippets) {
		t.Error(out.String())
	}
}

// A library takes arguments and nothing from outside, imports only its own
// files, and runs on the oldest engine that people have.
func TestLibraryStandsAlone(t *testing.T) {
	list, err := os.ReadFile("test/std-0.18.txt")
	if err != nil {
		t.Fatal(err)
	}
	std := strings.Fields(string(list))
	for name, src := range sources(t, ".") {
		node, _, err := formatter.SnippetToRawAST(name, src)
		if err != nil {
			t.Fatal(err)
		}
		walk(node, func(n ast.Node) {
			switch n := n.(type) {
			case *ast.Index:
				field, of := stdField(n)
				if !of {
					return
				}
				if !slices.Contains(std, field) {
					t.Errorf("%s: std.%s is not in Jsonnet 0.18", n.Loc(), field)
				}
				if field == "extVar" || field == "native" || field == "trace" {
					t.Errorf("%s: std.%s: a library takes arguments", n.Loc(), field)
				}
			case *ast.Import:
				checkImport(t, name, n.File.Value)
			case *ast.ImportStr:
				checkImport(t, name, n.File.Value)
			}
		})
	}
}

func checkImport(t *testing.T, from, target string) {
	t.Helper()
	found := path.Join(path.Dir(from), target)
	if !strings.HasPrefix(target, ".") || strings.HasPrefix(found, "..") {
		t.Errorf("%s imports %s: only files of this folder, by a relative path", from, target)
	}
	if _, err := os.Stat(found); err != nil {
		t.Error(err)
	}
}

// stdField gives the name in std.name.
func stdField(n *ast.Index) (string, bool) {
	target, ok := n.Target.(*ast.Var)
	if !ok || target.Id != "std" {
		return "", false
	}
	if n.Id != nil {
		return string(*n.Id), true
	}
	name, ok := n.Index.(*ast.LiteralString)
	if !ok {
		return "std[…]", true
	}
	return name.Value, true
}

func walk(n ast.Node, visit func(ast.Node)) {
	visit(n)
	for _, child := range toolutils.Children(n) {
		walk(child, visit)
	}
}

func TestVersions(t *testing.T) {
	out, err := jsonnet.MakeVM().EvaluateFile("main.libsonnet")
	if err != nil {
		t.Fatal(err) // a function that is a visible field would fail here
	}
	if want := "{\n   \"version\": \"" + Version + "\"\n}\n"; out != want {
		t.Errorf("main.libsonnet shows\n%s\nwant\n%s", out, want)
	}
}
