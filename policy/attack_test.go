package policy_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestAttacks adds to a good policy a statement that opens it, breaks it, makes it
// depend on something or does neither. Each line of the file says which, what the
// statement is about, and the statement.
func TestAttacks(t *testing.T) {
	file, err := os.ReadFile("testdata/attacks/policies.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(file)), "\n")
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}, Kublr: "arn:aws:iam::111122223333:user/kublr"}
	for _, line := range lines {
		want, rest, _ := strings.Cut(line, "\t")
		name, statement, _ := strings.Cut(rest, "\t")
		source := strings.TrimSuffix(strings.TrimSpace(throughEC2), "]}") + "," + statement + "]}"
		var got []string
		for _, v := range check(t, parse(t, []byte(source)), target) {
			switch {
			case v.Unproved:
				got = append(got, "not proved: "+v.ID)
			case len(v.Depends) > 0:
				got = append(got, "depends")
			case v.IsWell():
			case v.Risk:
				got = append(got, v.ID)
			default:
				got = append(got, "breaks")
			}
		}
		slices.Sort(got)
		told := strings.Join(slices.Compact(got), " ")
		if told == "breaks depends" {
			told = "breaks"
		}
		if told == "" {
			told = "works"
		}
		if told != want {
			t.Errorf("%s: %s, want %s\n%s", name, told, want, statement)
		}
	}
	if len(lines) < 150 {
		t.Errorf("only %d attacks", len(lines))
	}
}
