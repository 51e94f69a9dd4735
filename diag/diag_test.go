package diag_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

func TestFieldPrints(t *testing.T) {
	for want, f := range map[string]diag.Field{
		"":                          nil,
		"spec.nodes[0].aws":         diag.Keys("spec", "nodes").At(0).Key("aws"),
		"[2].kind":                  diag.Field(nil).At(2).Key("kind"),
		"a[0][1]":                   diag.Keys("a").At(0).At(1),
		`["a.b"]`:                   diag.Keys("a.b"),
		`Condition["kms:X"].Y`:      diag.Keys("Condition", "kms:X", "Y"),
		`a[""]["\n"]["[0]"]["0x "]`: diag.Keys("a", "", "\n", "[0]", "0x "),
		"größe.rootVolume_2-x":      diag.Keys("größe", "rootVolume_2-x"),
	} {
		if got := f.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, err := diag.ParseField(want); err != nil || !reflect.DeepEqual(got, f) {
			t.Errorf("%s is read as %v, %v", want, got, err)
		}
	}
}

func TestFieldIsNoField(t *testing.T) {
	for _, text := range []string{".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a[01]", "a[0", `a["x"`, `a["x]`, "a]", "a b", "a[0]b"} {
		if f, err := diag.ParseField(text); err == nil {
			t.Errorf("%s is read as %v", text, f)
		}
	}
}

// FuzzParseField holds that what is read prints as it was, but for the quotes.
func FuzzParseField(f *testing.F) {
	for _, seed := range []string{"spec.nodes[0].aws", `a["b c"][7]`, "[0]", `["\xff"]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		field, err := diag.ParseField(text)
		if err != nil {
			return
		}
		if again, err := diag.ParseField(field.String()); err != nil || !reflect.DeepEqual(again, field) {
			t.Fatalf("%q is read as %v and that as %v, %v", text, field, again, err)
		}
	})
}

func TestFieldFromJSON(t *testing.T) {
	var f diag.Field
	if err := json.Unmarshal([]byte(`["spec", "nodes", 0, "0"]`), &f); err != nil || f.String() != "spec.nodes[0].0" {
		t.Errorf("%v, %v", f, err)
	}
	if text, err := json.Marshal(f); err != nil || string(text) != `["spec","nodes",0,"0"]` {
		t.Errorf("%s, %v", text, err)
	}
	for _, text := range []string{`"spec"`, `[true]`, `[-1]`, `[1.5]`, `[["a"]]`} {
		if err := json.Unmarshal([]byte(text), &f); err == nil {
			t.Errorf("%s is read as %v", text, f)
		}
	}
}

// TestFieldsAreValues holds that a longer field leaves the shorter as it was.
func TestFieldsAreValues(t *testing.T) {
	f := diag.Keys("a")
	for range 5 {
		f = f.Key("x").At(1)
		left, right := f.Key("left"), f.Key("right")
		if left.String() == right.String() {
			t.Fatal(left, right)
		}
		if one, two := f.At(1), f.At(2); one.String() == two.String() {
			t.Fatal(one, two)
		}
	}
}

func TestLines(t *testing.T) {
	text := []byte("ab\ncd\r\n\n\rx")
	for at, want := range map[int][2]int{0: {3, 5}, 2: {3, 7}, 3: {4, 1}, 6: {4, 4}, 7: {5, 1}, 8: {6, 1}, 10: {6, 3}} {
		lines := diag.NewLines(text, diag.Position{Line: 3, Column: 5, Byte: 100})
		if got := lines.Position(at); got != (diag.Position{Line: want[0], Column: want[1], Byte: 100 + at}) {
			t.Errorf("%d is at %v, want %v", at, got, want)
		}
	}
	lines := diag.NewLines(text, diag.Position{})
	for at, want := range map[int][2]int{0: {0, 2}, 2: {0, 2}, 3: {3, 5}, 6: {3, 5}, 7: {7, 7}, 9: {8, 10}, 10: {8, 10}} {
		if start, end := lines.Line(at); start != want[0] || end != want[1] {
			t.Errorf("the line of %d is %d to %d, want %v", at, start, end, want)
		}
	}
	if got := lines.Position(0); got != (diag.Position{Line: 1, Column: 1}) {
		t.Errorf("a file begins at %v", got)
	}
}

func TestSpliced(t *testing.T) {
	text := []byte("abcdef")
	for _, test := range []struct {
		splices []diag.Splice
		want    string
	}{
		{nil, "abcdef"},
		{[]diag.Splice{{4, 6, ""}, {0, 1, "A"}}, "Abcd"},
		{[]diag.Splice{{2, 3, "-"}, {2, 2, "1"}, {2, 2, "2"}, {6, 6, "!"}}, "ab12-def!"},
	} {
		if got, err := diag.Spliced(text, test.splices); err != nil || string(got) != test.want {
			t.Errorf("%v gives %q, %v; want %q", test.splices, got, err, test.want)
		}
	}
	for _, splices := range [][]diag.Splice{{{0, 2, ""}, {1, 3, ""}}, {{-1, 0, ""}}, {{5, 7, ""}}, {{3, 2, ""}}} {
		if got, err := diag.Spliced(text, splices); err == nil {
			t.Errorf("%v gives %q", splices, got)
		}
	}
}

func TestSafe(t *testing.T) {
	for text, want := range map[string]string{
		"prod-östlich 東":   "prod-östlich 東",
		"a\nb\r\tc":        `a\nb\r\tc`,
		"\x1b[31m\x00\x7f": `\x1b[31m\x00\x7f`,
		"\u0085\u009b":     `\u0085\u009b`,
		"\u2028\u2029":     `\u2028\u2029`,
		"\u202ab\u2066":    `\u202ab\u2066`,
		"a\xffb\xc3":       `a\xffb\xc3`,
		"\ufffd":           "\ufffd",
		"# ##[error]x":     `# ##\x5berror]x`,
	} {
		if got := diag.Safe(text); got != want {
			t.Errorf("%q is printed %s, want %s", text, got, want)
		}
	}
}

// FuzzSafe holds that nothing is left that a terminal obeys, and that a second
// time changes nothing.
func FuzzSafe(f *testing.F) {
	f.Add("a\x1b\xff\u202e")
	f.Fuzz(func(t *testing.T, text string) {
		safe := diag.Safe(text)
		if !utf8.ValidString(safe) || diag.Safe(safe) != safe {
			t.Fatalf("%q is printed %q", text, safe)
		}
		for _, r := range safe {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q is printed %q", text, safe)
			}
		}
		if bytes.ContainsAny([]byte(safe), "\u2028\u2029") {
			t.Fatalf("%q is printed %q", text, safe)
		}
	})
}

func TestFindings(t *testing.T) {
	all := diag.Findings{
		{Severity: diag.Warning, File: "b.yaml", Message: "later"},
		{Severity: diag.Error, Code: "x", Position: diag.Position{Line: 2, Column: 3}, Field: diag.Keys("spec", "key"), Message: "is \x1bwrong", Hint: "mend it"},
	}
	named := all.In("a.yaml")
	named.Sort()
	want := "a.yaml:2:3: spec.key: is \\x1bwrong; mend it\nb.yaml: later"
	if got := named.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if all[1].File != "" || all[1].Place() != "2:3" {
		t.Errorf("In changed its input to %v", all)
	}
	if errors := all.Errors(); !all.HasErrors() || len(errors) != 1 || all[:1].HasErrors() {
		t.Errorf("errors: %v", errors)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"locations", "locations", 0}, {"location", "locations", 1},
		{"Decrypt", "Decrpyt", 2}, {"kitten", "sitting", 3}, {"aab", "ab", 1}, {"ab", "ba", 2},
	} {
		if got := diag.Distance([]rune(test.a), []rune(test.b)); got != test.want {
			t.Errorf("between %q and %q lie %d, want %d", test.a, test.b, got, test.want)
		}
	}
	if got := diag.Distance([]byte("ö"), []byte("o")); got != 2 {
		t.Errorf("in bytes ö is %d from o", got)
	}
}
