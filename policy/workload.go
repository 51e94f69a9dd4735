package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Workload uses the key of volumes by a role of its own. What it needs are
// capabilities, so that its IAM policy and the proof of it are one table.
type Workload struct {
	Name    string
	needs   []string // IDs of capabilities
	Sources []string
}

// Workloads are those that an IAM policy is written for. What AWS calls for them
// stands in their capabilities.
var Workloads = []Workload{
	{"csi", []string{"csi-creates-volumes", "csi-attaches-volumes"}, []string{"https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/install.md", ebsPermissions}},
	{"snapshots", []string{"csi-restores-snapshots", "csi-clones-volumes"}, []string{"https://github.com/openshift/cluster-storage-operator/pull/345", ebsPermissions}},
	{"masters", []string{"etcd-volumes-attach"}, []string{howEBSWorks, "https://github.com/kubernetes/kops/issues/398"}},
	// It snapshots volumes and makes volumes of snapshots, in EC2. [I]
	{"velero", []string{"csi-restores-snapshots"}, []string{"https://github.com/vmware-tanzu/velero-plugin-for-aws#set-permissions-for-velero", ebsPermissions}},
}

// FindWorkload gives the one of a name, and the error that lists those there are.
func FindWorkload(name string) (Workload, error) {
	var names []string
	for _, w := range Workloads {
		if names = append(names, w.Name); w.Name == name {
			return w, nil
		}
	}
	return Workload{}, fmt.Errorf("%q is no workload: expected %s", name, listed(names, " or "))
}

// actions gives what the workload has EC2 call.
func (w Workload) actions() (all []string) {
	for _, c := range capabilities {
		if !slices.Contains(w.needs, c.ID) {
			continue
		}
		for _, a := range c.actions {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Identity writes the least IAM policy by which a role does what the workload does
// with the keys of a target, through EC2, where their key policy leaves it to IAM.
// keys are key ids, aliases or ARNs. An alias is no resource, so that of aliases
// the condition is that the key has one.
//
// Sources: https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
func (w Workload) Identity(t Target, keys []string) ([]byte, error) {
	var resources, names, services []string
	for _, r := range t.Regions {
		services = append(services, "ec2."+r+".amazonaws.com")
		head := "arn:" + cmp.Or(t.Partition, "aws") + ":kms:" + r + ":" + t.Account + ":"
		for _, k := range keys {
			switch {
			case strings.Contains(k, ":key/"):
				resources = append(resources, k)
			case strings.Contains(k, "alias/"):
				names = append(names, k[strings.Index(k, "alias/"):])
				resources = append(resources, head+"key/*")
			default:
				resources = append(resources, head+"key/"+k)
			}
		}
	}
	slices.Sort(resources)
	slices.Sort(names)
	resources, names = slices.Compact(resources), slices.Compact(names)
	through := map[string]any{"StringEquals": map[string]any{"kms:ViaService": services}}
	if len(names) > 0 {
		through["ForAnyValue:StringEquals"] = map[string]any{"kms:ResourceAliases": names}
	}
	grants := maps.Clone(through)
	grants["Bool"] = map[string]any{"kms:GrantIsForAWSResource": "true"}
	actions := slices.DeleteFunc(w.actions(), func(a string) bool { return a == "kms:CreateGrant" })
	statement := func(sid string, actions []string, condition map[string]any) map[string]any {
		return map[string]any{"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources, "Condition": condition}
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{
		statement("UseKeyThroughEC2", actions, through),
		statement("LetEC2HoldGrants", []string{"kms:CreateGrant"}, grants),
	}})
	if err != nil {
		return nil, err
	}
	return Format(text)
}

// Check decides whether a role with an IAM policy may do what the workload does, by
// a key policy. Of a key that has aliases the context says so.
func (w Workload) Check(d, identity *Document, role string, t Target, aliases []string) ([]Verdict, error) {
	if err := t.problem(); err != nil {
		return nil, err
	}
	t.InstanceRoles, t.IAM = []string{role}, map[string][]*Document{role: {identity}}
	if t.Context = maps.Clone(t.Context); t.Context == nil {
		t.Context = map[string][]string{}
	}
	if len(aliases) > 0 {
		t.Context["kms:ResourceAliases"] = aliases
	}
	p := newProof(d, []Target{t})
	var all []Verdict
	for i := range capabilities {
		if c := &capabilities[i]; slices.Contains(w.needs, c.ID) {
			all = append(all, p.capability(c, instances(&t)))
		}
	}
	return all, nil
}

// Findings says what of verdicts is not well.
func Findings(verdicts []Verdict) (all diag.Findings) {
	for _, v := range verdicts {
		if !v.IsWell() {
			all = append(all, v.Finding())
		}
	}
	return all
}
