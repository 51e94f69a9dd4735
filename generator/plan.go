package generator

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
)

// A Plan is what intents expand to: rules for cluster specs, and key policies.
// It is made once and then only read, so any number of goroutines may use it.
type Plan struct {
	intents []*expansion
}

// An expansion is one intent, expanded: what the jsonnet library's plan gives.
type expansion struct {
	intent Intent
	kinds  []*kind       // the rules, by the kind of volume they are about
	used   []atomic.Bool // which of spec.overrides has matched some place

	Findings   []libraryFinding `json:"findings"`
	Clusters   []string         `json:"clusters"`
	Account    string           `json:"account"`
	Regions    []string         `json:"regions"`
	Shape      shape            `json:"shape"`
	Rules      []*rule          `json:"rules"`
	Policies   []KeyPolicy      `json:"policies"`
	Policy     json.RawMessage  `json:"policy"`
	Partition  string           `json:"partition"`
	Principals principals       `json:"principals"`
	ConfigMap  string           `json:"configMap"` // what spec.policy.configMap says, or empty
	OwnKey     bool             `json:"ownKey"`    // whether a key is used whose policy is ours to write
}

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

type libraryFinding struct {
	Severity diag.Severity `json:"severity"`
	Code     string        `json:"code"`
	Field    diag.Field    `json:"field"`
	Message  string        `json:"message"`
	Hint     string        `json:"hint"`
}

// NewPlan expands intents. regions are those of the clusters at hand, for key
// policies; an intent's own spec.regions go before them. All that is wrong with
// the intents is reported at once, and then, as without an intent, the plan is nil.
func NewPlan(intents []Intent, regions []string) (*Plan, diag.Findings) {
	plan := &Plan{}
	var findings diag.Findings
	for _, intent := range intents {
		e, err := expand(intent, regions)
		if err != nil {
			findings = append(findings, diag.Finding{Severity: diag.Error, Code: "internal", File: intent.file, Message: err.Error()})
			continue
		}
		for _, f := range e.Findings {
			findings = append(findings, intent.finding(f))
		}
		plan.intents = append(plan.intents, e)
	}
	if findings.HasErrors() || len(plan.intents) == 0 {
		return nil, findings
	}
	return plan, findings
}

func expand(intent Intent, regions []string) (*expansion, error) {
	value, err := json.Marshal(intent.value)
	if err != nil {
		return nil, fmt.Errorf("reading the intent: %w", err)
	}
	out, err := kublrencryption.Plan(value, regions)
	if err != nil {
		return nil, err
	}
	e := &expansion{intent: intent}
	if err := json.Unmarshal(out, e); err != nil {
		return nil, fmt.Errorf("internal error: the library's plan: %w", err)
	}
	e.kinds = kindsOf(e.Rules)
	overrides := 0
	for _, r := range e.Rules {
		if r.Override != nil {
			overrides = max(overrides, *r.Override+1)
		}
	}
	e.used = make([]atomic.Bool, overrides)
	return e, nil
}

// finding gives what the library says of a field its place in the intent.
func (i Intent) finding(f libraryFinding) diag.Finding {
	position, field := i.place(f.Field)
	return diag.Finding{
		Severity: f.Severity, Code: f.Code, File: i.file, Position: position, Field: field,
		Message: f.Message, Hint: f.Hint,
	}
}

// Policies gives the key policies, one per account, partition and region.
func (p *Plan) Policies() []KeyPolicy {
	var all []KeyPolicy
	for _, e := range p.intents {
		all = append(all, e.Policies...)
	}
	return all
}

// A PolicySet is the key policies of one intent that asks for them as a ConfigMap.
type PolicySet struct {
	ConfigMap string // its name
	Policies  []KeyPolicy
}

// PolicySets gives the policies of the intents that set spec.policy.configMap.
func (p *Plan) PolicySets() []PolicySet {
	var sets []PolicySet
	for _, e := range p.intents {
		if e.ConfigMap != "" {
			sets = append(sets, PolicySet{ConfigMap: e.ConfigMap, Policies: e.Policies})
		}
	}
	return sets
}

// MissingRegion gives the error of an intent whose key policy cannot be written
// for want of a region; nil when there is none.
func (p *Plan) MissingRegion() *diag.Finding {
	for _, e := range p.intents {
		if e.OwnKey && len(e.Policies) == 0 {
			finding := e.intent.finding(libraryFinding{
				Severity: diag.Error, Code: "region-unknown", Field: diag.Keys("spec", "regions"),
				Message: "is missing, and a key policy names its region",
				Hint:    "give it, or name the region or the clusters' specs",
			})
			return &finding
		}
	}
	return nil
}

// MergedPolicies gives, per intent, one document that serves all its regions;
// nothing for an intent that uses the account's default EBS key.
func (p *Plan) MergedPolicies() []json.RawMessage {
	var all []json.RawMessage
	for _, e := range p.intents {
		if len(e.Policies) > 0 {
			all = append(all, e.Policy)
		}
	}
	return all
}

// UnusedOverrides gives a warning for each override that matched no volume of
// all the clusters the plan has met. Ask after the last document.
func (p *Plan) UnusedOverrides() diag.Findings {
	var findings diag.Findings
	for _, e := range p.intents {
		for i := range e.used {
			if e.used[i].Load() {
				continue
			}
			findings = append(findings, e.intent.finding(libraryFinding{
				Severity: diag.Warning, Code: "override-unmatched",
				Field:   diag.Keys("spec", "overrides").At(i).Key("match"),
				Message: "matches no volume of the clusters looked at",
				Hint:    "check the names it gives, or leave it if its clusters are elsewhere",
			}))
		}
	}
	return findings
}
