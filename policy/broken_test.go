package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
	"github.com/sebdah/goldie/v2"
)

// TestBroken checks policies with a mistake that people make, which mistake.txt
// tells: check.txt is what it breaks or opens, as a person is told.
func TestBroken(t *testing.T) {
	names, err := filepath.Glob("testdata/broken/*/policy.json")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d policies, %v", len(names), err)
	}
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}, Kublr: "arn:aws:iam::111122223333:user/kublr"}
	for _, name := range names {
		dir := filepath.Dir(name)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			told := tell(t, source, target)
			if told == "" {
				t.Error("nothing is found wrong")
			}
			goldie.New(t, goldie.WithFixtureDir(dir), goldie.WithNameSuffix("")).Assert(t, "check.txt", []byte(told))
		})
	}
}

// tell gives what is wrong with a policy, a line each.
func tell(t *testing.T, source []byte, target policy.Target) string {
	t.Helper()
	var told strings.Builder
	write := func(findings diag.Findings) {
		for _, p := range findings {
			if p.Severity != diag.Info {
				fmt.Fprintf(&told, "%s: %s [%s]\n", p.Severity, p, p.Code)
			}
		}
	}
	doc, findings := policy.Parse(source)
	write(findings)
	if doc == nil {
		return told.String()
	}
	for _, v := range check(t, doc, target) {
		if !v.IsWell() {
			kind := "breaks"
			if v.Risk {
				kind = "opens"
			}
			fmt.Fprintf(&told, "%s %s: %s\n  %s\n  fix: %s\n", kind, v.ID, v.Title, v.Message, v.Hint)
		}
	}
	write(policy.Lint(doc, target))
	return told.String()
}
