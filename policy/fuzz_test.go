package policy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// policies gives all policies of the cases, and those that our library writes.
func policies(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	names, err := filepath.Glob("testdata/broken/*/policy.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source)
	}
	for _, g := range expand(t, "aws", []string{"us-east-1", "eu-west-1"}, "standard", `{"spot":true,"instanceRoles":["a"]}`, func(*policy.Target, func(string) string) {}) {
		all = append(all, g.source)
	}
	return append(all, []byte(throughEC2))
}

// FuzzParse holds that what is read is kept: written in AWS's order and read
// again it is the same policy, which needs no third writing.
func FuzzParse(f *testing.F) {
	for _, source := range policies(f) {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		d, findings := policy.Parse(source)
		if d == nil {
			if len(findings) == 0 {
				t.Fatal("refused without a problem")
			}
			return
		}
		if !bytes.Equal(d.Source(), source) {
			t.Fatal("the source is not kept")
		}
		written, err := policy.Format(source)
		if err != nil {
			t.Fatalf("read, and not written: %v", err)
		}
		again, findings := policy.Parse(written)
		if again == nil {
			if len(written) > 32768 { // indentation counts
				return
			}
			t.Fatalf("written, and not read again: %v in\n%s", findings, written)
		}
		if changes := policy.Diff(d, again); changes != nil {
			t.Fatalf("%v between\n%s\nand\n%s", changes, source, written)
		}
		if twice, err := policy.Format(written); err != nil || !bytes.Equal(twice, written) {
			t.Fatalf("%v: written again\n%s\nbecomes\n%s", err, written, twice)
		}
		target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
		if _, err := policy.Check(d, target); err != nil {
			t.Fatal(err)
		}
		policy.Lint(d, target)
	})
}

// FuzzMerge holds that a merge keeps what is not ours and that a second one
// changes nothing.
func FuzzMerge(f *testing.F) {
	for _, source := range policies(f) {
		f.Add(source)
	}
	ours := parse(f, []byte(throughEC2))
	f.Fuzz(func(t *testing.T, source []byte) {
		theirs, _ := policy.Parse(source)
		if theirs == nil {
			return
		}
		merged, err := policy.Merge(theirs, ours, false)
		if err != nil {
			return
		}
		d := parse(t, merged)
		for _, s := range theirs.Statements {
			if !bytes.Contains(merged, spelledIn(source, s)) {
				t.Fatalf("%s is not kept in\n%s", s, merged)
			}
		}
		again, err := policy.Merge(d, ours, false)
		if err != nil || !bytes.Equal(again, merged) {
			t.Fatalf("%v: merged again\n%s\nbecomes\n%s", err, merged, again)
		}
	})
}

// spelledIn gives the first line of a statement.
func spelledIn(source []byte, s *policy.Statement) []byte {
	line, _, _ := bytes.Cut(source[s.Position.Byte:], []byte("\n"))
	if end := bytes.IndexByte(line, '}'); end >= 0 {
		line = line[:end]
	}
	return line
}

// TestHostileInput holds that no input brings it down; one that took long would
// run into the time that go test allows.
func TestHostileInput(t *testing.T) {
	statement := `{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}`
	for name, source := range map[string]string{
		"deep lists":      strings.Repeat("[", 1<<20),
		"deep objects":    strings.Repeat(`{"a":`, 1<<20),
		"deep condition":  `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":` + strings.Repeat(`{"a":`, 1<<16) + strings.Repeat("}", 1<<16) + `}]}`,
		"ten megabytes":   `{"Statement":[` + strings.Repeat(statement+",", 10<<20/len(statement)) + statement + `]}`,
		"one long string": `{"Version":"` + strings.Repeat("a", 10<<20) + `"}`,
		"a huge number":   `{"Statement":` + strings.Repeat("9", 1<<20) + `}`,
		"an exponent":     `{"Statement":1e999999999}`,
		"duplicate keys":  `{` + strings.Repeat(`"Statement":[],`, 1<<16) + `"Statement":[]}`,
		"nothing":         "",
		"a zero byte":     "\x00",
		"no UTF-8":        "{\"\xff\":1}",
		"half a pair":     `{"Id":"\ud800"}`,
	} {
		d, findings := policy.Parse([]byte(source))
		if d != nil || len(findings) == 0 {
			t.Errorf("%s: accepted", name)
		}
		if len(findings) > 1000 {
			t.Errorf("%s: %d findings", name, len(findings))
		}
	}
}
