// Package schemas holds the published JSON Schemas. Editors and catalogs read
// them; they are made from the ones that the jsonnet library checks by.
package schemas

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-jsonnet"
	"github.com/sebdah/goldie/v2"
)

const (
	library = "../jsonnet/kublr-encryption/"
	name    = "kublr-encryption.github.io_v1alpha1_EncryptionIntent"
	head    = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://raw.githubusercontent.com/kublr-encryption/kublr-encryption/main/schemas/` + name + `.json",
  "title": "EncryptionIntent",
`
)

// patterns gives a regular expression for each of the library's own formats:
// Jsonnet has none, and an editor knows none of our formats.
func patterns(t *testing.T) map[string]string {
	t.Helper()
	var aws struct{ Areas, Names []string }
	evaluate(t, `local p = import '`+library+`lib/partitions.libsonnet'; { areas: std.objectFields(p.areas), names: p.names }`, &aws)
	const (
		iam   = `([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}`
		keyID = `([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})`
		alias = `alias/[A-Za-z0-9/_-]{1,250}`
		label = `[a-z0-9]([a-z0-9-]*[a-z0-9])?`
	)
	region := `(` + strings.Join(aws.Areas, "|") + `)-[a-z]+-[0-9]+`
	arn := func(service, region string) string {
		return `arn:(` + strings.Join(aws.Names, "|") + `):` + service + `:` + region + `:[0-9]{12}:`
	}
	all := map[string]string{
		"account":           `[0-9]{12}`,
		"auto-scaling-role": `(` + arn("iam", "") + `role/aws-service-role/autoscaling\.amazonaws\.com/)?AWSServiceRoleForAutoScaling(_[A-Za-z0-9_+=,.@-]{1,35})?`,
		"iam-name":          iam,
		"key":               `(` + keyID + `|` + alias + `|` + arn("kms", region) + `(key/` + keyID + `|` + alias + `))`,
		"name-pattern":      `([^*]+\*?|\*)`,
		"object-name":       label + `(\.` + label + `)*`,
		"organization":      `o-[a-z0-9]{10,32}`,
		"principal":         `(` + iam + `|` + arn("iam", "") + `(root|(user|role)/` + iam + `))`,
		"principal-arn":     arn("iam", "") + `(user|role)/` + iam,
		"region":            region,
		"region-pattern":    `(` + region + `|[a-z0-9-]*\*)`,
		"role":              `(` + iam + `|` + arn("iam", "") + `role/` + iam + `)`,
		"trusted":           `(` + arn("iam", "") + `(root|(user|role)/` + iam + `)|[0-9]{12}|o-[a-z0-9]{10,32}|([a-z0-9-]+\.)+amazonaws\.com(\.cn)?)`,
	}
	for format, pattern := range all {
		all[format] = `^` + pattern + `$`
	}
	return all
}

func evaluate(t *testing.T, snippet string, into any) {
	t.Helper()
	out, err := jsonnet.MakeVM().EvaluateAnonymousSnippet("schemas.jsonnet", snippet)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		t.Fatal(err)
	}
}

// published gives the library's schema with a head, and a pattern beside each
// format. It is made of text, so that the order stays.
func published(t *testing.T) []byte {
	t.Helper()
	src, err := os.ReadFile(library + "intent.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	known := patterns(t)
	text := regexp.MustCompile(`"format": "([a-z-]+)"`).ReplaceAllStringFunc(string(src), func(match string) string {
		format := strings.Trim(strings.TrimPrefix(match, `"format": `), `"`)
		pattern, ok := known[format]
		if !ok {
			t.Errorf("format %q has no pattern", format)
		}
		quoted, err := json.Marshal(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`%s, "pattern": %s`, match, quoted)
	})
	return []byte(head + strings.TrimPrefix(text, "{\n"))
}

//go:generate go test -run TestPublished -update .

// TestPublished holds that the published schema is the library's.
func TestPublished(t *testing.T) {
	schema := published(t)
	if !json.Valid(schema) {
		t.Error("it is no JSON")
	}
	goldie.New(t, goldie.WithFixtureDir("."), goldie.WithNameSuffix(".json")).Assert(t, name, schema)
}

// keywords are those that the library's checker knows. It would pass in silence
// what another one forbids.
var keywords = map[string]bool{
	"type": true, "const": true, "enum": true, "format": true, "minLength": true, "maxLength": true,
	"items": true, "minItems": true, "uniqueItems": true,
	"properties": true, "required": true, "additionalProperties": true, "propertyNames": true, "minProperties": true, "maxProperties": true,
	"description": true, "examples": true,
}

func TestSchemaKeepsToWhatIsChecked(t *testing.T) {
	src, err := os.ReadFile(library + "intent.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(src, &schema); err != nil {
		t.Fatal(err)
	}
	checkKeywords(t, "", schema)
}

func checkKeywords(t *testing.T, path string, schema map[string]any) {
	t.Helper()
	for keyword, value := range schema {
		switch sub, isSchema := value.(map[string]any); {
		case !keywords[keyword]:
			t.Errorf("%s: the library's checker does not know %s", path, keyword)
		case keyword == "properties":
			for name, property := range sub {
				checkKeywords(t, path+"/"+name, property.(map[string]any))
			}
		case keyword == "propertyNames" && len(sub) != 1 || keyword == "propertyNames" && sub["format"] == nil:
			t.Errorf("%s: the library's checker knows only a format in propertyNames", path)
		case isSchema && keyword != "const":
			checkKeywords(t, path+"/"+keyword, sub)
		}
	}
}

// TestChoicesAreRows holds that the schema offers what the library has a row for,
// and nothing else.
func TestChoicesAreRows(t *testing.T) {
	var offered, rows map[string][]string
	evaluate(t, `
local spec = std.parseJson(importstr '`+library+`intent.schema.json').properties.spec.properties;
{
  volumes: spec.volumes.items.enum,
  overridden: spec.overrides.items.properties.match.properties.volume.enum,
  modes: std.set(spec.overrides.items.properties.mode.enum),
  forms: std.set(spec.policy.properties.form.enum),
  principals: std.set(['kublr'] + [p for p in std.objectFields(spec.policy.properties) if std.count(['form', 'trusted', 'organization', 'iam', 'configMap'], p) == 0]),
  dims: std.set([d for d in std.objectFields(spec.overrides.items.properties.match.properties) if d != 'volume']),
}`, &offered)
	evaluate(t, `
local volumes = import '`+library+`lib/volumes.libsonnet';
{
  volumes: [k.volume for k in volumes.kinds],
  overridden: self.volumes,
  modes: (import '`+library+`lib/rules.libsonnet').modes,
  forms: (import '`+library+`lib/policy.libsonnet').forms,
  principals: std.set([p.option for p in (import '`+library+`lib/principals.libsonnet').rows]),
  dims: std.set(std.flattenArrays([k.dims for k in volumes.kinds])),
}`, &rows)
	for name, choices := range offered {
		if got, want := strings.Join(choices, " "), strings.Join(rows[name], " "); got != want {
			t.Errorf("%s: the schema offers %s, and the library has %s", name, got, want)
		}
	}
}
