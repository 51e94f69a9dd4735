package generator_test

import (
	"os"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

func BenchmarkEdit(b *testing.B) {
	src, err := os.ReadFile("../yamledit/testdata/cluster.yaml")
	if err != nil {
		b.Fatal(err)
	}
	intents, _ := generator.ReadIntents("intent.yaml", []byte(`{"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": {"name": "x"},
		"spec": {"account": "111122223333", "key": "alias/kublr-ebs", "kublr": {"user": "kublr"}}}`))
	plan, findings := generator.NewPlan(intents)
	if plan == nil {
		b.Fatal(findings)
	}
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if r := plan.Edit("c.yaml", yamledit.Chunk{Bytes: src}, generator.Base{}); r.HasErrors() {
			b.Fatal(r.Outcomes)
		}
	}
}
