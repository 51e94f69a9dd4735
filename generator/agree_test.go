package generator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-jsonnet"
	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestJsonnetAndGoAgree holds the two interpreters of rules equal, on made-up
// clusters under made-up intents: the library's apply gives the value that the
// edited bytes have, and fails where an error is found. A second edit changes
// nothing, and then nothing is left for verify to find. Of each cluster both find
// the same, in the same words, and both write the same key policy.
func TestJsonnetAndGoAgree(t *testing.T) {
	edited, refused := 0, 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		intent := randomIntent(r)
		plan := newPlan(t, intent)
		if plan == nil {
			continue
		}
		cluster := decodeJSON(t, marshal(t, randomCluster(r)))
		text, err := yaml.Marshal(cluster)
		if err != nil {
			t.Fatal(err)
		}
		if seed%4 == 0 {
			text = marshal(t, cluster)
		}
		if seed%4 == 1 {
			agree(t, fmt.Sprint("seed ", seed), plan, intent, cluster, text)
		}
		result, isRefused := same(t, fmt.Sprint("seed ", seed), plan, intent, cluster, text)
		if isRefused {
			refused++
			continue
		}
		edited++
		again := plan.Edit("c.yaml", yamledit.Chunk{Bytes: result.Output}, generator.Base{})
		if string(again.Output) != string(result.Output) {
			t.Fatalf("seed %d: a second edit gives\n%s\nof\n%s", seed, again.Output, result.Output)
		}
		left := plan.Verify("c.yaml", yamledit.Chunk{Bytes: result.Output}, generator.Base{})
		for _, f := range left.Outcomes[0].Findings.Errors() {
			if !slices.ContainsFunc(again.Outcomes[0].Findings, func(warned diag.Finding) bool { return warned.String() == f.String() }) {
				t.Fatalf("seed %d: verify still finds %v", seed, f)
			}
		}
	}
	if edited < 100 || refused < 50 {
		t.Errorf("the clusters are too much alike: %d edited, %d refused", edited, refused)
	}
}

// TestOddClusters holds the same on clusters that are written in odd ways.
func TestOddClusters(t *testing.T) {
	src, err := os.ReadFile("testdata/odd.yaml")
	if err != nil {
		t.Fatal(err)
	}
	intents := []object{
		{"key": "alias/a"},
		{"key": object{"us-east-1": "alias/e", "eu-west-1": "arn:aws:kms:eu-west-1:012345678901:key/1234abcd-12ab-34cd-56ef-1234567890ab"}},
		{"key": "alias/a", "overrides": []any{
			object{"match": object{"group": "1*"}, "mode": "plain"}, object{"match": object{"cluster": "*"}, "key": "alias/b"}, object{"match": object{"location": "true"}, "mode": "ignore"},
		}},
		{"clusters": []any{"1", "prod-*"}, "overrides": []any{object{"match": object{"region": "*"}, "mode": "plain"}}},
	}
	splitter := yamledit.NewSplitter(bytes.NewReader(src))
	for {
		chunk, err := splitter.Next()
		if err == io.EOF {
			return
		}
		text := bytes.Clone(chunk.Bytes)
		cluster := value(t, text)
		for _, spec := range intents {
			spec["account"], spec["kublr"] = "012345678901", object{"user": "kublr"}
			intent := object{"apiVersion": generator.APIVersion, "kind": generator.IntentKind, "metadata": object{"name": "x"}, "spec": spec}
			plan := newPlan(t, intent)
			if plan == nil {
				t.Fatal("the intent is no good", spec)
			}
			name := fmt.Sprint("line ", chunk.Start.Line)
			agree(t, name, plan, intent, cluster, text)
			same(t, name, plan, intent, cluster, text)
		}
	}
}

// same holds that both make the same of a cluster, or that both refuse it.
func same(t *testing.T, name string, plan *generator.Plan, intent, cluster any, text []byte) (result generator.Result, isRefused bool) {
	t.Helper()
	result = plan.Edit("c.yaml", yamledit.Chunk{Bytes: text}, generator.Base{})
	vm.TLAVar("args", string(marshal(t, []any{intent, cluster})))
	want, err := vm.EvaluateAnonymousSnippet("same.jsonnet", `function(args)
		local a = std.parseJson(args); (import '../jsonnet/kublr-encryption/main.libsonnet').apply(a[0], a[1])`)
	switch {
	case err != nil && strings.Contains(err.Error(), "[not-a-cluster]"):
		if result.HasErrors() || result.Outcomes[0].Cluster != nil {
			t.Fatalf("%s: the library finds no cluster, and Go %v in\n%s", name, result.Outcomes, text)
		}
		return result, true
	case err != nil && strings.HasPrefix(err.Error(), "RUNTIME ERROR: kublr-encryption: "):
		if !result.HasErrors() {
			t.Fatalf("%s: the library says\n%v\nand Go finds nothing in\n%s\nunder\n%s", name, err, text, marshal(t, intent))
		}
		return result, true
	case err != nil:
		t.Fatal(err)
	case result.HasErrors():
		t.Fatalf("%s: Go finds\n%v\nand the library nothing in\n%s\nunder\n%s", name, result.Outcomes, text, marshal(t, intent))
	}
	if got := value(t, result.Output); !reflect.DeepEqual(got, decodeJSON(t, []byte(want))) {
		t.Fatalf("%s: the library gives\n%s\nand Go\n%s\nof\n%s\nunder\n%s", name, want, marshal(t, got), text, marshal(t, intent))
	}
	return result, false
}

// agree holds that both find the same in a cluster, and write the same key policy
// for its regions.
func agree(t *testing.T, name string, plan *generator.Plan, intent, cluster any, text []byte) {
	t.Helper()
	var found []diag.Finding
	verified := plan.Verify("", yamledit.Chunk{Bytes: text}, generator.Base{})
	for _, o := range verified.Outcomes {
		for _, f := range o.Findings {
			f.Position = diag.Position{}
			found = append(found, f)
		}
	}
	regions := []string{}
	for _, o := range verified.Outcomes {
		if o.Cluster != nil {
			regions = append(regions, o.Cluster.Regions...)
		}
	}
	var served struct {
		Found, Findings []diag.Finding
		Policy          any
	}
	library(t, &served, intent, cluster, regions)
	if got, want := texts(found), texts(served.Found); got != want {
		t.Fatalf("%s: the library finds\n%s\nand Go\n%s\nin\n%s\nunder\n%s", name, want, got, text, marshal(t, intent))
	}
	sets, findings := plan.Policies(regions)
	var merged any
	if sets != nil {
		if sets[0].Missing != nil {
			findings = append(findings, *sets[0].Missing)
		}
		if sets[0].Merged != nil {
			merged = decodeJSON(t, sets[0].Merged)
		}
	}
	for i := range findings {
		findings[i].File, findings[i].Position = "", diag.Position{}
	}
	if got, want := texts(findings), texts(served.Findings); got != want {
		t.Fatalf("%s: of %q the library says\n%s\nand Go\n%s\nunder\n%s", name, regions, want, got, marshal(t, intent))
	}
	if len(findings) == 0 && !reflect.DeepEqual(merged, served.Policy) {
		t.Fatalf("%s: for %q the library writes\n%s\nand Go\n%s\nunder\n%s", name, regions, marshal(t, served.Policy), marshal(t, merged), marshal(t, intent))
	}
}

// texts gives findings in an order that does not depend on where they were found.
func texts(findings []diag.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, fmt.Sprintf("%s %s: %s", f.Severity, f.Code, f))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

var vm = jsonnet.MakeVM()

// library gives what the library finds in a cluster, and its key policy in regions.
func library(t *testing.T, into any, args ...any) {
	t.Helper()
	vm.TLAVar("args", string(marshal(t, args)))
	out, err := vm.EvaluateAnonymousSnippet("agree.jsonnet", `function(args)
		local a = std.parseJson(args), plan = (import '../jsonnet/kublr-encryption/lib/plan.libsonnet')(a[0]);
		(import '../jsonnet/kublr-encryption/lib/regions.libsonnet')(plan, a[2]) +
		{ found: (import '../jsonnet/kublr-encryption/lib/apply.libsonnet')(plan, a[1]).findings }`)
	if err != nil {
		t.Fatalf("%v\nof %s", err, marshal(t, args))
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		t.Fatal(err)
	}
}

type object = map[string]any

func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

func randomIntent(r *rand.Rand) object {
	const arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	spec := object{"account": "111122223333", "kublr": object{"user": "kublr"}}
	switch r.IntN(4) {
	case 0:
	case 1:
		spec["key"] = arn
	case 2:
		spec["key"] = object{"us-east-1": "alias/east", "eu-west-1": "alias/west"}
	case 3:
		spec["key"] = "alias/kublr-ebs"
	}
	if r.IntN(4) == 0 {
		spec["clusters"] = []any{pick(r, "prod-*", "prod-a", "test*")}
	}
	if r.IntN(5) == 0 {
		spec["regions"] = []any{"us-east-1"}
	}
	if r.IntN(4) == 0 {
		spec["volumes"] = pick(r, []any{"masterRoot", "masterEtcd"}, []any{"nodeRoot", "storageClass"}, []any{"nodeRoot"})
	}
	var overrides []any
	for range r.IntN(3) {
		match := object{}
		switch r.IntN(5) {
		case 0:
			match["group"] = pick(r, "gpu", "g*", "web")
		case 1:
			match["location"] = pick(r, "aws1", "aws2")
		case 2:
			match["region"] = pick(r, "us-*", "eu-west-1")
		case 3:
			match["cluster"] = "prod-*"
		case 4:
			match["volume"] = pick(r, "nodeRoot", "storageClass", "masterEtcd")
		}
		override := object{"match": match}
		if r.IntN(2) == 0 {
			override["mode"] = pick(r, "plain", "ignore")
		} else {
			override["key"] = pick(r, "alias/other", arn)
		}
		overrides = append(overrides, override)
	}
	if overrides != nil {
		spec["overrides"] = overrides
	}
	return object{"apiVersion": generator.APIVersion, "kind": generator.IntentKind, "metadata": object{"name": "x"}, "spec": spec}
}

func randomCluster(r *rand.Rand) object {
	places := 1
	if r.IntN(4) == 0 {
		places = 2
	}
	var locations []any
	for i := range places {
		provider := pick(r, "aws", "aws", "aws", "aws", "azure")
		at := object{"region": pick(r, "us-east-1", "us-east-1", "us-east-1", "eu-west-1", "")}
		if r.IntN(8) == 0 {
			at["accountId"] = pick[any](r, "111122223333", "", nil, "444455556666")
		}
		locations = append(locations, object{"name": fmt.Sprintf("aws%d", i+1), provider: at})
	}
	spec := object{"locations": locations, "network": object{"clusterDomain": "cluster.local"}}
	if r.IntN(4) == 0 {
		spec["kublrAgentTgzUrl"] = pick[any](r, "https://a.b/kublr/1.8.0/kublr-1.9.1-linux.tar.gz", "https://1.2.3.4/kublr-1.17.4-9-linux.tar.gz", "kublr", "1.x.3", 1.9)
		spec["kublrVersion"] = pick[any](r, "1.8.0", "1.18.0", 1.8, nil)
	}
	if r.IntN(6) > 0 {
		spec["master"] = group(r, "masterVolume", "rootVolume")
	}
	if r.IntN(8) > 0 {
		var nodes []any
		for range r.IntN(4) {
			g := group(r, "rootVolume")
			if r.IntN(3) > 0 {
				g["name"] = pick(r, "gpu", "web", "g2")
			}
			nodes = append(nodes, g)
		}
		spec["nodes"] = nodes
	}
	switch r.IntN(6) {
	case 0:
	case 1:
		spec["features"] = nil
	case 2:
		spec["features"] = object{"system": object{"chart": object{"version": pick[any](r, "1.17.0-2", "1.20.0-19", "1.9", "", 1)}, "values": object{"storageClass": nil}}}
	case 3:
		spec["features"] = object{"system": object{"values": object{"storageClass": object{"aws": object{"parameters": cased(r, volume(r, "false", "true"))}}}}}
	case 4:
		spec["features"] = object{"ingress": object{"enabled": true}}
	case 5:
		spec["features"] = pick[any](r, "none", object{"system": []any{}}, object{"system": object{}})
	}
	if r.IntN(4) == 0 {
		slip(r, spec)
		if _, found := spec["locations"]; !found {
			spec["locations"] = locations // of a patch the library says nothing
		}
	}
	return object{"kind": "Cluster", "metadata": object{"name": pick(r, "prod-a", "prod-b", "test")}, "spec": spec}
}

// group gives an instance group with one or two locations.
func group(r *rand.Rand, volumes ...string) object {
	var locations []any
	for i := range 1 + r.IntN(7)/6 {
		at := object{"instanceType": "t3.medium"}
		for _, name := range volumes {
			switch r.IntN(5) {
			case 0:
				at[name] = nil
			case 1:
				at[name] = volume[any](r, false, true)
			case 2:
				at[name] = object{"size": 40}
			case 3:
				if r.IntN(10) == 0 {
					at[name] = "gp2"
				}
			}
		}
		provider := pick(r, "aws", "aws", "aws", "aws", "aws", "azure")
		location := object{provider: at}
		if r.IntN(10) == 0 {
			location[provider] = nil
		}
		if r.IntN(8) > 0 {
			location["locationRef"] = pick(r, "aws1", "aws1", fmt.Sprintf("aws%d", i+1), "aws9")
		}
		locations = append(locations, location)
	}
	if r.IntN(12) == 0 {
		return object{"locations": pick[any](r, nil, []any{nil}, object{})}
	}
	return object{"locations": locations, "minNodes": 1}
}

func volume[T any](r *rand.Rand, off, on T) object {
	v := object{"encrypted": pick(r, off, on)}
	if r.IntN(2) == 0 {
		v["kmsKeyId"] = pick[any](r, "alias/kublr-ebs", "alias/old", nil)
	}
	return v
}

// slip misspells a key somewhere at or below a value, or puts something else there.
func slip(r *rand.Rand, v any) {
	switch v := v.(type) {
	case object:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) == 0 {
			return
		}
		key := pick(r, keys...)
		switch r.IntN(4) {
		case 0:
			v[pick(r, misspellings(key)...)] = v[key]
		case 1:
			v[pick(r, misspellings(key)...)] = v[key]
			delete(v, key)
		case 2:
			slip(r, v[key])
		case 3:
			v[key] = pick[any](r, nil, "x", []any{}, object{}, []any{v[key]}, object{"x": v[key]})
		}
	case []any:
		if len(v) > 0 {
			slip(r, v[r.IntN(len(v))])
		}
	}
}

// cased spells some keys otherwise, and sometimes one twice.
func cased(r *rand.Rand, o object) object {
	for key, v := range maps.Clone(o) {
		switch r.IntN(6) {
		case 0:
			delete(o, key)
			o[strings.ToUpper(key)] = v
		case 1:
			o[strings.ToLower(key)] = v
		}
	}
	return o
}

// newPlan gives an intent's plan, nil when the intent is no good.
func newPlan(t *testing.T, intent object) *generator.Plan {
	t.Helper()
	intents, findings := generator.ReadIntents("intent.yaml", marshal(t, intent))
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	plan, _ := generator.NewPlan(intents)
	return plan
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decodeJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// value decodes YAML in the form JSON has.
func value(t *testing.T, text []byte) any {
	t.Helper()
	d, err := yamledit.Parse(text, diag.Position{})
	if err != nil {
		t.Fatal(err)
	}
	return decodeJSON(t, marshal(t, d.Root().Value()))
}
