package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestAccesses holds that whoever a risk lets in stands in the table, with the
// statements that do, and that the table of a good policy says no more.
func TestAccesses(t *testing.T) {
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}}
	for _, source := range policies(t) {
		d, _ := policy.Parse(source)
		if d == nil {
			continue
		}
		rows, err := policy.Accesses(d, target)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range check(t, d, target) {
			if !v.Risk || !v.Allowed {
				continue
			}
			for _, s := range v.Statements {
				if !slices.ContainsFunc(rows, func(a policy.Access) bool { return !a.Denied && slices.Contains(a.Statements, s) }) {
					t.Errorf("%s: %s is in no row of\n%s", v.ID, s, source)
				}
			}
		}
	}
	rows, err := policy.Accesses(parse(t, []byte(strings.TrimSuffix(strings.TrimSpace(throughEC2), "]}")+`,
		{"Sid": "no", "Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:ScheduleKeyDeletion", "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthAge": "true"}}}]}`)), target)
	var got []string
	for _, a := range rows {
		got = append(got, strings.Join([]string{a.Who, strings.Join(a.What, " + "), strings.Join(a.How, " + "), a.Where}, " | "))
	}
	if text := strings.Join(got, "\n"); err != nil || text != wantAccesses {
		t.Errorf("%v\n%s", err, text)
	}
}

const wantAccesses = `root, and whom the account's IAM lets | everything | directly + through EC2 + through other services | 
user kublr | use (Decrypt, ReEncryptFrom, ReEncryptTo) + data keys (GenerateDataKeyWithoutPlaintext) + grants + reading (DescribeKey) | through EC2 | kms:CallerAccount is 111122223333 and kms:ViaService is ec2.us-east-1.amazonaws.com
role AWSServiceRoleForAutoScaling | use (Decrypt, ReEncryptFrom, ReEncryptTo) + data keys (GenerateDataKeyWithoutPlaintext) + grants + reading (DescribeKey) | through EC2 | kms:CallerAccount is 111122223333 and kms:ViaService is ec2.us-east-1.amazonaws.com
any principal of the account | use (Decrypt, ReEncryptFrom, ReEncryptTo) + data keys (GenerateDataKeyWithoutPlaintext) + grants + reading (DescribeKey) | through EC2 | kms:CallerAccount is 111122223333 and kms:ViaService is ec2.us-east-1.amazonaws.com
all but 111122223333 | deletion (ScheduleKeyDeletion) |  | aws:MultiFactorAuthAge is absent`
