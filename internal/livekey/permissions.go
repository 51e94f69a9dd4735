package livekey

import (
	"encoding/json"
	"slices"
	"strings"
)

// A permission is an action that a command needs. GetCallerIdentity needs none.
type permission struct {
	action string
	writes bool                      // apply alone needs it
	on     func(Wanted) []string     // the resources
	wanted func(Wanted) bool         // whether the intent needs it; nil: always
	only   func(Wanted) conditionSet // nil: none
}

// A conditionSet is the Condition of a statement.
type conditionSet map[string]map[string][]string

// permissions are what the commands call, in the order of their first call. A key
// policy that leaves decisions to IAM, as every policy of ours does, lets these count;
// a key of others must do so too, or name the caller.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
var permissions = []permission{
	{action: "iam:ListAccountAliases", on: everything},
	{action: "iam:GetRole", on: rolesIn, wanted: hasRoles},
	{action: "iam:GetUser", on: usersIn, wanted: func(w Wanted) bool { return len(usersIn(w)) > 0 }},
	{action: "kms:DescribeKey", on: keysAndAliasesIn},
	{action: "tag:GetResources", on: everything},
	{action: "kms:ListKeys", on: everything},
	{action: "kms:ListResourceTags", on: keysIn},
	{action: "kms:GetKeyPolicy", on: keysIn},
	{action: "kms:GetKeyRotationStatus", on: keysIn},
	{action: "kms:ListAliases", on: everything},
	{action: "kms:ListGrants", on: keysIn},
	{action: "kms:GetKeyLastUsage", on: keysIn},

	{action: "iam:CreateServiceLinkedRole", writes: true, on: linkedRoles, wanted: hasServices, only: func(w Wanted) conditionSet {
		return conditionSet{"StringEquals": {"iam:AWSServiceName": services(w)}}
	}},
	{action: "kms:CreateKey", writes: true, on: everything},
	{action: "kms:TagResource", writes: true, on: keysIn},
	{action: "kms:UntagResource", writes: true, on: keysIn},
	{action: "kms:CreateAlias", writes: true, on: keysAndAliasesIn},
	{action: "kms:ReplicateKey", writes: true, on: keysIn, wanted: isMultiRegion},
	{action: "kms:PutKeyPolicy", writes: true, on: keysIn},
	{action: "kms:EnableKeyRotation", writes: true, on: keysIn},
	{action: "kms:DisableKeyRotation", writes: true, on: keysIn},
	{action: "kms:UpdateKeyDescription", writes: true, on: keysIn},
	{action: "kms:CancelKeyDeletion", writes: true, on: keysIn},   // --restore
	{action: "kms:EnableKey", writes: true, on: keysIn},           // --restore
	{action: "kms:ScheduleKeyDeletion", writes: true, on: keysIn}, // --give-back
}

func everything(Wanted) []string { return []string{"*"} }

// arnsIn gives an ARN for each region of the slots.
func arnsIn(w Wanted, of func(s Slot, region string) string) []string {
	var all []string
	for _, s := range w.Slots {
		for _, region := range s.Regions {
			if arn := of(s, region); !slices.Contains(all, arn) {
				all = append(all, arn)
			}
		}
	}
	return all
}

func keysIn(w Wanted) []string {
	return arnsIn(w, func(s Slot, region string) string {
		return "arn:" + s.Partition + ":kms:" + region + ":" + s.Account + ":key/*"
	})
}

// An alias that does not exist is asked about by its own ARN.
func keysAndAliasesIn(w Wanted) []string { return append(keysIn(w), arnsIn(w, Slot.arn)...) }

func isMultiRegion(w Wanted) bool {
	return slices.ContainsFunc(w.Slots, func(s Slot) bool { return s.MultiRegion })
}

func hasRoles(w Wanted) bool { return len(rolesIn(w)) > 0 }

// rolesIn gives the roles that are looked up, usersIn the users.
func rolesIn(w Wanted) []string { return append(linkedRoles(w), principalsIn(w, ":role/")...) }

func usersIn(w Wanted) []string { return principalsIn(w, ":user/") }

func principalsIn(w Wanted, kind string) []string {
	var all []string
	for _, arn := range w.Principals {
		if strings.Contains(arn, ":"+w.Account+kind) {
			all = append(all, arn)
		}
	}
	return all
}

// multiRegionService is whose role shares the key material of multi-region keys. KMS
// makes it with the first such key of an account, if the caller may.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-auth-slr.html
const multiRegionService = "mrk.kms.amazonaws.com"

func services(w Wanted) []string {
	var all []string
	for _, r := range w.Roles {
		if !slices.Contains(all, r.Service) {
			all = append(all, r.Service)
		}
	}
	if isMultiRegion(w) {
		all = append(all, multiRegionService)
	}
	return all
}

func hasServices(w Wanted) bool { return len(services(w)) > 0 }

func linkedRoles(w Wanted) []string {
	var all []string
	for _, service := range services(w) {
		all = append(all, "arn:"+w.Slots[0].Partition+":iam::"+w.Account+":role/aws-service-role/"+service+"/*")
	}
	return all
}

// Permissions gives the IAM policy that a caller needs for what is wanted: to plan
// and, if writes is set, to apply. It asks nobody.
func Permissions(w Wanted, writes bool) ([]byte, error) {
	type statement struct {
		Effect    string
		Action    []string
		Resource  []string
		Condition conditionSet `json:",omitempty"`
	}
	var all []*statement
	for _, p := range permissions {
		if p.writes && !writes || p.wanted != nil && !p.wanted(w) {
			continue
		}
		s := &statement{Effect: "Allow", Action: []string{p.action}, Resource: p.on(w)}
		if p.only != nil {
			s.Condition = p.only(w)
		}
		same := slices.IndexFunc(all, func(o *statement) bool {
			return slices.Equal(o.Resource, s.Resource) && o.Condition == nil && s.Condition == nil
		})
		if same >= 0 {
			all[same].Action = append(all[same].Action, p.action)
		} else {
			all = append(all, s)
		}
	}
	return json.MarshalIndent(map[string]any{"Version": "2012-10-17", "Statement": all}, "", "  ")
}
