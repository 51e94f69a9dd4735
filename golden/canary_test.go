package golden

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A place is where a credential may stand, in the text of a file. In the text it is
// called CANARY.
type place struct {
	name, text string
	isJSON     bool
}

// around gives a cluster that is to be edited, with more before and after the settings
// of its volumes.
func around(name, beside string) string {
	return `kind: Cluster
metadata: {name: ` + name + `}
spec:
  locations: [{name: aws1, aws: {region: us-east-1}}]
  nodes:
    - name: web
      locations:
        - locationRef: aws1
          aws:
` + beside + `            rootVolume:
              size: 40
    - name: batch
      locations:
        - locationRef: aws1
          aws:
            rootVolume:
              size: 50
` + beside
}

const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"

// inSpecs are places in files with cluster specs. Each is also beside a volume that is
// to be encrypted, or keeps its file from being read.
var inSpecs = []place{
	{name: "data of a Secret before", text: secret + "data: {key: CANARY}\n---\n" + around("a", "")},
	{name: "data of a Secret after", text: around("a", "") + "---\n" + secret + "stringData:\n  user: CANARY\n"},
	{name: "comment over a Secret", text: around("a", "") + "# CANARY\n---\n# CANARY\n" + secret},
	{name: "comment in a Secret", text: around("a", "") + "---\n" + secret + "data: {} # CANARY\n# CANARY\n"},
	{name: "comment before a Secret's end", text: secret + "# CANARY\n---\n" + around("a", "")},
	{name: "Secret in a List", text: "kind: List\napiVersion: v1\nitems:\n- kind: Secret\n  stringData: {user: CANARY}\n- " + indented(around("a", "")) + "- kind: Secret\n  data:\n    user: CANARY\n"},
	{name: "comment in a List", text: "kind: List\napiVersion: v1\nitems:\n# CANARY\n- kind: Secret\n  data: {} # CANARY\n- " + indented(around("a", "")) + "# CANARY\n- kind: Secret\n"},
	{name: "Secret in a sequence", text: "- kind: Secret\n  stringData:\n    user: |\n      CANARY\n- " + indented(around("a", ""))},
	{name: "Secret in JSON", text: `[{"kind": "Secret", "data": {"user": "CANARY"}},` + "\n" + jsonCluster + "]\n", isJSON: true},
	{name: "Secret in JSON on one line", text: `[{"kind": "Secret", "data": {"user": "CANARY"}}, ` + strings.ReplaceAll(jsonCluster, "\n", " ") + "]\n", isJSON: true},
	{name: "truncated JSON", text: `[{"kind": "Secret", "data": {"user": "CANARY`, isJSON: true},
	{name: "neighbour", text: around("a", "            awsApiSecretAccessKey: CANARY\n")},
	{name: "neighbour in quotes", text: around("a", "            \"db-password\": 'CANARY'\n")},
	{name: "neighbour over lines", text: around("a", "            token:\n              CANARY\n              CANARY\n")},
	{name: "neighbour in flow", text: around("a", "            login: {user: u, password: CANARY}\n")},
	{name: "neighbour in flow over lines", text: around("a", "            login: {\n              password:\n                CANARY\n            }\n")},
	{name: "comment of a neighbour", text: around("a", "            # password: CANARY\n")},
	{name: "script", text: around("a", "            userData: |\n              export AWS_SECRET_ACCESS_KEY=CANARY\n")},
	{name: "name and value", text: around("a", "            env:\n            - name: DB_PASSWORD\n              value: CANARY\n")},
	{name: "value and name", text: around("a", "            env:\n            - value: CANARY\n              name: DB_PASSWORD\n")},
	{name: "Key and Value", text: around("a", "            tags:\n            - Key: api-token\n              Value: CANARY\n")},
	{name: "argument", text: around("a", "            args:\n            - --password\n            - CANARY\n")},
	{name: "argument in one", text: around("a", "            args:\n            - --password=CANARY\n")},
	{name: "address", text: around("a", "            registry: https://user:CANARY@registry.example.com\n")},
	{name: "access key by its shape", text: around("a", "            user: CANARYAKIAIOSFODNN7EXAMPLE\n            # CANARYAKIAIOSFODNN7EXAMPLE\n")},
	{name: "private key by its shape", text: around("a", "            file: |\n              -----BEGIN RSA PRIVATE KEY-----\n              CANARY\n              -----END RSA PRIVATE KEY-----\n")},
	{name: "object in an annotation", text: strings.Replace(around("a", ""), "spec:", "x:\n  last-applied: |\n    {\"kind\":\"Secret\",\"data\":{\"token\":\"CANARY\"}}\nspec:", 1)},
	{name: "alias", text: around("a", "            token: &t CANARY\n            user: *t\n")},
	{name: "merge", text: "kind: Cluster\nx-token: &t {token: CANARY}\n" + strings.TrimPrefix(around("a", "            <<: *t\n"), "kind: Cluster\n")},
	{name: "quote left open", text: secret + "stringData:\n  user: \"CANARY\n---\n" + around("a", "")},
	{name: "quote left open in a cluster", text: around("a", "            password: \"CANARY\n")},
	{name: "escape that is none", text: around("a", "            password: \"\\qCANARY\"\n")},
	{name: "password like an alias", text: around("a", "            password: *CANARY\n")},
	{name: "password like an anchor", text: around("a", "            password: &CANARY\n            password: &CANARY x\n")},
	{name: "password like a tag", text: around("a", "            password: !CANARY\n")},
	{name: "password like a tag with a text", text: around("a", "            password: !!CANARY x\n")},
	{name: "password with a colon", text: around("a", "            password: a: CANARY\n")},
	{name: "password like a flow", text: around("a", "            password: [CANARY\n")},
	{name: "password like a block", text: around("a", "            password: |CANARY\n")},
	{name: "password with a percent", text: "%CANARY\n" + around("a", "            password: %CANARY\n")},
	{name: "tab", text: around("a", "            password:\n\t\tCANARY\n")},
	{name: "twice", text: strings.Replace(around("a", ""), "{name: a}", "{password: CANARY, password: CANARY}", 1)},
	{name: "in a volume's place", text: strings.Replace(around("a", ""), "rootVolume:\n              size: 40", "rootVolume: password=CANARY", 1)},
	{name: "in a mapping's place", text: strings.Replace(around("a", ""), "aws:\n", "aws: \"token: CANARY\"\n          more:\n", 1)},
	{name: "other text in a volume", text: strings.Replace(around("a", ""), "size: 40", "size: 40\n              password: CANARY\n              encrypted: false", 1)},
	{name: "CloudFormation", text: around("a", "            cloudformation: |\n              Resources: {V: {Type: AWS::EC2::Volume, Properties: {Size: 1, Tags: [{Key: password, Value: CANARY}]}}}\n")},
	{name: "StorageClass", text: "kind: StorageClass\nprovisioner: ebs.csi.aws.com\nparameters: {encrypted: 'false', password: CANARY, csi.storage.k8s.io/secret: CANARY}\n---\n" + around("a", "")},
	{name: "another project's cluster", text: "kind: Cluster\napiVersion: postgresql.cnpg.io/v1\nspec: {password: CANARY}\n---\n" + around("a", "")},
	{name: "ConfigMap", text: "kind: ConfigMap\ndata:\n  password: CANARY\n  kind: |\n    kind: Cluster\n    spec: {password: CANARY, locations: [{name: aws1, aws: {region: us-east-1}}]}\n---\n" + around("a", "")},
	{name: "patch", text: "kind: Kustomization\npatches:\n- patch: |\n    kind: Cluster\n    metadata: {name: a}\n    spec: {password: CANARY, nodes: [{name: web, locations: [{locationRef: aws1}]}]}\n"},
	{name: "UTF-16", text: wide("kind: Cluster\npassword: CANARY\nspec: {locations: [{name: aws1, aws: {region: us-east-1}}]}\n")},
}

const jsonCluster = `{"kind": "Cluster", "metadata": {"name": "a"}, "spec": {
"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}],
"nodes": [{"name": "web", "locations": [{"locationRef": "aws1", "aws": {
"password": "CANARY",
"rootVolume": {
"size": 40
}}}]}]}}`

const goodIntent = `apiVersion: kublr-encryption.github.io/v1alpha1
kind: EncryptionIntent
metadata: {name: production}
spec:
  account: "111122223333"
  key: alias/kublr-ebs
  kublr: {user: kublr}
  regions: [us-east-1]
`

// inIntents are places in a file that is given as intent.
var inIntents = []place{
	{name: "comment", text: "# CANARY\n" + goodIntent + "  # CANARY\n"},
	{name: "Secret beside", text: secret + "stringData: {user: CANARY}\n---\n" + goodIntent},
	{name: "unknown field", text: goodIntent + "  awsSecretAccessKey: CANARY\n  password: {a: CANARY}\n"},
	{name: "unknown field at the top", text: goodIntent + "password: CANARY\n"},
	{name: "annotation", text: strings.Replace(goodIntent, "{name: production}", "{name: production, annotations: {password: CANARY}}", 1)},
	{name: "quote left open", text: goodIntent + "  password: \"CANARY\n"},
	{name: "wrong type", text: strings.Replace(goodIntent, "{user: kublr}", "{user: kublr, password: CANARY}", 1)},
	{name: "file of credentials", text: "[default]\naws_access_key_id = CANARY\naws_secret_access_key = CANARY\n"},
	{name: "environment", text: "AWS_SECRET_ACCESS_KEY=CANARY\n"},
	{name: "credentials in JSON", text: `{"AccessKey": {"AccessKeyId": "CANARY", "SecretAccessKey": "CANARY"}}`},
	{name: "Secret alone", text: secret + "stringData: {user: CANARY}\n"},
	{name: "word alone", text: "CANARY\n"},
}

// inPolicies are places in a file that is given as key policy.
var inPolicies = []place{
	{name: "credentials", text: `{"AccessKey": {"AccessKeyId": "CANARY", "SecretAccessKey": "CANARY"}}`},
	{name: "file of credentials", text: "[default]\naws_secret_access_key = CANARY\n"},
	{name: "beside the policy", text: `{"Policy": "{}", "SecretAccessKey": "CANARY"}`},
	{name: "unknown element", text: `{"Version": "2012-10-17", "Password": "CANARY", "Statement": [{"Token": "CANARY"}]}`},
	{name: "string left open", text: `{"Version": "2012-10-17", "Password": "CANARY`},
	{name: "twice", text: `{"Version": "2012-10-17", "Password": "CANARY", "Password": "CANARY", "Statement": []}`},
}

// inLists are places in a ResourceList.
var inLists = []place{
	{name: "item", text: list(secret+"stringData: {user: CANARY}\n", goodIntent)},
	{name: "comment", text: "# CANARY\n" + list("# CANARY\n"+secret, goodIntent)},
	{name: "item that cannot be read", text: list(secret+"stringData: {user: \"\\qCANARY\"}\n", goodIntent)},
	{name: "item in wrong form", text: list("kind: Cluster\npassword: CANARY\npassword: CANARY\nspec: {locations: CANARY}\n", goodIntent)},
	{name: "quote left open", text: list(secret+"stringData: {user: \"CANARY}\n", goodIntent)},
	{name: "neighbour", text: list(around("a", "            password: CANARY\n"), goodIntent)},
	{name: "functionConfig of another kind", text: list(around("a", ""), secret+"stringData: {user: CANARY}\n")},
	{name: "ConfigMap as functionConfig", text: list(around("a", ""), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  account: '111122223333'\n  key: alias/kublr-ebs\n  kublr.user: kublr\n  password: CANARY\n")},
	{name: "mistake in functionConfig", text: list(around("a", ""), goodIntent+"  awsSecretAccessKey: CANARY\n")},
	{name: "no list", text: secret + "stringData: {user: CANARY}\n"},
	{name: "no YAML", text: "aws_secret_access_key = CANARY\n"},
}

// list gives a ResourceList of a cluster, an item and a functionConfig.
func list(item, config string) string {
	return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + indented(around("b", "")) + "- " + indented(item) + "functionConfig:\n  " + indented(config)
}

func indented(text string) string {
	return strings.TrimSuffix(strings.ReplaceAll(text, "\n", "\n  "), "  ")
}

// wide writes ASCII in UTF-16.
func wide(text string) string {
	out := "\xff\xfe"
	for _, c := range []byte(text) {
		out += string([]byte{c, 0})
	}
	return out
}

// A canary stands for one credential. What is looked for is its middle, so that it is
// found in parts and in other encodings too.
func canary(n int) string { return fmt.Sprintf("cAnArY%03d", n) }

var anyCanary = regexp.MustCompile(`(?i)c\x00?a\x00?n\x00?a\x00?r\x00?y\x00?[0-9]`)

// TestCanary holds that a credential, wherever it stands, is in no output of any
// command in any form: but for the documents and lists that come out as they went in.
func TestCanary(t *testing.T) {
	dir := t.TempDir()
	count := 0
	write := func(folder string, places []place) (files []string) {
		for i, p := range places {
			count++
			ext := ".yaml"
			if p.isJSON {
				ext = ".json"
			}
			name := filepath.Join(folder, fmt.Sprintf("%02d%s", i, ext))
			text := strings.ReplaceAll(p.text, "CANARY", canary(count))
			if p.name == "UTF-16" {
				text = strings.ReplaceAll(p.text, wide("CANARY")[2:], wide(canary(count))[2:])
			}
			if text == p.text {
				t.Fatalf("%s %q has no credential", folder, p.name)
			}
			put(t, filepath.Join(dir, name), text)
			files = append(files, name)
		}
		return files
	}
	put(t, filepath.Join(dir, "intent.yaml"), goodIntent)
	put(t, filepath.Join(dir, "cluster.yaml"), around("a", ""))
	specs, intents, policies, lists := write("specs", inSpecs), write("intents", inIntents), write("policies", inPolicies), write("lists", inLists)
	if count < 40 {
		t.Errorf("only %d places", count)
	}
	policy, _ := pipe(t, dir, []string{"kublr-encryption", "policy", "-f", "intent.yaml"}, nil)
	put(t, filepath.Join(dir, "policy.json"), string(policy))

	formats := []string{"text", "json", "sarif", "junit", "github"}
	for _, form := range formats {
		silent(t, dir, nil, "verify", "-f", "intent.yaml", "-v", "-o", form, "specs")
		silent(t, dir, nil, "apply", "--check", "-f", "intent.yaml", "-v", "-o", form, "specs")
	}
	for _, args := range [][]string{{"apply", "--diff"}, {"apply", "--diff", "-U", "0"}, {"apply", "--diff", "-U", "100"}, {"apply", "--check", "--diff"}, {"policy"}, {"expand"}, {"verify"}} {
		silent(t, dir, nil, append(args, "-f", "intent.yaml", "specs")...)
	}
	for _, name := range specs {
		silent(t, dir, file(t, dir, name), "verify", "-f", "intent.yaml", "-")
		passed(t, dir, file(t, dir, name), "kublr-encryption", "apply", "-f", "intent.yaml", "-")
	}
	for _, name := range intents {
		for _, args := range [][]string{{"apply", "--diff"}, {"verify", "-o", "json"}, {"policy"}, {"expand"}, {"expand", "-o", "json"}, {"expand", "--folder", "expanded"}} {
			silent(t, dir, nil, append(args, "-f", name, "cluster.yaml")...)
		}
		silent(t, dir, nil, "policy", "merge", "-f", name, "policy.json")
		silent(t, dir, nil, "policy", "check", "-f", name, "policy.json")
		silent(t, dir, nil, "verify", name) // found among the files
	}
	for _, name := range policies {
		for _, form := range formats {
			silent(t, dir, nil, "policy", "check", "-f", "intent.yaml", "-o", form, name)
		}
		silent(t, dir, nil, "policy", "check", "--account", "111122223333", "--region", "us-east-1", "--request", "root kms:Decrypt", name)
		silent(t, dir, nil, "policy", "merge", "-f", "intent.yaml", name)
		silent(t, dir, nil, "policy", "merge", "--diff", "-f", "intent.yaml", name)
	}
	for _, name := range append(lists, specs...) {
		passed(t, dir, file(t, dir, name), "kublr-encryption-fn")
	}
	silent(t, dir, nil, "explain")
	var before [][]byte
	for _, name := range specs {
		before = append(before, file(t, dir, name))
	}
	silent(t, dir, nil, "apply", "-f", "intent.yaml", "specs")
	edited := 0
	for i, name := range specs {
		if !bytes.Equal(file(t, dir, name), before[i]) {
			edited++
		}
	}
	if edited < 30 {
		t.Errorf("only %d files were edited, so that the others' neighbours were never shown", edited)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "expanded", "*"))
	if len(files) == 0 {
		t.Error("expand --folder wrote no file")
	}
	for _, name := range files {
		if text, err := os.ReadFile(name); err != nil || anyCanary.Match(text) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func file(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// silent runs a command that prints nothing of what it reads.
func silent(t *testing.T, dir string, in []byte, args ...string) {
	t.Helper()
	out, beside := ran(t, dir, in, append([]string{"kublr-encryption"}, args...)...)
	told(t, args, out, beside)
}

// passed runs a program that prints what it reads, and adds results.
func passed(t *testing.T, dir string, in []byte, args ...string) {
	t.Helper()
	out, beside := ran(t, dir, in, args...)
	if _, results, ok := bytes.Cut(out, []byte("\nresults:")); ok {
		told(t, args, results)
	}
	told(t, args, beside)
}

func ran(t *testing.T, dir string, in []byte, args ...string) (out, beside []byte) {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, args[0]), args[1:]...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(in)
	cmd.Env = append(os.Environ(), "AWS_SECRET_ACCESS_KEY="+canary(0))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil || bytes.Contains(stderr.Bytes(), []byte("goroutine")) {
		t.Fatal(err, &stderr)
	}
	return stdout.Bytes(), stderr.Bytes()
}

// told holds that there is no credential in what a program printed.
func told(t *testing.T, args []string, printed ...[]byte) {
	t.Helper()
	for _, text := range printed {
		for line := range bytes.Lines(text) {
			if anyCanary.Match(line) {
				t.Errorf("%s printed: %s", strings.Join(args, " "), line)
			}
		}
	}
}
