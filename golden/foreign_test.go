package golden

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// foreign are documents of other projects in which Cluster stands; %[1]d is a number.
var foreign = []string{
	"apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata: {name: k%[1]d.example.com}\nspec:\n  cloudProvider: aws\n  etcdClusters: [{name: main, etcdMembers: [{instanceGroup: master-a, encryptedVolume: true}]}]\n  subnets: [{name: a, zone: us-east-1a}]\n",
	"apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: {name: ${CLUSTER_NAME}}\nspec:\n  infrastructureRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: AWSCluster, name: c%[1]d}\n",
	"apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata:\n  name: c%[1]d\n  name: twice\nspec: {}\n",
	"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db%[1]d}\nspec: {instances: 3, storage: {size: 1Gi, storageClass: gp3}}\n",
	"{{- if .Values.enabled }}\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: {{ include \"db.name\" . }}-%[1]d\nspec:\n  {{- toYaml .Values.spec | nindent 2 }}\n{{- end }}\n",
	"apiVersion: provisioning.cattle.io/v1\nkind: Cluster\nmetadata: {name: r%[1]d}\nspec: {rkeConfig: {machinePools: [{name: p, controlPlaneRole: true}]}}\n",
	"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b%[1]d}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: Cluster}\nsubjects: []\n",
	"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches:\n- target: {group: cluster.x-k8s.io, kind: Cluster, name: c%[1]d}\n  path: patch.yaml\n- target: {kind: Cluster}\n  patch: |\n    - {op: replace, path: /spec/instances, value: 3}\n- patch: |\n    apiVersion: cluster.x-k8s.io/v1beta1\n    kind: Cluster\n    metadata: {name: c}\n",
	"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m%[1]d}\ndata:\n  cluster.yaml: |\n    apiVersion: cluster.x-k8s.io/v1beta1\n    kind: Cluster\n    metadata: {name: {{ .name }}}\n  notes: |\n    Each kind of Cluster has its own locations.\n",
	"apiVersion: v1\nkind: List\nitems:\n- apiVersion: eks.aws.upbound.io/v1beta1\n  kind: Cluster\n  metadata: {name: e%[1]d}\n  spec: {forProvider: {region: us-east-1, encryptionConfig: [{resources: [secrets]}]}}\n- {apiVersion: v1, kind: Service, metadata: {name: s}}\n",
}

// TestForeignTree holds that a tree of other projects is quiet and green beside one good
// cluster: no finding, and what was looked at in one line.
func TestForeignTree(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 200 {
		var docs []string
		for _, text := range foreign {
			docs = append(docs, fmt.Sprintf(text, i))
		}
		write(fmt.Sprintf("foreign%03d.yaml", i), strings.Join(docs, "---\n"))
	}
	write("good.yaml", "kind: Cluster\nmetadata: {name: good}\nspec: {locations: [{name: l, aws: {region: us-east-1}}], master: {locations: [{locationRef: l, aws: {rootVolume: {encrypted: true, kmsKeyId: alias/a}}}]}}\n")
	intent := filepath.Join(t.TempDir(), "intent.yaml")
	if err := os.WriteFile(intent, []byte("apiVersion: kublr-encryption.github.io/v1alpha1\nkind: EncryptionIntent\nmetadata: {name: x}\nspec: {account: '111122223333', key: alias/a, kublr: {user: kublr}, volumes: [masterRoot]}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify"}, {"apply", "--check"}} {
		out, err := exec.Command(filepath.Join(bin, "kublr-encryption"), append(args, "-f", intent, dir)...).CombinedOutput()
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		last := lines[len(lines)-1]
		if err != nil || !strings.HasPrefix(last, "found 1 Kublr cluster in 201 files, 1 volume; ") || strings.Contains(string(out), "foreign") || strings.Contains(string(out), "[") {
			t.Errorf("%v: %v\n%s", args, err, out[:min(len(out), 4000)])
		}
	}
}
