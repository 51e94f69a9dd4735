package generator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// conflicts gives what in a cluster spec stands against the intent, whatever its
// volumes say: accounts, regions, references that lead nowhere, and settings that
// cannot work.
func (e *expansion) conflicts(c cluster) diag.Findings {
	var findings diag.Findings
	for _, l := range c.locations {
		if l.aws {
			findings = append(findings, e.locationConflicts(l)...)
		}
	}
	for _, steps := range groupLocations {
		walk(c.root, steps, func(at place) {
			findings = append(findings, c.reference(at)...)
			findings = append(findings, etcdUnderNodes(at)...)
		}, func(place, string) {})
	}
	return findings
}

// groupLocations are the places where an instance group says how it stands in a
// location.
//
// Source: https://support.kublr.com/support/solutions/articles/33000257339
var groupLocations = [][]step{
	{{Key: "spec"}, {Key: "master"}, {Key: "locations"}, {Each: "locationRef", As: "location"}},
	{{Key: "spec"}, {Key: "nodes"}, {Each: "name", As: "group"}, {Key: "locations"}, {Each: "locationRef", As: "location"}},
}

func (e *expansion) locationConflicts(l location) diag.Findings {
	var findings diag.Findings
	if account := text(l.account); account != "" && account != e.Account {
		findings = append(findings, diag.Finding{
			Severity: diag.Error, Code: "account-mismatch", Position: l.account.Position(), Field: l.field.Key(e.Shape.Locations.Account...),
			Message: fmt.Sprintf("is account %s, but the intent is for account %s", account, e.Account),
			Hint:    "leave this cluster out with spec.clusters, or correct one of the two",
		})
	}
	if len(e.Regions) > 0 && l.region != "" && !slices.Contains(e.Regions, l.region) {
		findings = append(findings, diag.Finding{
			Severity: diag.Error, Code: "region-mismatch", Position: l.node.Lookup(e.Shape.Locations.Region...).Position(), Field: l.field.Key(e.Shape.Locations.Region...),
			Message: fmt.Sprintf("is %s, but the intent is for %s", l.region, strings.Join(e.Regions, ", ")),
			Hint:    "add the region to the intent's spec.regions, or leave this cluster out with spec.clusters",
		})
	}
	return findings
}

// reference checks that a group's location leads to one of the cluster's.
func (c *cluster) reference(at place) diag.Findings {
	name, named := at.dims["location"]
	known := func(l location) bool { return l.name == name }
	switch {
	case at.node.Get("aws").Kind() != yamledit.Mapping:
		return nil
	case named && !slices.ContainsFunc(c.locations, known):
		return diag.Findings{{
			Severity: diag.Warning, Code: "location-unknown", Position: at.node.Get("locationRef").Position(), Field: at.field.Key("locationRef"),
			Message: fmt.Sprintf("no entry of spec.locations has the name %q", name),
			Hint:    "correct the reference",
		}}
	case !named && len(c.locations) > 1:
		return diag.Findings{{
			Severity: diag.Warning, Code: "location-unknown", Position: at.node.Position(), Field: at.field,
			Message: "has no locationRef, and spec.locations has several entries",
			Hint:    "say which one is meant",
		}}
	}
	return nil
}

// etcdUnderNodes reports an etcd volume in a worker group.
//
// Source: https://support.kublr.com/support/solutions/articles/33000257339, "can
// only be used in the master instance group".
func etcdUnderNodes(at place) diag.Findings {
	volume := at.node.Lookup("aws", "masterVolume")
	if _, worker := strings.CutPrefix(at.field.String(), "spec.nodes"); !worker || volume.Kind() == yamledit.None {
		return nil
	}
	return diag.Findings{{
		Severity: diag.Warning, Code: "etcd-under-nodes", Position: volume.Key().Position(), Field: at.field.Key("aws", "masterVolume"),
		Message: "is an etcd volume in a worker group: only masters have one, so it is not filled in",
		Hint:    "remove it, or move it to spec.master",
	}}
}

// launchConfiguration reports a key for the root volume of a group built on a
// launch configuration, which cannot carry one: CloudFormation's block device of
// a launch configuration has Encrypted and no KmsKeyId. That asg-lc stands for
// such a group is not documented by Kublr, hence a warning.
//
// Source: AWS::AutoScaling::LaunchConfiguration BlockDevice
func launchConfiguration(c claim) diag.Findings {
	group := c.place.node.Get("groupType")
	sets := slices.ContainsFunc(c.set, func(e yamledit.Entry) bool { return e.Key == "kmsKeyId" })
	if text(group) != "asg-lc" || !sets || !slices.Equal(c.kind.At, []string{"rootVolume"}) {
		return nil
	}
	return diag.Findings{{
		Severity: diag.Warning, Code: "launch-configuration-key", Position: group.Position(), Field: c.place.field.Key("groupType"),
		Message: "builds on launch configurations, which cannot name a KMS key for their volumes",
		Hint:    "use a group type with launch templates, such as asg-mip, or give this group no key by an override",
	}}
}
