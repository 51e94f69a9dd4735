package policy_test

import (
	"fmt"
	"strings"
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

// BenchmarkCheckLarge proves a policy as large as KMS takes, with a hundred
// statements that each tell others apart.
func BenchmarkCheckLarge(b *testing.B) {
	d, target := large(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Check(d, target); err != nil {
			b.Fatal(err)
		}
	}
}

func large(t testing.TB) (*policy.Document, policy.Target) {
	var statements []string
	for i := range 100 {
		principal, condition := fmt.Sprintf(`"arn:aws:iam::111122223333:role/team-%d"`, i), fmt.Sprintf(`"StringLike": {"kms:ViaService": "s%d.*.amazonaws.com", "kms:EncryptionContext:team": "t%d*"}`, i, i)
		effect := "Allow"
		switch i % 4 {
		case 1:
			principal, condition = `"*"`, fmt.Sprintf(`"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/t%d/*"}, "StringEquals": {"kms:CallerAccount": "111122223333"}`, i)
		case 2:
			effect, principal = "Deny", `"*"`
		}
		statements = append(statements, fmt.Sprintf(`{"Sid": "Statement number %d", "Effect": %q, "Principal": {"AWS": %s}, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*", "Condition": {%s}}`, i, effect, principal, condition))
	}
	source := `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",\n") + `]}`
	return parse(t, []byte(source)), policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
}

func BenchmarkParse(b *testing.B) {
	g := expand(b, "aws", []string{"us-east-1"}, "standard", `{}`, func(*policy.Target, func(string) string) {})[0]
	b.SetBytes(int64(len(g.source)))
	b.ReportAllocs()
	for b.Loop() {
		policy.Parse(g.source)
	}
}
