package generator

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// storage has, for each row of looks.json that is about storage, one that it finds, in
// each spelling that counts; and what is encrypted, or nobody's.
var storage = []struct{ text, finds string }{
	{"Type: AWS::EC2::Volume\nProperties: {Size: 10}", "uncovered-volume"},
	{"Resources:\n  Data:\n    Type: 'AWS::EC2::Volume'\n    Properties: {Size: !Ref Size, Encrypted: !If [c, true, false]}", "uncovered-volume"},
	{"Type: AWS::EC2::Volume\nProperties: {Encrypted: 'True'}", ""},
	{"{\"Type\": \"AWS::EFS::FileSystem\"}", "uncovered-file-system"},
	{"LaunchTemplateData:\n  BlockDeviceMappings:\n  - {DeviceName: /dev/sda1, Ebs: {VolumeSize: 3}}", "uncovered-block-device"},
	{"BlockDeviceMappings: !If [a, [{Ebs: {Encrypted: false}}], []]", "uncovered-block-device"},
	{"BlockDeviceMappings: [{Ebs: {Encrypted: true}}]", ""},
	{"kind: StorageClass\nmetadata: {name: a}\nprovisioner: ebs.csi.aws.com", "uncovered-storage-class"},
	{"kind: StorageClass\nprovisioner: ebs.csi.aws.com\nparameters: {encrypted: 'True'}", "uncovered-storage-class"},
	{"kind: \"Storage\\x43lass\"\nprovisioner: \"ebs\\x2ecsi.aws.com\"\nparameters: {encrypted: true}", "uncovered-storage-class"},
	{"kind: StorageClass\nprovisioner: ebs.csi.eks.amazonaws.com\nparameters: {Encrypted: 'false'}", "uncovered-storage-class"},
	{"kind: StorageClass\nprovisioner: kubernetes.io/aws-ebs\nparameters: null", "uncovered-storage-class"},
	{"kind: StorageClass\nprovisioner: ebs.csi.aws.com\nparameters: {ENCRYPTED: 'true'}", ""},
	{"kind: StorageClass\nprovisioner: ebs.csi.aws.com\nparameters: {kmskeyid: alias/a}", ""},
	{"kind: StorageClass\nprovisioner: ebs.csi.aws.com\nparameters: {encrypted: 'true', Encrypted: 'true'}", "duplicate-key"},
	{"kind: StorageClass\nprovisioner: efs.csi.aws.com", ""},
	{"values:\n  storageClasses:\n  - name: a\n    provisioner: ebs.csi.aws.com", "uncovered-storage-class"},
	{"storageClasses:\n- name: a\n  parameters: {type: gp3}", "uncovered-storage-class"},
	{"storageClasses: [{name: a, parameters: {kmsKeyId: a, kmskeyid: b}}]", "duplicate-key"},
	{"storageClasses: [{name: a, parameters: {encrypted: \"true\"}}, {name: b, parameters: {provisioningMode: efs-ap, fileSystemId: fs-1}}]", ""},
	{"defaultStorageClass: {enabled: True}", "uncovered-storage-class"},
	{"defaultStorageClass: {enabled: false}", ""},
}

// TestStorageWhateverElse holds that what is said of storage does not depend on what other
// words, comments, keys and documents a text holds.
func TestStorageWhateverElse(t *testing.T) {
	plan := storagePlan(t)
	notes := []string{"# Cluster", "# kind: Cluster", "# StorageClass and storageClasses", "# nothing", "# AWS::EC2::Volume", "# \\", "# Ebs, locations"}
	keys := []string{"note: a Cluster", "x: {kind: Cluster, apiVersion: a/v1}", "locations: here", "word: StorageClass", "binary: yes", "path: 'C:\\dir'", "y: [Ebs]"}
	others := []string{"kind: Secret", "kind: ConfigMap\ndata: {a: StorageClass}", "# only this", "[1, 2]", "kind: Cluster\napiVersion: a.b/v1\nspec: {}", "Cluster"}
	for i, s := range storage {
		if got := storageFound(t, plan, s.text); got != s.finds {
			t.Errorf("found %q, not %q, in\n%s", got, s.finds, s.text)
		}
		for seed := range uint64(60) {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			some := func(of []string) string { return of[r.IntN(len(of))] }
			text := s.text
			if strings.HasPrefix(text, "{") {
				text = some(notes) + "\n" + text
			} else {
				text = some(notes) + "\n" + some(keys) + "\n" + text + "\n" + some(notes)
			}
			if r.IntN(3) == 0 {
				text = "kind: List\nitems:\n- " + strings.ReplaceAll(text, "\n", "\n  ")
			}
			if r.IntN(3) == 0 {
				text = some(others) + "\n---\n" + text + "\n---\n" + some(others)
			}
			if got := storageFound(t, plan, text); got != s.finds {
				t.Errorf("found %q, not %q, in\n%s", got, s.finds, text)
			}
		}
	}
}

// TestStorageRows holds that each row about storage finds something, and says by which
// words: without it something here is not found.
func TestStorageRows(t *testing.T) {
	e := storagePlan(t).intents[0]
	for _, row := range looks().Uncovered {
		words := row.words()
		found := false
		for _, s := range storage {
			_, items, _ := read("", yamledit.Chunk{Bytes: []byte(s.text)}, storageWords()...)
			for _, item := range items {
				if len(e.fold([]look{row}, &cluster{root: place{node: item.Root}})) == 0 {
					continue
				}
				found = true
				if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s.text, w) }) && !strings.Contains(s.text, `\`) {
					t.Errorf("%q stands nowhere in\n%s", words, s.text)
				}
			}
		}
		if !found || len(words) == 0 || slices.Contains(words, "") {
			t.Errorf("%s by %q: found is %v", row.Say, words, found)
		}
	}
}

// storageFound gives the codes of what is found in a text that has no Kublr cluster.
func storageFound(t *testing.T, p *Plan, text string) string {
	t.Helper()
	var codes []string
	splitter := yamledit.NewSplitter(strings.NewReader(text))
	for {
		chunk, err := splitter.Next()
		if err == io.EOF {
			return strings.Join(codes, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		chunk.Bytes = bytes.Clone(chunk.Bytes)
		for _, o := range p.Verify("a.yaml", chunk, Base{}).Outcomes {
			for _, f := range o.Findings {
				if f.Position.Line == 0 {
					t.Errorf("%s has no place in\n%s", f, text)
				}
				codes = append(codes, f.Code)
			}
		}
	}
}

func storagePlan(t *testing.T) *Plan {
	t.Helper()
	intents, _ := ReadIntents("i.yaml", fmt.Appendf(nil, "apiVersion: %s\nkind: %s\nmetadata: {name: a}\nspec: {account: '111122223333', kublr: {user: k}}", APIVersion, IntentKind))
	plan, findings := NewPlan(intents)
	if plan == nil {
		t.Fatal(findings)
	}
	return plan
}
