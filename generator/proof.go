package generator

import (
	"cmp"
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
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
func (p *Plan) Prove() []Finding {
	var findings []Finding
	for _, e := range p.intents {
		for _, k := range e.Policies {
			findings = append(findings, e.prove(k)...)
		}
	}
	return findings
}

func (e *expansion) prove(k KeyPolicy) []Finding {
	doc, problems := policy.Parse(k.Document)
	var findings []Finding
	for _, problem := range problems {
		findings = append(findings, OfProblem("", problem))
	}
	if doc != nil {
		verdicts, err := policy.Check(doc, e.target(k.Region))
		if err != nil {
			findings = append(findings, Finding{Severity: Error, Code: "internal", Message: err.Error()})
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
		f.Position, f.Path = e.intent.place([]any{"spec", "policy"})
		f.Message = fmt.Sprintf("the key policy in %s will not do: %s", k.Region, f.Message)
	}
	return findings
}

// OfVerdict makes a finding of what a key policy does that it should not, or the
// other way round. A risk stands where the statement does that opens it.
func OfVerdict(file string, v policy.Verdict) Finding {
	f := Finding{Severity: Error, Code: v.Code, File: file, Message: v.Title + ": " + v.Message, Hint: v.Hint}
	if !v.Risk {
		f.Message = "not so: " + f.Message
	}
	if len(v.Statements) > 0 && v.Risk {
		f.Position, f.Path = yamledit.Position(v.Statements[0].Position), fmt.Sprintf("Statement[%d]", v.Statements[0].Index)
	}
	return f
}

// OfProblem makes a finding of a problem in a key policy.
func OfProblem(file string, p policy.Problem) Finding {
	return Finding{
		Severity: cmp.Or(Severity(p.Severity), Error), Code: p.Code, File: file,
		Position: yamledit.Position(p.Position), Path: p.Path, Message: p.Message, Hint: p.Hint,
	}
}
