package fn

import (
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// What the function does is said by each intent: it sets what is asked for or, in the
// mode for validators, compares with that. Who compares sees what the others have set.

// edited gives what a plan wants of the list and what is to be said of that.
func (l *resourceList) edited(plan *generator.Plan) ([]yamledit.Want, []found) {
	sets, findings := asked(plan.Policies(nil))
	if findings.HasErrors() {
		sets, findings = asked(plan.Policies(plan.RegionsOf(l.items)))
	}
	wants, outcomes := plan.Wants(l.items, generator.Base{})
	maps, err := l.wantPolicies(sets)
	if err != nil {
		findings = append(findings, policyConfigMap.Finding(diag.Position{}, nil, err.Error(), ""))
	}
	wants = append(wants, maps...)
	made, err := l.doc.Apply(wants)
	findings = append(findings, generator.Settle(l.items, outcomes, made, err)...)
	all := l.gathered(findings, outcomes, plan.Unmatched(diag.Warning))
	if !failed(all) {
		all = append(all, l.found(l.notKept(plan, outcomes))...)
	}
	return wants, all
}

// notKept says how much was set, and that a validator would have to ask for its mode.
func (l *resourceList) notKept(plan *generator.Plan, outcomes []generator.Outcome) diag.Finding {
	values, clusters := 0, 0
	for _, o := range outcomes {
		if o.Cluster != nil && len(o.Cluster.Changes) > 0 {
			values, clusters = values+len(o.Cluster.Changes), clusters+1
		}
	}
	how := "the annotation " + generator.ModeAnnotation + ": verify"
	if !isIntent(l.config) && l.config.Get("kind").Text() == "ConfigMap" {
		how = "mode: verify in data"
	}
	return plan.At(valuesSet.Finding(diag.Position{}, nil, fmt.Sprintf("values set: %d, in clusters: %d", values, clusters), "a validator wants "+how+", since what it sets is lost"))
}

// after gives the list as it is when it has what is wanted.
func (l *resourceList) after(wants []yamledit.Want) (*resourceList, error) {
	if wants == nil {
		return l, nil
	}
	made, err := l.doc.Apply(wants)
	if err != nil {
		return nil, err
	}
	return parse(made.Text)
}

// compared gives what of the list is not as a plan asks for: as errors volumes, and key
// policies that would not do or that their ConfigMap does not have.
func (l *resourceList) compared(plan *generator.Plan) []found {
	sets, findings := plan.Policies(plan.RegionsOf(l.items))
	for _, set := range sets {
		findings = append(findings, set.Prove()...)
	}
	sets, missing := asked(sets, nil)
	findings = append(findings, missing...)
	if err := l.holdsPolicies(sets); err != nil {
		findings = append(findings, policyConfigMap.Finding(diag.Position{}, nil, err.Error(), ""))
	}
	outcomes := plan.VerifyItems(l.items, generator.Base{})
	volumes, clusters := 0, 0
	for _, o := range outcomes {
		if o.Cluster != nil && o.Cluster.Volumes > 0 {
			volumes, clusters = volumes+o.Cluster.Volumes, clusters+1
		}
	}
	all := l.gathered(findings, outcomes, plan.Unmatched(diag.Error))
	return append(all, l.found(plan.At(volumesCompared.Finding(diag.Position{}, nil, fmt.Sprintf("volumes compared: %d, in clusters: %d", volumes, clusters), "")))...)
}

// gathered puts findings about intents and items together.
func (l *resourceList) gathered(findings diag.Findings, outcomes []generator.Outcome, last diag.Findings) []found {
	all := l.found(findings...)
	for i, o := range outcomes {
		for _, f := range o.Findings {
			all = append(all, unplaced(f, l.items[i]))
		}
		if c := o.Cluster; c != nil && c.Skipped != "" && !o.Findings.HasErrors() {
			all = append(all, unplaced(clusterSkipped.Finding(diag.Position{}, nil, "is left alone: "+c.Skipped, ""), l.items[i]))
		}
	}
	return append(all, l.found(last...)...)
}
