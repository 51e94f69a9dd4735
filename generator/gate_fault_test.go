package generator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// The gate's second law: no fault in how a cluster is written makes a volume in the
// clear green.

// openClusters have one volume that is not encrypted each, under an intent for some
// volumes.
var openClusters = []struct{ volumes, cluster string }{
	{`["masterRoot", "nodeRoot"]`, `{"kind": "Cluster", "metadata": {"name": "prod-a"}, "spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}],
		"master": {"locations": [{"locationRef": "aws1", "aws": {"rootVolume": {"encrypted": true, "kmsKeyId": "alias/a"}}}]},
		"nodes": [{"name": "web", "locations": [{"locationRef": "aws1", "aws": {"rootVolume": {"encrypted": false}}}]}]}}`},
	{`["masterRoot", "nodeRoot"]`, `{"kind": "Cluster", "metadata": {"name": "prod-a"}, "spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}],
		"master": {"locations": [{"locationRef": "aws1", "aws": {}}]},
		"nodes": [{"name": "web", "locations": [{"locationRef": "aws1", "aws": {"rootVolume": {"encrypted": true, "kmsKeyId": "alias/a"}}}]}]}}`},
	{`["masterEtcd", "masterRoot"]`, `{"kind": "Cluster", "metadata": {"name": "prod-a"}, "spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}],
		"master": {"locations": [{"aws": {"masterVolume": {"kmsKeyId": "alias/a", "encrypted": false}, "rootVolume": {"encrypted": true, "kmsKeyId": "alias/a"}}}]}}}`},
	{`["storageClass"]`, `{"kind": "Cluster", "metadata": {"name": "prod-a"}, "spec": {"locations": [{"name": "aws1", "aws": {"region": "us-east-1"}}],
		"features": {"system": {"values": {"storageClass": {"aws": {"parameters": {"encrypted": "false", "kmsKeyId": "alias/a"}}}}}}}}`},
}

// misspellings of a key.
func misspellings(key string) []string {
	return []string{
		strings.ToUpper(key), strings.ToUpper(key[:1]) + key[1:], strings.ToLower(key), key[:len(key)-1], key + "s", key + key[len(key)-1:],
		key[:1] + key[2:], key[1:2] + key[:1] + key[2:],
	}
}

// faults gives what a value may be made by one slip somewhere in it, by what the slip is.
func faults(value any) map[string]any {
	all := map[string]any{}
	put := func(what string, v any) { all[what] = v }
	switch v := value.(type) {
	case map[string]any:
		put("{}", object{})
		put("[{…}]", []any{v})
		for key, below := range v {
			for _, name := range misspellings(key) {
				if _, taken := v[name]; !taken {
					renamed := maps.Clone(v)
					delete(renamed, key)
					renamed[name] = below
					put(key+" → "+name, renamed)
				}
			}
			without := maps.Clone(v)
			delete(without, key)
			put("no "+key, without)
			for what, worse := range faults(below) {
				changed := maps.Clone(v)
				changed[key] = worse
				put(key+": "+what, changed)
			}
		}
	case []any:
		put("[]", []any{})
		put("[null]", []any{nil})
		put("[1]", []any{1})
		put("{x: …}", object{"x": v[0]})
		put("first alone", v[0])
		put("[[…]]", []any{v})
		for i, below := range v {
			for what, worse := range faults(below) {
				changed := slices.Clone(v)
				changed[i] = worse
				put(fmt.Sprint(i, ": ", what), changed)
			}
		}
	}
	if value == "Cluster" {
		for _, word := range misspellings("Cluster") {
			if word != "Cluster" {
				put(word, word)
			}
		}
	}
	put("null", nil)
	put("a text", "x")
	return all
}

// fine are faults after which nothing is in the clear, or nothing is a Kublr cluster.
var fine = map[string]bool{
	"kind: null": true, "kind: a text": true, "no kind": true, // of another kind
	"null": true, "a text": true, "{}": true, "spec: {}": true, "spec: null": true, "spec: a text": true, "no spec": true, "spec: [{…}]": true,
	"spec: nodes: null": true, "spec: nodes: []": true, "spec: no nodes": true, "spec: master: null": true, "spec: no master": true, // no such group
}

// nobodys are faults after which nothing says that a cluster without groups is Kublr's.
var nobodys = map[string]bool{
	"spec: no locations": true, "spec: locations: [1]": true, "spec: locations: a text": true, "spec: locations: 0: a text": true,
}

// TestGateNoFaultIsGreen makes one slip in a cluster with an open volume, anywhere.
func TestGateNoFaultIsGreen(t *testing.T) {
	count := 0
	for _, c := range openClusters {
		plan := planOf(t, fmt.Sprintf(`"key": "alias/a", "volumes": %s`, c.volumes))
		var cluster any
		if err := json.Unmarshal([]byte(c.cluster), &cluster); err != nil {
			t.Fatal(err)
		}
		for what, faulty := range faults(cluster) {
			if fine[what] || c.volumes == `["storageClass"]` && nobodys[what] || strings.HasPrefix(what, "metadata: ") || strings.Contains(what, "region") {
				continue
			}
			count++
			text, err := json.Marshal(faulty)
			if err != nil {
				t.Fatal(err)
			}
			if !plan.Verify("c.yaml", yamledit.Chunk{Bytes: text}, generator.Base{}).HasErrors() {
				t.Errorf("%s: green: %s", what, text)
			}
		}
	}
	if count < 500 {
		t.Errorf("only %d faults", count)
	}
}

// planOf gives the plan of an intent with some fields of its spec.
func planOf(t testing.TB, fields string) *generator.Plan {
	intents, _ := generator.ReadIntents("intent.yaml", []byte(`{"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": {"name": "x"},
		"spec": {"account": "111122223333", "kublr": {"user": "kublr"}, `+fields+`}}`))
	plan, findings := generator.NewPlan(intents)
	if plan == nil {
		t.Fatal(findings)
	}
	return plan
}

// TestGateAsksForNames holds that a cluster whose name nobody knows is no green under patterns.
func TestGateAsksForNames(t *testing.T) {
	plan := planOf(t, `"key": "alias/a", "clusters": ["prod-*"]`)
	for _, metadata := range []string{`{"generateName": "prod-"}`, `{"name": "$(NAME)"}`, `{"name": ""}`, `{"name": ["prod-a"]}`, `{"name": null}`, `null`} {
		text := `{"kind": "Cluster", "metadata": ` + metadata + `, "spec": {"locations": [{"name": "l", "aws": {"region": "us-east-1"}}]}}`
		if !plan.Verify("c.yaml", yamledit.Chunk{Bytes: []byte(text)}, generator.Base{}).HasErrors() {
			t.Errorf("green: %s", text)
		}
	}
}
