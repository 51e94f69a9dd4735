package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
)

// prove checks the key policies that a plan needs in the regions of the clusters at
// hand, and says of which there is nothing wrong.
func prove(plan *generator.Plan, regions []string) (findings diag.Findings, proved []string) {
	sets, findings := plan.Policies(regions)
	var of []string
	for _, set := range sets {
		findings = append(findings, set.Prove()...)
		of = union(of, set.Target.Regions)
	}
	if len(findings) > 0 || len(of) == 0 {
		return findings, nil
	}
	slices.Sort(of)
	return nil, []string{fmt.Sprintf("proved the key policy in %s: volumes attach, instances launch, and no one else gets in", strings.Join(of, ", "))}
}
