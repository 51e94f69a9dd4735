package policy_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A generated policy is one that our library writes, and what it is written for.
type generated struct {
	name   string
	source []byte
	target policy.Target
	form   string
}

// places are a region or more of each partition.
var places = []struct {
	partition string
	regions   []string
}{
	{"aws", []string{"us-east-1"}},
	{"aws", []string{"us-east-1", "eu-west-1", "ap-southeast-2"}},
	{"aws-cn", []string{"cn-north-1"}},
	{"aws-us-gov", []string{"us-gov-west-1", "us-gov-east-1"}},
}

// options are the parts of an intent's policy that change its statements.
var options = []struct {
	name, intent string
	change       func(t *policy.Target, arn func(string) string)
}{
	{"plain", `{}`, func(*policy.Target, func(string) string) {}},
	{"spot", `{"spot":true}`, func(t *policy.Target, _ func(string) string) { t.Spot = true }},
	{"suffixes", `{"autoScalingRoles":["AWSServiceRoleForAutoScaling","AWSServiceRoleForAutoScaling_kublr"]}`, func(t *policy.Target, arn func(string) string) {
		const path = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
		t.AutoScalingRoles = []string{arn(path), arn(path + "_kublr")}
	}},
	{"instance roles", `{"instanceRoles":["kublr-master","kublr-node"]}`, func(t *policy.Target, arn func(string) string) {
		t.InstanceRoles = []string{arn("role/kublr-master"), arn("role/kublr-node")}
	}},
	{"all", `{"spot":true,"instanceRoles":["kublr-master"],"autoScalingRoles":["AWSServiceRoleForAutoScaling_kublr"],"administrators":["root","role/admin"]}`, func(t *policy.Target, arn func(string) string) {
		t.Spot = true
		t.InstanceRoles = []string{arn("role/kublr-master")}
		t.AutoScalingRoles = []string{arn("role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_kublr")}
		t.Administrators = []string{arn("root"), arn("role/admin")}
	}},
}

// generate gives all policies that our library writes for the places and options.
func generate(t testing.TB) []generated {
	t.Helper()
	var all []generated
	for _, place := range places {
		for _, form := range []string{"standard", "minimal"} {
			for _, o := range options {
				all = append(all, expand(t, place.partition, place.regions, form, o.intent, func(target *policy.Target, arn func(string) string) { o.change(target, arn) })...)
				for i := range all {
					if all[i].name == "" {
						all[i].name = fmt.Sprintf("%s/%s/%s/%s", place.partition, form, o.name, target(all[i]))
					}
				}
			}
		}
	}
	return all
}

func target(g generated) string { return fmt.Sprint(g.target.Regions) }

// expand gives a policy for each region, and the one for all of them.
func expand(t testing.TB, partition string, regions []string, form, options string, change func(*policy.Target, func(string) string)) []generated {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal([]byte(options), &p); err != nil {
		t.Fatal(err)
	}
	p["form"] = form
	intent, err := json.Marshal(map[string]any{
		"apiVersion": "kublr-encryption.github.io/v1alpha1", "kind": "EncryptionIntent", "metadata": map[string]any{"name": "x"},
		"spec": map[string]any{"account": "111122223333", "key": "alias/kublr-ebs", "kublr": map[string]any{"user": "kublr"}, "policy": p},
	})
	if err != nil {
		t.Fatal(err)
	}
	intents, _ := generator.ReadIntents("intent.yaml", intent)
	plan, findings := generator.NewPlan(intents)
	if plan == nil {
		t.Fatal(findings)
	}
	sets, findings := plan.Policies(regions)
	if len(sets) != 1 {
		t.Fatal(findings)
	}
	var all []generated
	add := func(regions []string, document json.RawMessage) {
		source, err := policy.Format(document)
		if err != nil {
			t.Fatal(err)
		}
		arn := func(name string) string { return "arn:" + partition + ":iam::111122223333:" + name }
		target := policy.Target{Account: "111122223333", Partition: partition, Regions: regions, Kublr: arn("user/kublr")}
		change(&target, arn)
		all = append(all, generated{source: source, target: target, form: form})
	}
	for _, p := range sets[0].Policies {
		add([]string{p.Region}, p.Document)
	}
	if len(sets[0].Policies) > 1 {
		add(regions, sets[0].Merged)
	}
	return all
}

func parse(t testing.TB, source []byte) *policy.Document {
	t.Helper()
	d, findings := policy.Parse(source)
	if d == nil {
		t.Fatalf("%v in\n%s", findings, source)
	}
	return d
}

func check(t testing.TB, d *policy.Document, target policy.Target) []policy.Verdict {
	t.Helper()
	verdicts, err := policy.Check(d, target)
	if err != nil {
		t.Fatal(err)
	}
	return verdicts
}

// What our library writes lets all through that must work, and nothing else.
func TestGeneratedPoliciesAreWell(t *testing.T) {
	all := generate(t)
	for _, g := range all {
		t.Run(g.name, func(t *testing.T) {
			for _, v := range check(t, parse(t, g.source), g.target) {
				if !v.IsWell() {
					t.Errorf("%s: %s\n%s", v.ID, v.Message, g.source)
				}
			}
		})
	}
	t.Logf("%d policies", len(all))
}

// Of what our library writes there is something to know, and nothing to correct.
func TestGeneratedPoliciesHaveNoTraps(t *testing.T) {
	for _, g := range generate(t) {
		for _, p := range policy.Lint(parse(t, g.source), g.target) {
			if p.Severity != diag.Info {
				t.Errorf("%s: %s: %s", g.name, p.Code, p)
			}
		}
	}
}
