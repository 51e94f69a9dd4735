package generator

import (
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// principals are who uses and administers an intent's keys, by ARN.
type principals struct {
	Kublr            string   `json:"kublr"`
	Administrators   []string `json:"administrators"`
	AutoScalingRoles []string `json:"autoScalingRoles"`
	InstanceRoles    []string `json:"instanceRoles"`
	Spot             bool     `json:"spot"`
}

// target gives for whom a key policy of the intent must do.
func (e *expansion) target(regions ...string) policy.Target {
	return policy.Target{
		Account: e.Account, Partition: e.Partition, Regions: regions,
		Kublr: e.Principals.Kublr, AutoScalingRoles: e.Principals.AutoScalingRoles, InstanceRoles: e.Principals.InstanceRoles,
		Administrators: e.Principals.Administrators, Spot: e.Principals.Spot,
	}
}

// Target gives for whom a key policy must do that serves the plan's first intent,
// in all its regions that are known.
func (p *Plan) Target() policy.Target {
	e := p.intents[0]
	var regions []string
	for _, k := range e.Policies {
		regions = append(regions, k.Region)
	}
	return e.target(regions...)
}

// Prove checks the key policies that the plan writes, without a network: that they
// let the volumes attach and the instances launch, and let in no one else. What
// is not so comes as an error at the intent that asks for it.
func (p *Plan) Prove() diag.Findings {
	var findings diag.Findings
	for _, e := range p.intents {
		for _, k := range e.Policies {
			findings = append(findings, e.prove(k)...)
		}
	}
	return findings
}

func (e *expansion) prove(k KeyPolicy) diag.Findings {
	doc, findings := policy.Parse(k.Document)
	if doc != nil {
		verdicts, err := policy.Check(doc, e.target(k.Region))
		if err != nil {
			findings = append(findings, diag.Finding{Severity: diag.Error, Code: "internal", Message: err.Error()})
		}
		for _, v := range verdicts {
			if !v.IsWell() {
				findings = append(findings, v.Finding())
			}
		}
	}
	for i := range findings {
		f := &findings[i]
		f.File = e.intent.file
		f.Position, f.Field = e.intent.place(diag.Keys("spec", "policy"))
		f.Message = fmt.Sprintf("the key policy in %s will not do: %s", k.Region, f.Message)
	}
	return findings
}
