package policy_test

import (
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

const throughEC2 = `{"Version": "2012-10-17", "Statement": [
  {"Sid": "Admin", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
  {"Sid": "EBS", "Effect": "Allow", "Principal": "*", "Resource": "*",
   "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*", "kms:CreateGrant"],
   "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333", "kms:ViaService": "ec2.us-east-1.amazonaws.com"}}}
]}`

// One question: may an instance role grant the key to EC2 in another region?
func ExampleEvaluate() {
	doc, _ := policy.Parse([]byte(throughEC2))
	decision := policy.Evaluate(doc, policy.Request{
		Caller: "arn:aws:iam::111122223333:role/node",
		Action: "kms:CreateGrant",
		Context: map[string][]string{
			"kms:ViaService":            {"ec2.eu-west-1.amazonaws.com"},
			"kms:GrantIsForAWSResource": {"true"},
		},
	})
	fmt.Println(decision)
	// Output:
	// denied: left to the IAM of account 111122223333 by Statement[0] "Admin", where nothing is known that allows it; the nearest statement is Statement[1] "EBS": kms:ViaService is ec2.eu-west-1.amazonaws.com, the statement wants ec2.us-east-1.amazonaws.com
}

// All that a cluster needs, and all that nobody should be able to do.
func ExampleCheck() {
	doc, _ := policy.Parse([]byte(throughEC2))
	verdicts, err := policy.Check(doc, policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}})
	if err != nil {
		fmt.Println(err)
	}
	for _, v := range verdicts {
		if !v.IsWell() {
			fmt.Println(v.ID, v.Message)
		}
	}
	fmt.Println(len(verdicts), "verdicts")
	// Output:
	// 24 verdicts
}

// A statement of ours goes into a policy of others, which keeps its spelling.
func ExampleMerge() {
	theirs, _ := policy.Parse([]byte(`{"Statement": {"Sid": "Admin",  "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}}`))
	ours, _ := policy.Parse([]byte(`{"Statement": [{"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/a"}, "Action": "kms:DescribeKey", "Resource": "*"}]}`))
	merged, err := policy.Merge(theirs, ours, false)
	fmt.Println(string(merged), err)
	// Output:
	// {"Statement": [{"Sid": "Admin",  "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"},{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/a"},"Action":"kms:DescribeKey","Resource":"*"}]} <nil>
}
