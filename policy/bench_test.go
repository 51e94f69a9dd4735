package policy_test

import (
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// BenchmarkEvaluate answers every request of the table for the standard policy.
func BenchmarkEvaluate(b *testing.B) {
	g := expand(b, "aws", []string{"us-east-1"}, "standard", `{}`, func(*policy.Target, func(string) string) {})[0]
	d := parse(b, g.source)
	allowed := requests(b, g.target)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		policy.Evaluate(d, allowed[i%len(allowed)])
	}
}

// requests gives all requests of the table: those that a policy without
// statements for them answers wrong, and those that one open to all does.
func requests(t testing.TB, target policy.Target) []policy.Request {
	var all []policy.Request
	for _, effect := range []string{"Allow", "Deny"} {
		d := parse(t, []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"`+effect+`","Principal":"*","Action":"kms:*","Resource":"*"}]}`))
		for _, v := range check(t, d, target) {
			for _, a := range v.Wrong {
				all = append(all, a.Request)
			}
		}
	}
	return all
}

func BenchmarkCheck(b *testing.B) {
	g := expand(b, "aws", []string{"us-east-1"}, "standard", `{}`, func(*policy.Target, func(string) string) {})[0]
	d := parse(b, g.source)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Check(d, g.target); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	g := expand(b, "aws", []string{"us-east-1"}, "standard", `{}`, func(*policy.Target, func(string) string) {})[0]
	b.SetBytes(int64(len(g.source)))
	b.ReportAllocs()
	for b.Loop() {
		policy.Parse(g.source)
	}
}
