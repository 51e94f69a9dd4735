package generator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// TestKeyUses holds which keys a cluster and an intent name, for which region, and
// where.
func TestKeyUses(t *testing.T) {
	const cluster = `kind: Cluster
metadata: {name: prod}
spec:
  locations:
  - name: a
    aws: {region: us-east-1}
  - name: b
    aws: {region: eu-west-1}
  master:
    locations:
    - locationRef: a
      aws:
        rootVolume: {encrypted: true, kmsKeyId: alias/other}
        masterVolume: {encrypted: true}
  nodes:
  - name: web
    locations:
    - locationRef: b
      aws:
        rootVolume:
          encrypted: true
          kmsKeyId: 1234abcd-12ab-34cd-56ef-1234567890ab
  features: {system: {values: {storageClass: {aws: {parameters: {encrypted: 'true', KmsKeyID: alias/kublr-ebs}}}}}}
`
	const head = "apiVersion: kublr-encryption.github.io/v1alpha1\nkind: EncryptionIntent\nmetadata: {name: production}\nspec:\n  account: \"111122223333\"\n  kublr: {user: kublr}\n"
	for _, test := range []struct {
		intent       string
		spec, itself []string
	}{
		{
			"  key: alias/kublr-ebs\n  overrides: [{match: {group: gpu}, key: alias/gpu}]\n",
			[]string{
				"alias/other us-east-1 13 spec.master.locations[0].aws.rootVolume.kmsKeyId", "1234abcd-12ab-34cd-56ef-1234567890ab eu-west-1 22 spec.nodes[0].locations[0].aws.rootVolume.kmsKeyId",
				"alias/kublr-ebs us-east-1 23 spec.features.system.values.storageClass.aws.parameters.KmsKeyID", "alias/kublr-ebs eu-west-1 23 spec.features.system.values.storageClass.aws.parameters.KmsKeyID",
			},
			[]string{"alias/kublr-ebs us-east-1 7 spec.key", "alias/gpu us-east-1 8 spec.overrides[0].key"},
		},
		{
			"  volumes: [masterEtcd]\n",
			[]string{" us-east-1 14 spec.master.locations[0].aws.masterVolume"},
			[]string{" us-east-1 4 spec"},
		},
		{"  volumes: [masterEtcd]\n  overrides: [{match: {cluster: '*'}, mode: plain}]\n", nil, []string{" us-east-1 4 spec"}},
	} {
		intents, wrong := generator.ReadIntents("intent.yaml", []byte(head+test.intent))
		plan, more := generator.NewPlan(intents)
		if plan == nil {
			t.Fatal(wrong, more)
		}
		said := func(uses []generator.KeyUse) (all []string) {
			for _, u := range uses {
				all = append(all, fmt.Sprintf("%s %s %d %s", u.Key, u.Region, u.Position.Line, u.Field))
			}
			return all
		}
		result := plan.Verify("prod.yaml", yamledit.Chunk{Bytes: []byte(cluster), Start: diag.Position{Line: 1, Column: 1}}, generator.Base{})
		if got := said(result.Outcomes[0].Cluster.Keys); !slices.Equal(got, test.spec) {
			t.Errorf("%s: the cluster names\n%s, want\n%s", test.intent, strings.Join(got, "\n"), strings.Join(test.spec, "\n"))
		}
		sets, wrong := plan.Policies([]string{"us-east-1"})
		if wrong.HasErrors() {
			t.Fatal(wrong)
		}
		if got := said(sets[0].Keys([]string{"us-east-1"})); !slices.Equal(got, test.itself) {
			t.Errorf("%s: the intent names %q, want %q", test.intent, got, test.itself)
		}
	}
}
