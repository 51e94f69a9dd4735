package report

import (
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"
)

func TestFindingsPage(t *testing.T) {
	goldie.New(t, goldie.WithFixtureDir("../../docs"), goldie.WithNameSuffix("")).Assert(t, "findings.md", []byte(Page()))
}

// TestCodes holds that a row is once and whole, and short enough for code hosts.
func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Codes() {
		if seen[c.ID] {
			t.Errorf("%s stands twice in the table", c.ID)
		}
		seen[c.ID] = true
		if bySeverity[c.Severity].sarif == "" {
			t.Errorf("%s has the severity %q", c.ID, c.Severity)
		}
		for name, text := range map[string]string{"title": c.Title, "means": c.Means, "why": c.Why, "remedy": c.Remedy} {
			if text == "" || len(text) > 1024 || name == "title" && strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is %q", c.ID, name, text)
			}
		}
		for _, source := range c.Sources {
			if !strings.HasPrefix(source, "https://") {
				t.Errorf("%s has the source %s", c.ID, source)
			}
		}
		if got, ok := Lookup(c.ID); !ok || got.ID != c.ID {
			t.Errorf("%s is not found in its table", c.ID)
		}
	}
}

func TestNearest(t *testing.T) {
	for code, want := range map[string]string{"would-chagne": "would-change", "results": "results-cut", "fil": "file uncovered-file-system", "qqqqqqqqqqqq": ""} {
		if got := strings.Join(Nearest(code), " "); got != want {
			t.Errorf("nearest to %s is %q, want %q", code, got, want)
		}
	}
}
