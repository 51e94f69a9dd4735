package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestCodes holds that each code has one whole row, and that each row is given by
// some policy of the cases or of these.
func TestCodes(t *testing.T) {
	rows := map[string]diag.Code{}
	for _, c := range policy.Codes() {
		if _, twice := rows[c.ID]; twice {
			t.Errorf("%s stands twice", c.ID)
		}
		rows[c.ID] = c
		if c.ID == "" || c.Severity == "" || c.Title == "" || c.Means == "" || c.Why == "" || c.Remedy == "" || len(c.Sources) == 0 {
			t.Errorf("%s is not whole: %+v", c.ID, c)
		}
		for _, source := range slices.Concat(c.Sources, sourcesOf(c.Controls)) {
			if !strings.HasPrefix(source, "https://") {
				t.Errorf("%s: %q is no source", c.ID, source)
			}
		}
	}
	given := map[string]bool{}
	give := func(f diag.Finding) {
		given[f.Code] = true
		if row, known := rows[f.Code]; !known || row.Severity != f.Severity || f.Message == "" {
			t.Errorf("%s %s (known: %v): %s", f.Severity, f.Code, known, f)
		}
	}
	narrow := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}, InstanceRoles: []string{"arn:aws:iam::111122223333:role/node"}, Spot: true, Fleet: true}
	open := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}, Trusted: []string{"arn:aws:iam::111122223333:role/audit"}}
	for _, source := range append(policies(t), traps()...) {
		doc, findings := policy.Parse(source)
		for _, f := range findings {
			give(f)
		}
		if doc == nil {
			continue
		}
		for _, f := range policy.Lint(doc, narrow) {
			if give(f); f.Position.Line == 0 {
				t.Errorf("%s without a place: %s", f.Code, f)
			}
		}
		for _, target := range []policy.Target{narrow, open} {
			for _, v := range check(t, doc, target) {
				if v.Allowed == v.Risk {
					give(v.Finding())
				}
			}
		}
	}
	for id := range rows {
		if !given[id] {
			t.Errorf("nothing gives %s", id)
		}
	}
}

func sourcesOf(controls []diag.Control) []string {
	var all []string
	for _, c := range controls {
		all = append(all, c.Source)
	}
	return all
}

// traps are policies with mistakes that no case has.
func traps() [][]byte {
	const good = `"Resource":"*","Effect":"Allow"`
	var all [][]byte
	for _, text := range []string{
		`{"Id":1,"Version":"2012-10-17","Statement":[{"Sid":2,` + good + `,"Principal":"*","Action":["kms:Decrypt"]}]}`,
		`{"Id":"a","Id":"b","statement":[]}`,
		`{"Statement":[{"Resource":"*","Principal":{"AWS":"bob"},"Action":"kms:Decrypt","Condition":[]}]}`,
		`{"Statement":[]}`,
		`{"Version":"2012-10-17","Statement":[{` + good + `,"Principal":"*","Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:EncryptionContextKeys":"a","kms:Nonsense":"b","kms:CallerAccount":"111122223333"}}}]}`,
		`{"Version":"2012-10-17","Statement":[{` + good + `,"Principal":"*","Action":"kms:CreateGrant","Condition":{"Bool":{"kms:GrantIsForAWSResource":"yes"},"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}}]}`,
		`{"Version":"2012-10-17","Statement":[{` + good + `,"Principal":{"AWS":"arn:aws:iam::111122223333:role/audit"},"Action":"kms:*"}]}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Resource":"*","Principal":"*","Action":"kms:Decrypt","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":false}}},{` + good + `,"Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/a/b"},"Action":"kms:Decrypt"}]}`,
		`{"Statement":[{` + good + `,"Principal":{"AWS":"111122223333"},"Action":"kms:*"}]}`,
		`{"Version":"2008-10-17","Statement":[{` + good + `,"Principal":"*","Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:CallerAccount":"${aws:PrincipalAccount}"}}}]}`,
	} {
		all = append(all, []byte(text))
	}
	return all
}
