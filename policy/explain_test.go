package policy_test

import (
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestNearest holds that the nearest statement is one for the caller, if there is
// any, and of these the one with the fewest misses.
func TestNearest(t *testing.T) {
	const source = `{"Version": "2012-10-17", "Statement": [
  {"Sid": "root", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"},
  {"Sid": "other", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/other"}, "Action": "kms:CreateGrant", "Resource": "*"},
  {"Sid": "node", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/node"}, "Action": "kms:Decrypt", "Resource": "*",
   "Condition": {"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}}},
  {"Sid": "far", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/node"}, "Action": "kms:Decrypt", "Resource": "*",
   "Condition": {"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com", "aws:SourceVpce": "vpce-1"}}}]}`
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
	d := parse(t, []byte(source))
	for question, want := range map[string]string{
		"role/node kms:Decrypt via ec2.eu-west-1":                                                      `"node": kms:ViaService is ec2.eu-west-1.amazonaws.com, the statement wants ec2.us-east-1`,
		"role/node kms:CreateGrant via ec2.us-east-1":                                                  "left to the IAM of account 111122223333",
		"role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling kms:CreateGrant": `"other": the caller is arn`,
		"role/new kms:PutKeyPolicy":                                                                    "left to the IAM of account 111122223333",
	} {
		r, err := policy.ParseRequest(question, target)
		if err != nil {
			t.Fatal(err)
		}
		if got := policy.Evaluate(d, r).String(); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", question, got, want)
		}
	}
}
