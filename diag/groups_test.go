package diag

import "testing"

// Test3Groups holds that of what says the same three are shown and the rest is
// counted, in the order of the first, and that an error is always shown.
func Test3Groups(t *testing.T) {
	var g Groups
	for i := range 9 {
		for _, f := range []Finding{
			{Severity: Warning, Code: "a", Message: "m"}, {Severity: Info, Code: "a", Message: "m"},
			{Severity: Warning, Code: "a", Message: "n"}, {Severity: Warning, Code: "b", Message: "m"},
			{Severity: Warning, Code: "a", Message: "m", Hint: "h"},
		} {
			f.File, f.Position = "f", Position{Line: i + 1}
			if f.Message == "n" && i > 2 {
				continue
			}
			if got, want := g.Shows(f), i < 3; got != want {
				t.Errorf("%v is shown: %t", f, got)
			}
		}
		if !g.Shows(Finding{Severity: Error, Code: "e", Message: "m"}) {
			t.Error("an error is not shown")
		}
	}
	var got string
	for _, f := range g.Rest() {
		got += string(f.Severity) + " " + f.Code + " " + f.String() + "\n"
	}
	const said = "at 9 places, 6 more than above: m"
	if want := "warning a " + said + "\ninfo a " + said + "\nwarning b " + said + "\nwarning a " + said + "; h\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
