package generator

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// Unmatched tells what of the intents was about nothing that the plan has met: that
// no cluster was selected at all, a pattern of spec.clusters that selected none, an
// override that matched no volume. Ask after the last document.
//
// That no cluster was looked at is of the given severity: a gate that has looked at
// nothing must not pass, and an edit of nothing is merely odd.
func (p *Plan) Unmatched(nothing diag.Severity) diag.Findings {
	if !slices.ContainsFunc(p.intents, (*expansion).hasChosen) {
		f := noCluster.Finding(diag.Position{}, diag.Keys("spec", "clusters"),
			"selects no Kublr cluster of what was looked at, so nothing was compared with it",
			"check what was looked at, and the names in spec.clusters")
		f.Severity = nothing
		return diag.Findings{p.At(f)}
	}
	var findings diag.Findings
	for _, e := range p.intents {
		findings = append(findings, e.unmatched()...)
	}
	return findings
}

func (e *expansion) hasChosen() bool {
	for i := range e.chosen {
		if e.chosen[i].Load() {
			return true
		}
	}
	return false
}

func (e *expansion) unmatched() diag.Findings {
	var findings diag.Findings
	for i := range e.chosen {
		if !e.chosen[i].Load() {
			findings = append(findings, e.intent.at(clustersUnmatched.Finding(diag.Position{}, diag.Keys("spec", "clusters").At(i),
				"selects no cluster of what was looked at",
				"correct the name, or leave it if its clusters are elsewhere")))
		}
	}
	for i := range e.used {
		if !e.used[i].Load() {
			findings = append(findings, e.intent.at(overrideUnmatched.Finding(diag.Position{}, diag.Keys("spec", "overrides").At(i).Key("match"),
				"matches no volume of the clusters looked at",
				"check the names it gives, or leave it if its clusters are elsewhere")))
		}
	}
	return findings
}
