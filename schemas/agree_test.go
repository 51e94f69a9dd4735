package schemas

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	id     = "1234abcd-12ab-34cd-56ef-1234567890ab"
	keyARN = "arn:aws:kms:us-east-1:111122223333:key/" + id
	slrARN = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
)

// texts are samples for every format: each is good for some and bad for others.
var texts = []string{
	"", "*", "a", "a*", "*a", "a**", "a*b", "A", "ä", "a b", "a\n", "é*", "\n*", "-", "a-", "-a", ".", "a.b", "a..b", "a_b", "/", "a/", "/a", "a/b", "a//b", "root", "_",
	"111122223333", "11112222333", "1111222233334", "11112222333x", "１１１１２２２２３３３３",
	"us-east-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1", "eusc-de-east-1", "cn-north-1", "mx-central-1",
	"us-east", "us-east-1a", "us-east-12", "us--1", "us-Gov-west-1", "xx-east-1", "eusc-east-1", "us-gov-gov-west-1", "-east-1", "us-east-", "us-*", "us-*-1", "us_*", "US-*",
	id, strings.ToUpper(id), id + "0", strings.Replace(id, "-", "", 1), strings.Replace(id, "a", "g", 1), "mrk-0123456789abcdef0123456789abcdef", "mrk-0123456789abcdef0123456789abcde", "mrk-" + id,
	"alias/", "alias/a", "alias/a/b_c-D1", "alias/a.b", "alias/aws/ebs", "alias/" + strings.Repeat("a", 250), "alias/" + strings.Repeat("a", 251),
	keyARN, strings.Replace(keyARN, "aws", "awz", 1), strings.Replace(keyARN, "us-east-1", "", 1), strings.Replace(keyARN, "1111", "111", 1), strings.Replace(keyARN, "kms", "iam", 1), keyARN + ":x",
	"arn:aws:kms:us-east-1:111122223333:alias/a", "arn:aws:kms:us-east-1:111122223333:a", "arn:aws:kms:us-east-1:111122223333:key/alias/a", "arn:", "arn:::::", "arn:aws-iso-b:kms:us-isob-east-1:111122223333:alias/a",
	"user/a", "role/a", "role/", "role/a/b", strings.Repeat("a", 64), strings.Repeat("a", 65), strings.Repeat("a", 65) + "/b", "a+=,.@-_b", "a:b", strings.Repeat("a", 254),
	"arn:aws:iam::111122223333:user/a", "arn:aws:iam::111122223333:role/p/a", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:group/a", "arn:aws:iam:us-east-1:111122223333:role/a", "arn:aws:sts::111122223333:assumed-role/a/b", "arn:aws:iam::111122223333:role/" + strings.Repeat("a", 65),
	"AWSServiceRoleForAutoScaling", "AWSServiceRoleForAutoScaling_a", "AWSServiceRoleForAutoScaling_", "AWSServiceRoleForAutoScalingA", "AWSServiceRoleForAutoScaling_a/b", "AWSServiceRoleForAutoScaling_" + strings.Repeat("a", 35), "AWSServiceRoleForAutoScaling_" + strings.Repeat("a", 36),
	slrARN, slrARN + "_a", slrARN + "_", strings.Replace(slrARN, "autoscaling.", "spot.", 1), "arn:aws:iam::111122223333:role/AWSServiceRoleForAutoScaling",
	"o-a1b2c3d4e5", "o-a1b2c3d4e", "o-" + strings.Repeat("a", 32), "o-" + strings.Repeat("a", 33), "o-A1b2c3d4e5", "o-a1b2-c3d4e5", "ou-a1b2c3d4e5",
	"backup.amazonaws.com", "logs.us-east-1.amazonaws.com", "ec2.amazonaws.com.cn", "amazonaws.com", ".amazonaws.com", "a..amazonaws.com", "amazonaws.com.cn", "Backup.amazonaws.com", "backup.example.com",
	"masterRoot", "storageClass", "encrypt", "plain", "standard", "minimal", "EncryptionIntent", "kublr-encryption.github.io/v1alpha1",
}

// TestPatternsAgree holds that each pattern takes what its format takes.
func TestPatternsAgree(t *testing.T) {
	var formats map[string][]bool
	evaluate(t, fmt.Sprintf(`
local formats = import '%slib/formats.libsonnet';
local texts = std.parseJson(%s);
{ [f]: [formats[f].problem(s) == null for s in texts] for f in std.objectFields(formats) }`, library, literal(t, string(marshal(t, texts)))), &formats)
	known := patterns(t)
	if len(formats) != len(known) {
		t.Errorf("%d formats and %d patterns", len(formats), len(known))
	}
	for format, accepted := range formats {
		pattern := regexp.MustCompile(known[format])
		for i, text := range texts {
			if pattern.MatchString(text) != accepted[i] {
				t.Errorf("%q is a good %s to the library: %v, not so to the pattern", text, format, accepted[i])
			}
		}
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// literal gives s as a Jsonnet string.
func literal(t *testing.T, s string) string { return string(marshal(t, s)) }

// fields are all of an intent's, each with a value that is good.
var fields = map[string]any{
	"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": map[string]any{"name": "x", "labels": map[string]any{}}, "metadata.name": "x",
	"metadata.annotations": map[string]any{"a.io/b": 1, "kublr-encryption.github.io/mode": "verify"},
	"spec.account":         "111122223333", "spec.key": "alias/a", "spec.kublr": map[string]any{"user": "kublr"}, "spec.kublr.user": "a", "spec.regions": []any{"us-east-1"}, "spec.clusters": []any{"a*"},
	"spec.volumes": []any{"nodeRoot"}, "spec.overrides": []any{}, "spec.overrides.0": map[string]any{"match": map[string]any{"group": "a"}, "mode": "plain"}, "spec.overrides.0.match": map[string]any{"group": "a"},
	"spec.overrides.0.match.cluster": "a", "spec.overrides.0.match.group": "a", "spec.overrides.0.match.location": "a", "spec.overrides.0.match.region": "us-*", "spec.overrides.0.match.volume": "nodeRoot",
	"spec.overrides.0.key": map[string]any{"us-east-1": "alias/a"}, "spec.overrides.0.mode": "ignore", "spec.policy": map[string]any{}, "spec.policy.form": "minimal", "spec.policy.administrators": []any{},
	"spec.policy.autoScalingRoles": []any{"AWSServiceRoleForAutoScaling"}, "spec.policy.spot": true, "spec.policy.instanceRoles": []any{"a"}, "spec.policy.trusted": []any{"o-a1b2c3d4e5"}, "spec.policy.organization": "o-a1b2c3d4e5",
	"spec.policy.iam": map[string]any{"a": []any{map[string]any{}}}, "spec.policy.iam.a": []any{map[string]any{}}, "spec.policy.configMap": "a", "spec.other": nil, "other": nil,
}

// values are put into every field; the texts above are too.
var values = []any{
	nil, true, 0, 1.5, 111122223333, []any{}, map[string]any{}, []any{"us-east-1"}, []any{"us-east-1", "us-east-1"}, []any{"a", 1}, []any{1, 1}, []any{"nodeRoot", "masterRoot"}, []any{nil},
	map[string]any{"us-east-1": "alias/a"}, map[string]any{"us-east-1": 1}, map[string]any{"moon": "alias/a"}, map[string]any{"user": "a"}, map[string]any{"user": "a", "role": "b"}, map[string]any{"name": "x"}, map[string]any{"name": ""},
	map[string]any{"group": "a"}, map[string]any{"group": "a*b"}, map[string]any{"match": map[string]any{"group": "a"}}, map[string]any{"match": map[string]any{}}, []any{map[string]any{"match": map[string]any{"volume": "nodeRoot"}, "key": keyARN}},
	map[string]any{"user/a": []any{map[string]any{}}}, map[string]any{"a:b": []any{map[string]any{}}}, map[string]any{"a": map[string]any{}}, map[string]any{"a": []any{}}, []any{map[string]any{"Version": "2012-10-17"}},
	map[string]any{"form": "standard", "spot": false, "administrators": []any{"a", "a"}},
}

// TestSchemasAgree holds that the library's checker and a JSON Schema validator
// accept the same intents: every field with every value, and with no value.
func TestSchemasAgree(t *testing.T) {
	var intents []any
	for field, good := range fields {
		intents = append(intents, intentWith(field, good), intentWith(field))
		for _, v := range values {
			intents = append(intents, intentWith(field, v))
		}
	}
	for _, field := range []string{"spec.key", "spec.kublr.arn", "spec.policy.instanceRoles", "spec.policy.administrators", "spec.policy.configMap", "spec.policy.trusted", "spec.policy.organization", "spec.overrides.0.match.region", "metadata.name"} {
		for _, text := range texts {
			value := any(text)
			if _, list := fields[field].([]any); list {
				value = []any{text}
			}
			intents = append(intents, intentWith(field, value))
		}
	}
	var findings [][]any
	evaluate(t, fmt.Sprintf(`
local validate = import '%[1]slib/validate.libsonnet';
local schema = std.parseJson(importstr '%[1]sintent.schema.json');
[validate(schema, i) for i in std.parseJson(%s)]`, library, literal(t, string(marshal(t, intents)))), &findings)

	validator := compile(t)
	refused := 0
	for i, intent := range intents {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(marshal(t, intent)))
		if err != nil {
			t.Fatal(err)
		}
		err = validator.Validate(value)
		if (err == nil) != (len(findings[i]) == 0) {
			t.Errorf("%s: the library finds %v, the validator %v", marshal(t, intent), findings[i], err)
		}
		if err != nil {
			refused++
		}
	}
	t.Logf("%d intents, %d of them refused by both", len(intents), refused)
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(published(t)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("intent.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("intent.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// intentWith gives a good intent with another value in one field, or without it.
func intentWith(field string, value ...any) map[string]any {
	intent := map[string]any{
		"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": map[string]any{"name": "x"},
		"spec": map[string]any{"account": "111122223333", "kublr": map[string]any{}, "policy": map[string]any{}},
	}
	spec := intent["spec"].(map[string]any)
	if !strings.HasPrefix(field, "spec.kublr.") {
		spec["kublr"] = map[string]any{"user": "kublr"}
	}
	if strings.HasPrefix(field, "spec.overrides.") {
		spec["overrides"] = []any{map[string]any{"match": map[string]any{"group": "a"}}}
	}
	if strings.HasPrefix(field, "spec.policy.iam.") {
		spec["policy"] = map[string]any{"iam": map[string]any{}}
	}
	at := any(intent)
	steps := strings.Split(field, ".")
	for _, step := range steps[:len(steps)-1] {
		if list, ok := at.([]any); ok {
			at = list[0]
		} else {
			at = at.(map[string]any)[step]
		}
	}
	last := steps[len(steps)-1]
	switch at := at.(type) {
	case []any:
		if len(value) > 0 {
			at[0] = value[0]
		}
	case map[string]any:
		if delete(at, last); len(value) > 0 {
			at[last] = value[0]
		}
	}
	return intent
}
