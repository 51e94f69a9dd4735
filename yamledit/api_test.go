package yamledit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

func parse(t *testing.T, text string) *yamledit.Document {
	t.Helper()
	d, err := yamledit.Parse([]byte(text), diag.Position{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func set(in yamledit.Node, key string, value any) yamledit.Want {
	return yamledit.Want{In: in, Set: []yamledit.Entry{{Key: key, Value: value}}}
}

// TestLaterCounts holds that of wants about one key the later counts, also when it
// asks for what stood there, and that one change is told of it.
func TestLaterCounts(t *testing.T) {
	for _, test := range []struct {
		text   string
		wants  func(yamledit.Node) []yamledit.Want
		want   string
		change []yamledit.Change
	}{
		{"k: a\n", func(n yamledit.Node) []yamledit.Want { return []yamledit.Want{set(n, "k", "v"), set(n, "k", "a")} }, "k: a\n", nil},
		{"k: a\n", func(n yamledit.Node) []yamledit.Want { return []yamledit.Want{set(n, "k", "v"), set(n, "k", "w")} }, "k: w\n",
			[]yamledit.Change{{Key: "k", Old: "a", New: "w", Position: diag.Position{Line: 1, Column: 1}}}},
		{"k: a\n", func(n yamledit.Node) []yamledit.Want {
			return []yamledit.Want{{In: n, Unset: []string{"k"}}, set(n, "k", "a")}
		}, "k: a\n", []yamledit.Change{{Key: "k", Old: "a", New: "a", Position: diag.Position{Line: 1, Column: 1}}}},
		{"x: 1\n", func(n yamledit.Node) []yamledit.Want {
			return []yamledit.Want{set(n, "k", "v"), {In: n, Unset: []string{"k"}}}
		}, "x: 1\n", nil},
		{"x: 1\n", func(n yamledit.Node) []yamledit.Want {
			return []yamledit.Want{set(n, "k", map[string]any{"a": 1}), {In: n, At: []string{"k"}, Set: []yamledit.Entry{{Key: "b", Value: 2}}}}
		}, "x: 1\nk:\n  a: 1\n  b: 2\n", []yamledit.Change{{Key: "k", New: map[string]any{"a": 1, "b": 2}, Position: diag.Position{Line: 1, Column: 1}}}},
		{"x: []\n", func(n yamledit.Node) []yamledit.Want {
			return []yamledit.Want{{In: n, At: []string{"x"}, Append: []any{1, 1}}, {In: n, At: []string{"x"}, Append: []any{1, 2.0}}}
		}, "x: [1, 2]\n", []yamledit.Change{
			{Field: diag.Keys("x").At(0), New: 1, Position: diag.Position{Line: 1, Column: 4, Byte: 3}},
			{Field: diag.Keys("x").At(1), New: 2.0, Position: diag.Position{Line: 1, Column: 4, Byte: 3}},
		}},
	} {
		d := parse(t, test.text)
		r, err := d.Apply(test.wants(d.Root()))
		if err != nil || string(r.Text) != test.want || !reflect.DeepEqual(r.Changes, test.change) {
			t.Errorf("%q became %q with %+v, %v; want %q with %+v", test.text, r.Text, r.Changes, err, test.want, test.change)
		}
	}
}

// TestLiteralAtTheEnd holds that a text that ends its last line does so at the end of a
// file without a line end too.
func TestLiteralAtTheEnd(t *testing.T) {
	for text, want := range map[string]string{"a: 1": "a: |\n  x\n", "b: 1": "b: 1\na: |\n  x\n", "a: |-\r\n  1": "a: |\r\n  x\r\n"} {
		d := parse(t, text)
		r, err := d.Apply([]yamledit.Want{set(d.Root(), "a", "x\n")})
		if err != nil || string(r.Text) != want {
			t.Errorf("%q became %q, %v", text, r.Text, err)
		}
	}
}

// TestBadEdits holds that a mistake of the program that edits is told as one.
func TestBadEdits(t *testing.T) {
	d, other := parse(t, "a: {b: 1}\n"), parse(t, "x:\n- y: 1\n")
	for want, wants := range map[string]yamledit.Want{
		"another document":                   set(other.Root().Get("x").Index(0), "y", 2),
		"is not UTF-8":                       set(d.Root(), "a", "\xff"),
		"has a key that is not UTF-8":        set(d.Root(), "\xff", 1),
		"has a key of more than 1024 bytes":  set(d.Root(), "k", map[string]any{strings.Repeat("k", 1025): 1}),
		"is no finite number":                set(d.Root(), "k", []any{math.NaN()}),
		"is a int64, which YAML":             set(d.Root(), "k", int64(1)),
		"is not JSON":                        set(d.Root(), "k", json.RawMessage("{")),
		`has the key "x" twice`:              set(d.Root(), "k", []yamledit.Entry{{Key: "x"}, {Key: "x"}}),
		"has an element that is a struct {}": {In: d.Root(), At: []string{"l"}, Append: []any{struct{}{}}},
	} {
		want = strings.TrimPrefix(want, "has an element that ")
		_, err := d.Apply([]yamledit.Want{wants})
		var refused diag.Findings
		if !errors.As(err, &refused) || refused[0].Code != "bad-edit" || !strings.Contains(err.Error(), want) || refused[0].Position.Line != 1 {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := d.Apply([]yamledit.Want{set(d.Root().Get("nowhere"), "k", 1)}); err == nil || !strings.Contains(err.Error(), "nothing where a mapping or list is needed") {
		t.Errorf("at nothing: %v", err)
	}
}

// TestEditRefuses holds that the one call tells what it cannot do.
func TestEditRefuses(t *testing.T) {
	for _, test := range []struct{ text, field, want string }{
		{"a: 1\na: 2\n", "", "2:1: duplicate key"},
		{"a: [1]\n", "a[1].b", "1:4: a[1]: is not there"},
		{"a: 1\n", "a.b", "1:4: a: is a scalar where a mapping is needed"},
		{"a: 1\n", "a..b", "is not a field path"},
	} {
		text, err := yamledit.Edit([]byte(test.text), test.field, yamledit.Entry{Key: "k", Value: 1})
		if text != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q at %s: %q, %v", test.text, test.field, text, err)
		}
	}
}

// TestFieldThroughAlias holds that a value is called as it was reached.
func TestFieldThroughAlias(t *testing.T) {
	d := parse(t, "base: &b\n  list: &l [{x: 1}]\nspec:\n  <<: [*b]\n  own: *l\nmore: *b\n")
	for want, n := range map[string]yamledit.Node{
		"base.list[0].x": d.Root().Lookup("base", "list").Index(0).Get("x"),
		"spec.list[0].x": d.Root().Lookup("spec", "list").Index(0).Get("x"),
		"spec.own[0].x":  d.Root().Lookup("spec", "own").Index(0).Get("x"),
		"more.list[0]":   d.Root().Lookup("more", "list").Index(0),
		"more":           d.Root().Get("more"),
	} {
		if got := n.Field().String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if n.Key().Kind() == yamledit.Scalar && n.Key().Field().String() != want {
			t.Errorf("the key of %s is at %s", want, n.Key().Field())
		}
	}
}

func ExampleEdit() {
	text := []byte(`# the front
spec:
  containers:
    - name: web        # public
      image: "nginx:1.25"
`)
	text, err := yamledit.Edit(text, "spec.containers[0]", yamledit.Entry{Key: "image", Value: "nginx:1.27"}, yamledit.Entry{Key: "tty", Value: true})
	fmt.Printf("%s%v", text, err)
	// Output:
	// # the front
	// spec:
	//   containers:
	//     - name: web        # public
	//       image: nginx:1.27
	//       tty: true
	// <nil>
}

func ExampleDocument_Apply() {
	doc, err := yamledit.Parse([]byte("groups:\n- name: web\n- name: gpu\n  size: {min: 1}\n"), diag.Position{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var wants []yamledit.Want
	for _, group := range doc.Root().Get("groups").Elements() {
		wants = append(wants, yamledit.Want{In: group, At: []string{"size"}, Set: []yamledit.Entry{{Key: "max", Value: 3}}})
	}
	wants = append(wants, yamledit.Want{In: doc.Root(), At: []string{"groups"}, Append: []any{[]yamledit.Entry{{Key: "name", Value: "batch"}}}})
	made, err := doc.Apply(wants)
	fmt.Printf("%s%v\n", made.Text, err)
	for _, change := range made.Changes {
		fmt.Println(change.Position.Line, change.Field, change.Key, change.New)
	}
	// Output:
	// groups:
	// - name: web
	//   size:
	//     max: 3
	// - name: gpu
	//   size: {min: 1, max: 3}
	// - name: batch
	// <nil>
	// 2 groups[0].size max 3
	// 4 groups[1].size max 3
	// 2 groups[2]  map[name:batch]
}
