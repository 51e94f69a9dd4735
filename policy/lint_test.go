package policy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestLintCodes holds that each code that Lint's documentation names is found in
// some policy of the cases or of these, and that none is found that it lacks.
func TestLintCodes(t *testing.T) {
	found := map[string]bool{}
	more := []string{
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContextKeys":"a","kms:Nonsense":"b","kms:CallerAccount":"111122223333"}}}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:CreateGrant","Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":"yes"},"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}}]}`,
		`{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"${aws:PrincipalAccount}"}}}]}`,
	}
	sources := policies(t)
	for _, source := range more {
		sources = append(sources, []byte(source))
	}
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
	for _, source := range sources {
		if d, _ := policy.Parse(source); d != nil {
			for _, p := range policy.Lint(d, target) {
				found[p.Code] = true
				if p.Message == "" || p.Position.Line == 0 {
					t.Errorf("%s without a message or a place: %+v", p.Code, p)
				}
			}
		}
	}
	source, err := os.ReadFile(filepath.Join("lint.go"))
	if err != nil {
		t.Fatal(err)
	}
	documentation := regexp.MustCompile(`(?s)// Lint finds.*?\nfunc Lint`).Find(source)
	var documented []string
	for _, line := range regexp.MustCompile(`(?m)^//\s+- ([a-z0-9, -]+):`).FindAllSubmatch(documentation, -1) {
		documented = append(documented, strings.Split(string(line[1]), ", ")...)
	}
	if len(documented) < 20 {
		t.Fatalf("only %d codes are documented", len(documented))
	}
	for _, code := range documented {
		if !found[code] {
			t.Errorf("%s is found nowhere", code)
		}
	}
	for code := range found {
		if !slices.Contains(documented, code) {
			t.Errorf("%s is not documented", code)
		}
	}
}
