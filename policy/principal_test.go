package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestNames holds that a principal is taken when IAM can have it, and refused, as KMS
// does, when it cannot.
func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"iam:user/bob": true, "iam:role/a:b/m": true, "iam:role/!x/m": true, "iam:role/(x)/m": true, "iam:user/a#b/m": true, "iam:role/=,.@_-+": true,
		"iam:user/mal lory": false, "iam:role/m$": false, "iam:role/müller": false, "iam:role/a b/m": false, "iam:user/m\t": false, "iam:user/a/": false, "iam:role/": false,
		"iam:group/x": false, "iam:role/ä/m": false, "sts:assumed-role/m/s": true, "sts:assumed-role/m": false, "sts:assumed-role/a/m/s": false, "sts:federated-user/x:y": false,
	} {
		service, resource := name[:3], name[4:]
		arn, err := json.Marshal("arn:aws:" + service + "::111122223333:" + resource)
		if err != nil {
			t.Fatal(err)
		}
		d, findings := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":` + string(arn) + `},"Action":"kms:*","Resource":"*"}]}`))
		if (d != nil) != ok {
			t.Errorf("%s: %v", name, findings)
		}
	}
}

// TestUsersHaveNames holds that a request of a user has aws:username, and one of
// anybody else has not.
func TestUsersHaveNames(t *testing.T) {
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
	d := parse(t, []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"bob"}}}]}`))
	for question, want := range map[string]bool{
		"user/bob kms:Decrypt": true, "user/a/bob kms:Decrypt": true, `"user/a:role/\"/bob" kms:Decrypt`: true,
		"user/mallory kms:Decrypt": false, "role/bob kms:Decrypt": false, "root kms:Decrypt": false, "arn:aws:sts::111122223333:federated-user/bob kms:Decrypt": false,
	} {
		r, err := policy.ParseRequest(question, target)
		if err != nil {
			t.Fatal(err)
		}
		if got := policy.Evaluate(d, r); got.Allowed != want {
			t.Errorf("%s: %s", question, got)
		}
		if again, err := policy.ParseRequest(r.String(), target); err != nil || again.Caller != r.Caller {
			t.Errorf("%s is printed as %s", question, r)
		}
	}
}
