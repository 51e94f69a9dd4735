package policy_test

import (
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestEvaluate holds what AWS's documents say of who may do what.
func TestEvaluate(t *testing.T) {
	const (
		keyPolicies   = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
		principals    = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
		operators     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
		evaluation    = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"
		crossAccount  = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html"
		sets          = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-key-or-value-conditions.html"
		grants        = "https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"
		principalARN  = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn"
		variables     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"
		key           = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
		alice, node   = "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/node"
		stranger      = "arn:aws:iam::444455556666:user/bob"
		session       = "arn:aws:sts::111122223333:assumed-role/node/i-1234"
		autoScaling   = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
		root          = `"Principal":{"AWS":"arn:aws:iam::111122223333:root"}`
		everyone      = `"Principal":"*"`
		allowDecrypt  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}`
		allowAll      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
		denyDecrypt   = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"kms:Decrypt","Resource":"*"}]}`
		allowOtherKey = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:us-east-1:111122223333:key/0000"}]}`
	)
	via := map[string][]string{"kms:ViaService": {"ec2.us-east-1.amazonaws.com"}}
	for _, row := range []struct {
		what, source string
		statements   string // of the key policy; action and resource are added
		caller       string
		context      map[string][]string
		identity     string
		grant        *policy.Grant
		want         bool
	}{
		{"the root statement lets IAM decide", keyPolicies, `{` + root + `}`, alice, nil, allowDecrypt, nil, true},
		{"the root statement gives nobody anything by itself", keyPolicies, `{` + root + `}`, alice, nil, "", nil, false},
		{"an IAM policy alone is not enough", keyPolicies, `{"Principal":{"AWS":"` + node + `"}}`, alice, nil, allowAll, nil, false},
		{"an IAM policy for another key", keyPolicies, `{` + root + `}`, alice, nil, allowOtherKey, nil, false},
		{"the account's id is its root", principals, `{"Principal":{"AWS":"111122223333"}}`, alice, nil, allowDecrypt, nil, true},
		{"a named user needs no IAM policy", keyPolicies, `{"Principal":{"AWS":"` + alice + `"}}`, alice, nil, "", nil, true},
		{"a named role is its sessions", principals, `{"Principal":{"AWS":"` + node + `"}}`, session, nil, "", nil, true},
		{"another user", principals, `{"Principal":{"AWS":"` + alice + `"}}`, "arn:aws:iam::111122223333:user/carol", nil, "", nil, false},
		{"everyone of the account needs no IAM policy", principals, `{` + everyone + `}`, alice, nil, "", nil, true},
		{"the star in a map is the star", principals, `{"Principal":{"AWS":"*"}}`, session, nil, "", nil, true},
		{"a stranger under the star needs one of its account", principals, `{` + everyone + `}`, stranger, nil, "", nil, false},
		{"a stranger under the star with one", principals, `{` + everyone + `}`, stranger, nil, allowAll, nil, true},
		{"another account is delegated to", crossAccount, `{"Principal":{"AWS":"arn:aws:iam::444455556666:root"}}`, stranger, nil, allowDecrypt, nil, true},
		{"and not without a policy of its own", crossAccount, `{"Principal":{"AWS":"arn:aws:iam::444455556666:root"}}`, stranger, nil, "", nil, false},
		{"a service-linked role under root has no IAM policy for KMS", keyPolicies, `{` + root + `}`, autoScaling, nil, "", nil, false},
		{"a deny wins over an allow", evaluation, `{` + everyone + `},{"Effect":"Deny","Principal":{"AWS":"` + alice + `"}}`, alice, nil, allowAll, nil, false},
		{"a deny in IAM wins over the key policy", evaluation, `{` + everyone + `}`, alice, nil, denyDecrypt, nil, false},
		{"a deny under a condition that is not met", evaluation, `{` + everyone + `},{"Effect":"Deny",` + everyone + `,"Condition":{"StringEquals":{"kms:ViaService":"rds.us-east-1.amazonaws.com"}}}`, alice, via, "", nil, true},
		{"all but one, to the one", principals, `{"NotPrincipal":{"AWS":["` + alice + `","arn:aws:iam::111122223333:root"]}}`, alice, nil, "", nil, false},
		{"an operator on an absent key", operators, `{` + everyone + `,"Condition":{"StringEquals":{"kms:ViaService":"ec2.us-east-1.amazonaws.com"}}}`, alice, nil, "", nil, false},
		{"a negated operator on an absent key", operators, `{` + everyone + `,"Condition":{"StringNotLike":{"kms:ViaService":"rds*"}}}`, alice, nil, "", nil, true},
		{"IfExists on an absent key", operators, `{` + everyone + `,"Condition":{"StringEqualsIfExists":{"kms:ViaService":"x"}}}`, alice, nil, "", nil, true},
		{"IfExists on a key that is there", operators, `{` + everyone + `,"Condition":{"StringEqualsIfExists":{"kms:ViaService":"x"}}}`, alice, via, "", nil, false},
		{"Null true wants the key absent", operators, `{` + everyone + `,"Condition":{"Null":{"kms:ViaService":"true"}}}`, alice, via, "", nil, false},
		{"Null false wants the key", operators, `{` + everyone + `,"Condition":{"Null":{"kms:ViaService":"false"}}}`, alice, via, "", nil, true},
		{"several values are one or the other", operators, `{` + everyone + `,"Condition":{"StringEquals":{"kms:ViaService":["x","ec2.us-east-1.amazonaws.com"]}}}`, alice, via, "", nil, true},
		{"several keys are one and the other", operators, `{` + everyone + `,"Condition":{"StringEquals":{"kms:ViaService":"ec2.us-east-1.amazonaws.com","kms:CallerAccount":"444455556666"}}}`, alice, via, "", nil, false},
		{"keys are the same in any case", operators, `{` + everyone + `,"Condition":{"StringEquals":{"KMS:viaservice":"ec2.us-east-1.amazonaws.com"}}}`, alice, via, "", nil, true},
		{"StringEquals minds case", operators, `{` + everyone + `,"Condition":{"StringEquals":{"kms:ViaService":"EC2.us-east-1.amazonaws.com"}}}`, alice, via, "", nil, false},
		{"StringEqualsIgnoreCase does not", operators, `{` + everyone + `,"Condition":{"StringEqualsIgnoreCase":{"kms:ViaService":"EC2.us-east-1.amazonaws.com"}}}`, alice, via, "", nil, true},
		{"StringLike takes wildcards", operators, `{` + everyone + `,"Condition":{"StringLike":{"kms:ViaService":"ec?.*.amazonaws.com"}}}`, alice, via, "", nil, true},
		{"StringEquals takes none", operators, `{` + everyone + `,"Condition":{"StringEquals":{"kms:ViaService":"ec2.*.amazonaws.com"}}}`, alice, via, "", nil, false},
		{"aws:PrincipalArn of a session is its role's", principalARN, `{` + everyone + `,"Condition":{"ArnEquals":{"aws:PrincipalArn":"` + node + `"}}}`, session, nil, "", nil, true},
		{"and never the session's", principalARN, `{` + everyone + `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:sts::111122223333:assumed-role/node/*"}}}`, session, nil, "", nil, false},
		{"ForAllValues on an absent key", sets, `{` + everyone + `,"Condition":{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["a"]}}}`, alice, nil, "", nil, true},
		{"ForAnyValue on an absent key", sets, `{` + everyone + `,"Condition":{"ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":["a"]}}}`, alice, nil, "", nil, false},
		{"ForAllValues wants all", sets, `{` + everyone + `,"Condition":{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["a"]}}}`, alice, map[string][]string{"kms:EncryptionContextKeys": {"a", "b"}}, "", nil, false},
		{"ForAnyValue wants one", sets, `{` + everyone + `,"Condition":{"ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":["a"]}}}`, alice, map[string][]string{"kms:EncryptionContextKeys": {"a", "b"}}, "", nil, true},
		{"a variable", variables, `{` + everyone + `,"Condition":{"StringEquals":{"kms:EncryptionContext:owner":"${aws:username}"}}}`, alice, map[string][]string{"aws:username": {"alice"}, "kms:EncryptionContext:owner": {"alice"}}, "", nil, true},
		{"a grant lets its grantee", grants, `{` + root + `}`, session, nil, "", &policy.Grant{Grantee: node, Operations: []string{"Decrypt"}}, true},
		{"a grant for another operation", grants, `{` + root + `}`, session, nil, "", &policy.Grant{Grantee: node, Operations: []string{"Encrypt"}}, false},
		{"a deny wins over a grant", grants, `{"Effect":"Deny",` + everyone + `}`, session, nil, "", &policy.Grant{Grantee: node, Operations: []string{"Decrypt"}}, false},
		{"a grant for a context", grants, `{` + root + `}`, session, map[string][]string{"kms:EncryptionContext:aws:ebs:id": {"vol-1"}}, "", &policy.Grant{Grantee: node, Operations: []string{"Decrypt"}, Equals: map[string]string{"aws:ebs:id": "vol-2"}}, false},
		{"the id of a deleted role is nobody", principals, `{"Principal":{"AWS":"AROAEXAMPLEEXAMPLEXX"}}`, session, nil, allowAll, nil, false},
	} {
		var identity []*policy.Document
		if row.identity != "" {
			d, findings := policy.ParseIdentity([]byte(row.identity))
			if d == nil {
				t.Fatal(findings)
			}
			identity = append(identity, d)
		}
		r := policy.Request{Caller: row.caller, Action: "kms:Decrypt", Key: key, Context: row.context}
		if row.grant != nil {
			r.Grants = []policy.Grant{*row.grant}
		}
		d := parse(t, complete(row.statements))
		got := policy.Evaluate(d, r, identity...)
		if got.Allowed != row.want {
			t.Errorf("%s: %s\n%s", row.what, got, row.source)
		}
		if !got.Allowed && got.Basis != policy.NeedsIdentity && !strings.HasPrefix(got.String(), "denied") {
			t.Errorf("%s: %q", row.what, got)
		}
	}
}

// complete makes a policy of statements that lack what is the same in all.
func complete(statements string) []byte {
	s := strings.ReplaceAll(statements, `{"Principal"`, `{"Effect":"Allow","Principal"`)
	s = strings.ReplaceAll(s, `{"NotPrincipal"`, `{"Effect":"Allow","NotPrincipal"`)
	s = strings.ReplaceAll(s, `{"Effect"`, `{"Action":"kms:Decrypt","Resource":"*","Effect"`)
	return []byte(`{"Version":"2012-10-17","Statement":[` + s + `]}`)
}
