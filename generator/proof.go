package generator

import (
	"cmp"
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
	doc, problems := policy.Parse(k.Document)
	var findings diag.Findings
	for _, problem := range problems {
		findings = append(findings, OfProblem("", problem))
	}
	if doc != nil {
		verdicts, err := policy.Check(doc, e.target(k.Region))
		if err != nil {
			findings = append(findings, diag.Finding{Severity: diag.Error, Code: "internal", Message: err.Error()})
		}
		for _, v := range verdicts {
			if !v.IsWell() {
				findings = append(findings, OfVerdict("", v))
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

// OfVerdict makes a finding of what a key policy does that it should not, or the
// other way round. A risk stands where the statement does that opens it.
func OfVerdict(file string, v policy.Verdict) diag.Finding {
	f := diag.Finding{Severity: diag.Error, Code: v.Code, File: file, Message: v.Title + ": " + v.Message, Hint: v.Hint}
	if !v.Risk {
		f.Message = "not so: " + f.Message
	}
	if len(v.Statements) > 0 && v.Risk {
		f.Position, f.Field = diag.Position(v.Statements[0].Position), diag.Keys("Statement").At(v.Statements[0].Index)
	}
	return f
}

// OfProblem makes a finding of a problem in a key policy.
func OfProblem(file string, p policy.Problem) diag.Finding {
	field, err := diag.ParseField(p.Path)
	if err != nil {
		field = diag.Keys(p.Path)
	}
	return diag.Finding{
		Severity: cmp.Or(diag.Severity(p.Severity), diag.Error), Code: p.Code, File: file,
		Position: diag.Position(p.Position), Field: field, Message: p.Message, Hint: p.Hint,
	}
}
