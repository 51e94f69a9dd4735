package policy_test

import (
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

func TestFormatOrdersFieldsAsAWSDoes(t *testing.T) {
	in := `{"Statement":[{"Action":["kms:Decrypt","kms:CreateGrant"],"Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}},"Effect":"Allow","Principal":{"AWS":"*"},"Resource":"*","Sid":"a <b>"}],"Version":"2012-10-17"}`
	want := `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "a <b>",
      "Effect": "Allow",
      "Principal": {
        "AWS": "*"
      },
      "Action": [
        "kms:Decrypt",
        "kms:CreateGrant"
      ],
      "Resource": "*",
      "Condition": {
        "Bool": {
          "kms:GrantIsForAWSResource": "true"
        }
      }
    }
  ]
}
`
	got, err := policy.Format([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFormatDropsNothing(t *testing.T) {
	got, err := policy.Format([]byte(`{"Statement":{"Other":1e999,"Sid":"\u00e9"},"Id":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "Id": "x",
  "Statement": {
    "Sid": "\u00e9",
    "Other": 1e999
  }
}
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, in := range []string{`[]`, `{`, `{"Id":"x","Id":"y"}`} {
		if out, err := policy.Format([]byte(in)); err == nil {
			t.Errorf("%s was printed as %s", in, out)
		}
	}
}
