package generator

import (
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// Prove checks the key policies without a network: that they let the volumes
// attach and the instances launch, and let in no one else. What is not so comes as
// an error at the intent that asks for it.
func (s PolicySet) Prove() diag.Findings {
	var findings diag.Findings
	for _, k := range s.Policies {
		target := s.Target
		target.Regions = []string{k.Region}
		for _, f := range prove(k.Document, target) {
			f.Field, f.Message = diag.Keys("spec", "policy"), fmt.Sprintf("the key policy in %s will not do: %s", k.Region, f.Message)
			findings = append(findings, s.intent.at(f))
		}
	}
	return findings
}

func prove(document []byte, target policy.Target) diag.Findings {
	doc, findings := policy.Parse(document)
	if doc == nil {
		return findings
	}
	verdicts, err := policy.Check(doc, target)
	if err != nil {
		findings = append(findings, fault.Finding(diag.Position{}, nil, err.Error(), ""))
	}
	return append(findings, policy.Findings(verdicts)...)
}
