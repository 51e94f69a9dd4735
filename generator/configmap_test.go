package generator_test

import (
	"slices"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// TestFlatTarget holds that a flat ConfigMap says who is trusted, and of which
// organization the account is.
func TestFlatTarget(t *testing.T) {
	doc, err := yamledit.Parse([]byte(`
kind: ConfigMap
data:
  account: "111122223333"
  key: alias/a
  kublr.user: kublr
  regions: us-east-1
  policy.trusted: "444455556666, o-a1b2c3d4e5"
  policy.organization: o-0123456789
`), diag.Position{})
	if err != nil {
		t.Fatal(err)
	}
	intent, err := generator.IntentOfConfigMap("config", doc.Root())
	if err != nil {
		t.Fatal(err)
	}
	plan, findings := generator.NewPlan([]generator.Intent{intent})
	if plan == nil {
		t.Fatal(findings)
	}
	sets, findings := plan.Policies(nil)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	target := sets[0].Target
	if want := []string{"444455556666", "o-a1b2c3d4e5"}; !slices.Equal(target.Trusted, want) || target.Organization != "o-0123456789" {
		t.Errorf("trusted are %q, of %q", target.Trusted, target.Organization)
	}
}
