package generator_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-jsonnet"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestPrincipalsCount holds that each of the library's rows about principals gets
// its use of the key: without its ARNs, the capability that the row names is gone.
func TestPrincipalsCount(t *testing.T) {
	out, err := jsonnet.MakeVM().EvaluateAnonymousSnippet("rows.jsonnet", `(import '../jsonnet/kublr-encryption/lib/principals.libsonnet').rows`)
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Option, Capability, Role string }
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	options := object{"form": "minimal", "administrators": []any{"admin"}, "autoScalingRoles": []any{"AWSServiceRoleForAutoScaling_x"}, "instanceRoles": []any{"node"}}
	for _, row := range rows {
		if row.Role != "" {
			options[row.Option] = true
		}
	}
	intent := object{"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": object{"name": "x"},
		"spec": object{"account": "111122223333", "key": "alias/a", "kublr": object{"user": "kublr"}, "regions": []any{"us-east-1"}, "policy": options}}
	plan := newPlan(t, intent)
	if plan == nil {
		t.Fatal("the intent is no good")
	}
	sets, findings := plan.Policies(nil)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	document := string(sets[0].Policies[0].Document)
	names := map[string]string{"kublr": "user/kublr", "administrators": "role/admin", "autoScalingRoles": "AutoScaling_x", "instanceRoles": "role/node"}
	for _, row := range rows {
		name := names[row.Option]
		if row.Role != "" {
			name = row.Role
		}
		if well := isWell(t, document, sets[0].Target, row.Capability); !well {
			t.Errorf("%s: %s is not so", row.Option, row.Capability)
		}
		if without := strings.ReplaceAll(document, name+`"`, name+`-gone"`); without == document || isWell(t, without, sets[0].Target, row.Capability) {
			t.Errorf("%s: without %s, %s is still so", row.Option, name, row.Capability)
		}
	}
}

func isWell(t *testing.T, document string, target policy.Target, code string) bool {
	t.Helper()
	doc, problems := policy.Parse([]byte(document))
	if doc == nil {
		t.Fatal(problems)
	}
	verdicts, err := policy.Check(doc, target)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(verdicts, func(v policy.Verdict) bool { return v.Code.ID == code })
	return i >= 0 && verdicts[i].IsWell()
}
