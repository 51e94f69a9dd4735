package main

import (
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// regionsOf gives the regions for which a policy that was found must do: those of
// the intent, and where it names a key for each region, the one of which the policy
// speaks. When it speaks of none or of several of these, only the user knows.
func regionsOf(set generator.PolicySet, doc *policy.Document) ([]string, error) {
	isOwn := false
	for _, p := range set.Policies {
		isOwn = isOwn || !slices.Equal(p.Keys, set.Policies[0].Keys)
	}
	if !isOwn {
		return set.Target.Regions, nil
	}
	spoken := slices.DeleteFunc(regionsIn(doc), func(r string) bool { return !slices.Contains(set.Target.Regions, r) })
	if len(spoken) != 1 {
		return nil, usage("the intent has a key for each of %s, and the policy does not tell whose it is: say so with --region", strings.Join(set.Target.Regions, ", "))
	}
	return spoken, nil
}
