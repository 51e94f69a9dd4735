package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestWitnesses holds that whoever gets in does so by Evaluate, and by the question
// that is printed for it too.
func TestWitnesses(t *testing.T) {
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
	asked := 0
	for _, source := range slices.Concat(policies(t), traps()) {
		d, _ := policy.Parse(source)
		if d == nil {
			continue
		}
		for _, v := range check(t, d, target) {
			if !v.Risk || !v.Allowed {
				continue
			}
			if len(v.Wrong) == 0 {
				t.Errorf("%s has no witness in\n%s", v.ID, source)
			}
			for _, w := range v.Wrong {
				if asked++; !w.Decision.Allowed {
					t.Errorf("%s: %s is %s", v.ID, w.Request, w.Decision)
				}
				again, err := policy.ParseRequest(w.Request.String(), target)
				if err != nil {
					t.Errorf("%s: %v", v.ID, err)
				}
				if got := policy.Evaluate(d, again); got.Basis == policy.Denied || got.Basis == policy.NoStatement {
					t.Errorf("%s: %s is read as %+v, which is %s in\n%s", v.ID, w.Request, again, got, source)
				}
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d witnesses", asked)
	}
}

// TestQuestionsAreRefused holds that what nobody, no action and no service is called
// is refused with what may be meant.
func TestQuestionsAreRefused(t *testing.T) {
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
	for text, want := range map[string]string{
		"role/x kms:Decript":                          "which has kms:Decrypt",
		"role/x kms:*":                                "no action of KMS",
		"role/x ec2:RunInstances":                     "no action of KMS",
		"bob kms:Decrypt":                             "write user/bob or role/bob",
		"roles/x kms:Decrypt":                         "is no caller",
		"user/mal$ kms:Decrypt":                       "is no caller",
		"arn:aws:iam::1111:user/x kms:Decrypt":        "is no ARN",
		"role/x kms:Decrypt via ec3.us-east-1":        "no service \"ec3\"; ec2 is one",
		"role/x kms:Decrypt via ebs.us-east-1":        "no service \"ebs\"; ec2 is one",
		"role/x kms:Decrypt via quantum.us-east-1":    "write kms:ViaService=quantum.us-east-1.amazonaws.com",
		"role/x kms:Decrypt via ec2":                  "write via ec2.us-east-1",
		"role/x kms:Decrypt via EC2.us-east-1":        "write via ec2.us-east-1",
		"role/x kms:Decrypt via ec2.us-east1":         "write via ec2.us-east-1",
		"role/x kms:Decrypt via ec2.nowhere":          "write via SERVICE.REGION",
		"arn:aws:iam::111122223333:group/x kms:Sign":  "is no caller",
		"arn:aws:s3::111122223333:role/x kms:Decrypt": "is no caller",
	} {
		if _, err := policy.ParseRequest(text, target); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestParseRequestIsString(t *testing.T) {
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
	for _, text := range []string{
		"role/node kms:Decrypt", "user/team/bob kms:CreateGrant kms:GrantIsForAWSResource=true via ec2.us-east-1", "root kms:PutKeyPolicy",
		"arn:aws:sts::444455556666:assumed-role/x/y kms:Encrypt", "logs.amazonaws.com kms:Decrypt aws:SourceArn=arn:aws:logs:us-east-1:1:*",
		`role/node kms:Decrypt aws:UserAgent="a \"b\" c" kms:EncryptionContext:x=""`, "role/node kms:Decrypt aws:TagKeys=a aws:TagKeys=b",
	} {
		r, err := policy.ParseRequest(text, target)
		if err != nil || r.String() != text {
			t.Errorf("%s is read as %s, %v", text, r, err)
		}
	}
}
