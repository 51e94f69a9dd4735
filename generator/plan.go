package generator

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A Plan is what intents expand to: rules for cluster specs, and key policies.
// It is made once and then only read, so any number of goroutines may use it.
type Plan struct {
	intents []*expansion
	isGate  bool
}

// AsGate gives the plan as a gate holds clusters to it: what nobody can judge, and an
// edit only warns of, is an error. [Plan.Verify] always goes by it.
func (p *Plan) AsGate() *Plan { return &Plan{p.intents, true} }

// ByMode parts a plan by what its intents want of the KRM function: that it sets what
// they ask for, or that it compares with that and changes nothing. A part that no
// intent wants is nil.
func (p *Plan) ByMode() (sets, compares *Plan) {
	for _, e := range p.intents {
		part := &sets
		if e.Mode == modeVerify {
			part = &compares
		}
		if *part == nil {
			*part = &Plan{isGate: p.isGate}
		}
		(*part).intents = append((*part).intents, e)
	}
	return sets, compares
}

// At gives a finding about a field of the plan's first intent its place there.
func (p *Plan) At(f diag.Finding) diag.Finding { return p.intents[0].intent.at(f) }

// An expansion is one intent, expanded: what the jsonnet library's plan gives.
type expansion struct {
	intent Intent
	chosen []atomic.Bool // which of Clusters has matched some cluster
	used   []atomic.Bool // which of spec.overrides has matched some place

	Findings   []libraryFinding `json:"findings"`
	Name       string           `json:"name"`
	Mode       string           `json:"mode"` // of the KRM function: "" or modeVerify
	Clusters   []string         `json:"clusters"`
	Account    string           `json:"account"`
	Regions    []string         `json:"regions"`    // that the intent names
	KeyRegions []string         `json:"keyRegions"` // that its keys name
	Partition  string           `json:"partition"`  // empty: that of the regions at hand
	Partitions partitions       `json:"partitions"`
	Kinds      []*kind          `json:"kinds"`
	Policy     keyPolicy        `json:"policy"`
	IAM        []identity       `json:"iam"`
	Create     Create           `json:"create"`
	ConfigMap  string           `json:"configMap"` // what spec.policy.configMap says, or empty
}

// A keyPolicy is what an intent asks of its keys, with what depends on the region
// marked.
type keyPolicy struct {
	Keys []struct { // whose policy is ours to write
		Key    string `json:"key"`
		Region string `json:"region"` // in which it is used: a name or a pattern
	} `json:"keys"`
	Document   any `json:"document"`
	Principals any `json:"principals"` // who uses and administers the keys, by ARN
}

// An identity is what IAM lets one principal do.
type identity struct {
	Name      string            `json:"name"` // in the intent
	ARN       any               `json:"arn"`  // may depend on the region
	Documents []json.RawMessage `json:"documents"`
	policies  []*policy.Document
}

type libraryFinding struct {
	Severity diag.Severity `json:"severity"`
	Code     string        `json:"code"`
	Field    diag.Field    `json:"field"`
	Message  string        `json:"message"`
	Hint     string        `json:"hint"`
}

// NewPlan expands intents. All that is wrong with them is reported at once, and
// then, as without an intent, the plan is nil.
func NewPlan(intents []Intent) (*Plan, diag.Findings) {
	plan := &Plan{}
	var findings diag.Findings
	for _, intent := range intents {
		e, err := expand(intent)
		if err != nil {
			findings = append(findings, internal(intent, err))
			continue
		}
		for _, f := range e.Findings {
			findings = append(findings, intent.at(diag.Finding{Severity: f.Severity, Code: f.Code, Field: f.Field, Message: f.Message, Hint: f.Hint}))
		}
		findings = append(findings, e.readIAM()...)
		plan.intents = append(plan.intents, e)
	}
	if findings.HasErrors() || len(plan.intents) == 0 {
		return nil, findings
	}
	return plan, findings
}

func expand(intent Intent) (*expansion, error) {
	value, err := json.Marshal(intent.value)
	if err != nil {
		return nil, fmt.Errorf("reading the intent: %w", err)
	}
	out, err := kublrencryption.Plan(value)
	if err != nil {
		return nil, err
	}
	e := &expansion{intent: intent}
	if err := json.Unmarshal(out, e); err != nil {
		return nil, fmt.Errorf("internal error: the library's plan: %w", err)
	}
	overrides := 0
	for _, k := range e.Kinds {
		for _, r := range k.Rules {
			if r.Override != nil {
				overrides = max(overrides, *r.Override+1)
			}
		}
	}
	e.used = make([]atomic.Bool, overrides)
	e.chosen = make([]atomic.Bool, len(e.Clusters))
	return e, nil
}

// readIAM reads the IAM policies that an intent gives, and gives what is wrong with
// them at their places.
func (e *expansion) readIAM() diag.Findings {
	var findings diag.Findings
	for i := range e.IAM {
		who := &e.IAM[i]
		for n, document := range who.Documents {
			read, wrong := policy.ParseIdentity(document)
			who.policies = append(who.policies, read)
			for _, f := range wrong {
				f.Field = append(diag.Keys("spec", "policy", "iam", who.Name).At(n), f.Field...)
				findings = append(findings, e.intent.at(f))
			}
		}
	}
	return findings
}

// at gives a finding about a field of the intent its place.
func (i Intent) at(f diag.Finding) diag.Finding {
	if i.words != nil {
		i.words(&f)
	}
	f.File = i.file
	f.Position, f.Field = i.place(f.Field)
	return f
}

// internal is a fault of ours, met in an intent.
func internal(i Intent, err error) diag.Finding {
	f := fault.Finding(diag.Position{}, nil, err.Error(), "")
	f.File = i.file
	return f
}
