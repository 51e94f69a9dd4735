package policy_test

import (
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestDiffOfSpellings holds which spellings are of one policy and which are not.
func TestDiffOfSpellings(t *testing.T) {
	const base = `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}}]}`
	for replace, same := range map[string]bool{
		`"111122223333"` + "\x00" + `"arn:aws:iam::111122223333:root"`:                          true,
		`"111122223333"` + "\x00" + `["111122223333"]`:                                          true,
		`["kms:Decrypt","kms:Encrypt"]` + "\x00" + `["kms:Encrypt","kms:Decrypt"]`:              true,
		`kms:Decrypt` + "\x00" + `KMS:decrypt`:                                                  true,
		`"*"` + "\x00" + `["*"]`:                                                                true,
		`"Bool"` + "\x00" + `"bool"`:                                                            true,
		`kms:Grant` + "\x00" + `KMS:grant`:                                                      true,
		`"true"` + "\x00" + `true`:                                                              true,
		`[{` + "\x00" + `{`:                                                                     false, // not JSON: the closing bracket is left
		`"Sid":"A"` + "\x00" + `"Sid":"B"`:                                                      false,
		`"Allow"` + "\x00" + `"Deny"`:                                                           false,
		`"kms:Encrypt"` + "\x00" + `"kms:ReEncrypt*"`:                                           false,
		`111122223333` + "\x00" + `444455556666`:                                                false,
		`"true"` + "\x00" + `"false"`:                                                           false,
		`,"Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}` + "\x00" + ``:              false,
		`"Principal":{"AWS":"111122223333"}` + "\x00" + `"Principal":{"AWS":"*"}`:               false,
		`"Principal":{"AWS":"111122223333"}` + "\x00" + `"NotPrincipal":{"AWS":"111122223333"}`: false,
	} {
		old, text, _ := strings.Cut(replace, "\x00")
		other, _ := policy.Parse([]byte(strings.Replace(base, old, text, 1)))
		if other == nil {
			if same {
				t.Errorf("%s for %s is not read", text, old)
			}
			continue
		}
		if changes := policy.Diff(parse(t, []byte(base)), other); len(changes) == 0 != same {
			t.Errorf("%s for %s: differences %v", text, old, changes)
		}
	}
}

// TestMerge holds that only statements of ours that say something else change.
func TestMerge(t *testing.T) {
	ours := parse(t, []byte(throughEC2))
	for name, c := range map[string]struct {
		theirs, want, err string
		replaces          bool
	}{
		"the same in another spelling stays": {
			theirs: "{\"Version\": \"2012-10-17\", \"Statement\": [\n  {\"Resource\": [\"*\"],   \"Sid\": \"Admin\", \"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"111122223333\"}, \"Action\": \"KMS:*\"}\n]}",
			want:   `{"Resource": ["*"],   "Sid": "Admin", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "KMS:*"},`,
		},
		"another under our Sid is replaced": {
			theirs:   `{"Version":"2012-10-17","Statement":[{"Sid":"Admin","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"kms:*","Resource":"*"}]}`,
			want:     `{"Sid":"Admin","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"}`,
			replaces: true,
		},
		"another under our Sid stays, and ours comes under one that is free": {
			theirs: `{"Version":"2012-10-17","Statement":[{"Sid":"Admin","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"kms:*","Resource":"*"}]}`,
			want:   `"AWS":"444455556666"},"Action":"kms:*","Resource":"*"},{"Sid":"Admin 2","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"}`,
		},
		"what allows more under another Sid stays": {
			theirs: `{"Version":"2012-10-17","Statement":[{"Sid":"Mine","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["kms:*","kms:Decrypt"],"Resource":"*"}]}`,
			want:   `"Resource":"*"},{"Sid":"EBS",`,
		},
		"our Sid twice": {
			theirs:   `{"Version":"2012-10-17","Statement":[{"Sid":"EBS","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"},{"Sid":"EBS","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}]}`,
			replaces: true,
			err:      "which is ours cannot be told",
		},
	} {
		merged, err := policy.Merge(parse(t, []byte(c.theirs)), ours, c.replaces)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v", name, err)
			}
		case err != nil || !strings.Contains(string(merged), c.want):
			t.Errorf("%s: %v\n%s", name, err, merged)
		}
	}
	if _, err := policy.Merge(ours, parse(t, []byte(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}]}`)), false); err == nil {
		t.Error("a statement without a Sid was merged")
	}
}

// TestDiff holds what a person is told of a change.
func TestDiff(t *testing.T) {
	from := parse(t, []byte(throughEC2))
	to := parse(t, []byte(strings.Replace(throughEC2, `"kms:ReEncrypt*", `, ``, 1)))
	changes := policy.Diff(from, to)
	if len(changes) != 1 || !strings.Contains(changes[0].String(), "kms:ReEncrypt*") || strings.Contains(changes[0].String(), "kms:Decrypt") {
		t.Errorf("%v", changes)
	}
}
