package generator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A KeyPolicy is the policy document for the keys an intent uses in one region.
type KeyPolicy struct {
	Account   string          `json:"account"`
	Partition string          `json:"partition"`
	Region    string          `json:"region"`
	Keys      []string        `json:"keys"` // as the intent names them
	Document  json.RawMessage `json:"document"`
}

// FileName gives the name for a file, or a ConfigMap's key, that holds the policy.
func (k KeyPolicy) FileName() string {
	return fmt.Sprintf("policy-%s-%s.json", k.Account, k.Region)
}

// A Create is how keys of an intent are made. Named are the fields that the intent
// itself gives.
type Create struct {
	MultiRegion  bool              `json:"multiRegion"`
	RotationDays int               `json:"rotationDays"` // 0: never
	Description  string            `json:"description"`
	Tags         map[string]string `json:"tags"`
	Named        []string          `json:"named"`
}

// A PolicySet is the key policies of one intent. It has none for the account's
// default EBS key, whose policy is not ours.
type PolicySet struct {
	Name      string          // of the intent
	Create    Create          // how its keys are made
	Policies  []KeyPolicy     // one a region
	Merged    json.RawMessage // one document that serves all regions; nil when there are no policies
	Target    policy.Target   // for whom they must do
	ConfigMap string          // the name of the one that is to hold them, or empty
	Missing   *diag.Finding   // why there are none though they are needed: no region is known

	intent Intent
	known  func(regions []string) []string
}

// Policies gives the key policies of each intent. regions are those of the clusters
// at hand; they count for an intent that names none itself. What is wrong with them
// is found, and then no policy is given.
func (p *Plan) Policies(regions []string) ([]PolicySet, diag.Findings) {
	var sets []PolicySet
	var findings diag.Findings
	for _, e := range p.intents {
		if wrong := e.wrong(regions); len(wrong) > 0 {
			findings = append(findings, wrong...)
			continue
		}
		set, err := e.policies(regions)
		if err != nil {
			findings = append(findings, internal(e.intent, err))
		}
		sets = append(sets, set)
	}
	if findings.HasErrors() {
		return nil, findings
	}
	return sets, nil
}

func (e *expansion) policies(regions []string) (PolicySet, error) {
	set := PolicySet{Name: e.Name, Create: e.Create, ConfigMap: e.ConfigMap, intent: e.intent, known: e.known}
	var served []string
	for _, region := range e.known(regions) {
		keys := e.keysIn(region)
		if len(keys) == 0 {
			continue
		}
		document, err := json.Marshal(e.Partitions.fill(e.Policy.Document, region))
		if err != nil {
			return set, err
		}
		served = append(served, region)
		set.Target.Keys = append(set.Target.Keys, e.arnOf(region, keys)...)
		set.Policies = append(set.Policies, KeyPolicy{e.Account, e.Partitions.of(region), region, keys, document})
	}
	err := e.aim(&set.Target, served)
	switch {
	case err != nil:
	case len(served) > 0:
		set.Merged, err = json.Marshal(e.Partitions.fill(e.Policy.Document, served...))
	case len(e.Policy.Keys) > 0:
		missing := e.say("region-unknown/policy", nil)
		set.Missing = &missing
	}
	return set, err
}

// keysIn gives the keys with a policy of ours that the intent uses in a region.
func (e *expansion) keysIn(region string) []string {
	var keys []string
	for _, k := range e.Policy.Keys {
		if matchName(k.Region, region) && !slices.Contains(keys, k.Key) {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

// arnOf gives the ARN of the one key that is used in a region, as far as its name
// says it: an alias does not.
func (e *expansion) arnOf(region string, keys []string) []string {
	if len(keys) != 1 || strings.Contains(keys[0], "alias/") {
		return nil
	}
	if strings.HasPrefix(keys[0], "arn:") {
		return keys
	}
	return []string{"arn:" + e.Partitions.of(region) + ":kms:" + region + ":" + e.Account + ":key/" + keys[0]}
}

// aim says for whom a key policy in some regions must do. The plan's principals
// have the names of a target's fields.
func (e *expansion) aim(t *policy.Target, regions []string) error {
	one := append(slices.Clone(regions), "")[0] // an account lives in one partition
	principals, err := json.Marshal(e.Partitions.fill(e.Policy.Principals, one))
	if err == nil {
		err = json.Unmarshal(principals, t)
	}
	t.Account, t.Regions = e.Account, regions
	t.IAM = map[string][]*policy.Document{}
	for _, who := range e.IAM {
		if arn, ok := e.Partitions.fill(who.ARN, one).(string); ok {
			t.IAM[arn] = append(t.IAM[arn], who.policies...)
		}
	}
	t.Partition = cmp.Or(e.Partition, e.Partitions.of(one))
	return err
}
