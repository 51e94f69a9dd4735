package kublrencryption

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const manyIntent = `{"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": {"name": "a"}, "spec": {"account": "111122223333", "kublr": {"user": "k"}, %s}}`

// many gives an intent with n of something, as JSON.
func many(n int, format, each string) []byte {
	all := make([]string, n)
	for i := range all {
		all[i] = strings.ReplaceAll(each, "N", fmt.Sprint(i+1))
	}
	return fmt.Appendf(nil, manyIntent, fmt.Sprintf(format, strings.Join(all, ",")))
}

// TestManyMistakes holds that of one kind of mistake twenty are told, and how many more
// there are; of another kind all that there are.
func TestManyMistakes(t *testing.T) {
	for n, more := range map[int]string{20: "is not", 21: "is not", 22: "and 2 more", 2000: "and 1980 more"} {
		var plan struct {
			Findings []struct{ Code, Message string }
		}
		out, err := Plan(many(n, `"regions": 1, %s`, `"fieldN": 1`))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &plan); err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		last := ""
		for _, f := range plan.Findings {
			if counts[f.Code]++; f.Code == "unknown-field" {
				last = f.Message
			}
		}
		if want := min(n, 21); counts["unknown-field"] != want || counts["type"] != 1 || !strings.HasPrefix(last, more) {
			t.Errorf("of %d: %v, the last is %q", n, counts, last)
		}
	}
}

// BenchmarkMany shows what an intent with many clusters, keys or mistakes costs.
func BenchmarkMany(b *testing.B) {
	for _, c := range []struct{ name, format, each string }{
		{"clusters", `"clusters": [%s]`, `"prod-N"`},
		{"keys", `"key": {%s}`, `"us-east-N": "alias/a"`},
		{"unknown", `%s`, `"fieldN": 1`},
		{"overrides", `"overrides": [%s]`, `{"matchh": {}, "mode": "plainn"}`},
		{"groups", `"key": "alias/a", "overrides": [%s]`, `{"match": {"group": "gN"}, "mode": "plain"}`},
	} {
		for _, n := range []int{1000, 2000, 10000, 100000} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				intent := many(n, c.format, c.each)
				for b.Loop() {
					if _, err := Plan(intent); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
