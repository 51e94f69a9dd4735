package program

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
)

// everything has each kind of node that evaluates, names that hide others, and an
// import in each place of a file.
var everything = map[string]string{
	"main.jsonnet": `
local lib = import 'lib/a.libsonnet';
local text = importstr 'lib/text.txt';
local std_ = std;
function(x, y=(import 'lib/b.json').b, z=null)
  local lib2 = lib { inner+: { a+: 1, ['c' + x]:: 2, d::: super.e, e: 'e' in super } };
  {
    local me = self,
    assert me.sum > 0 : 'no sum',
    sum: lib2.inner.a + y,
    neg: -me.sum, not: !true, bits: ~5 & 7 | 1 ^ 2 << 1,
    text: text,
    array: [i * 2 for i in [1, 2, 3] if i != 2] + [(import 'lib/b.json').b],
    object: { ['k' + i]: (import 'lib/a.libsonnet').called(i) for i in ['1'] },
    dollar: $.sum,
    slice: [1, 2, 3][1:],
    block: |||
      a
        b
    |||,
    [if z != null then 'z']: error 'is not asked for',
    strict: std_.length([1], ) tailstrict,
    named: lib2.called(n='x', ),
    numbers: [1, 1e3, 0.5, -0.0],
    format: '%(a)s' % { a: 1 },
  }`,
	"lib/a.libsonnet": `local b = import 'b.json'; local text = 'mine'; { inner: { a: b.b, e: text }, called(n): n + b.b + (import '../lib/c.libsonnet') }`,
	"lib/b.json":      `{"b": 41, "null": null, "no": false}`,
	"lib/c.libsonnet": `local a = import 'a.libsonnet'; if true then a.inner.e else error a`,
	"lib/text.txt":    "a\u00e9\n",
	"error.jsonnet":   "local f = import 'lib/fail.libsonnet';\nf('it')",
	"lib/fail.libsonnet": `function(what)
  error 'no ' + what`,
}

func read(files map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fmt.Errorf("no file %s", name)
	}
}

func encoded(t *testing.T, files map[string]string, name string) []byte {
	t.Helper()
	node, err := Link(read(files), name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Encode(node)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decoded(t *testing.T, b []byte) ast.Node {
	t.Helper()
	node, err := Decode(string(b))
	if err != nil {
		t.Fatal(err)
	}
	return node
}

func TestDecodedDoesAsTheSources(t *testing.T) {
	dir := t.TempDir()
	for name, text := range everything {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	vm := jsonnet.MakeVM()
	vm.TLAVar("x", "y")
	want, err := vm.EvaluateFile(filepath.Join(dir, "main.jsonnet"))
	if err != nil {
		t.Fatal(err)
	}
	b := encoded(t, everything, "main.jsonnet")
	for range 2 { // evaluating changes nothing in the tree
		if got, err := vm.Evaluate(decoded(t, b)); err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
}

func TestEncodedIsTheSameWhenDecoded(t *testing.T) {
	b := encoded(t, everything, "main.jsonnet")
	again, err := Encode(decoded(t, b))
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("another encoding, or %v", err)
	}
}

func TestEveryKindIsTried(t *testing.T) {
	b := encoded(t, everything, "main.jsonnet")
	for i, k := range kinds {
		if b[i] == 0 {
			t.Errorf("no %T", k.make(1)())
		}
	}
}

func TestErrorsNameTheSource(t *testing.T) {
	_, err := jsonnet.MakeVM().Evaluate(decoded(t, encoded(t, everything, "error.jsonnet")))
	failed, ok := err.(jsonnet.RuntimeError)
	if !ok || failed.Msg != "no it" {
		t.Fatal(err)
	}
	var places []string
	for _, frame := range failed.StackTrace {
		places = append(places, frame.Loc.String())
	}
	if got := strings.Join(places, " "); !strings.Contains(got, "lib/fail.libsonnet:2:3-21") || !strings.Contains(got, "error.jsonnet:2:1-8") {
		t.Errorf("places: %s", got)
	}
}

func TestWhatCannotBeLinkedSaysWhy(t *testing.T) {
	for text, want := range map[string]string{
		"import 'none'":    "no file none",
		"importstr 'none'": "no file none",
		"importbin 'none'": "main.jsonnet:1:1-17: *ast.ImportBin cannot be built in",
		"{":                "main.jsonnet:1:2",
		"{ a: [1, (import 'a'), (import 'none')] }": "no file a",
	} {
		_, err := Link(read(map[string]string{"main.jsonnet": text}), "main.jsonnet")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// FuzzDecode holds that no bytes make it panic, or take much more memory than they
// are long.
func FuzzDecode(f *testing.F) {
	node, err := Link(read(everything), "main.jsonnet")
	if err != nil {
		f.Fatal(err)
	}
	b, err := Encode(node)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Add("")
	f.Fuzz(func(t *testing.T, in string) {
		node, err := Decode(in)
		if (node == nil) == (err == nil) {
			t.Error(node, err)
		}
	})
}
