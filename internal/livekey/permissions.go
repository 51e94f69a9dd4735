package livekey

import (
	"encoding/json"
	"slices"
	"strings"
)

// A Command is one that asks AWS.
type Command string

// Commands are those that need permissions.
const (
	Planning Command = "plan"
	Applying Command = "apply"
	Checking Command = "check"
)

// Commands lists them.
var Commands = []Command{Planning, Applying, Checking}

// A permission is an action that commands need. GetCallerIdentity needs none.
type permission struct {
	action string
	by     []Command
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
	{action: "iam:ListAccountAliases", by: reading, on: everything},
	{action: "iam:GetRole", by: all, on: rolesIn, wanted: hasRoles},
	{action: "iam:GetUser", by: all, on: usersIn, wanted: hasUsers},
	{action: "kms:DescribeKey", by: all, on: keysAndAliasesIn},
	{action: "tag:GetResources", by: reading, on: everything},
	{action: "kms:ListKeys", by: reading, on: everything},
	{action: "kms:ListResourceTags", by: reading, on: keysIn},
	{action: "kms:GetKeyPolicy", by: all, on: keysIn},
	{action: "kms:GetKeyRotationStatus", by: reading, on: keysIn},
	{action: "kms:ListAliases", by: reading, on: everything},
	{action: "kms:ListGrants", by: reading, on: keysIn},
	{action: "kms:GetKeyLastUsage", by: reading, on: keysIn},

	{action: "iam:CreateServiceLinkedRole", by: writing, on: linkedRoles, wanted: hasServices, only: func(w Wanted) conditionSet {
		return conditionSet{"StringEquals": {"iam:AWSServiceName": services(w)}}
	}},
	{action: "kms:CreateKey", by: writing, on: everything},
	{action: "kms:TagResource", by: writing, on: keysIn},
	{action: "kms:UntagResource", by: writing, on: keysIn},
	{action: "kms:CreateAlias", by: writing, on: keysAndAliasesIn},
	{action: "kms:ReplicateKey", by: writing, on: keysIn, wanted: isMultiRegion},
	{action: "kms:PutKeyPolicy", by: writing, on: keysIn},
	{action: "kms:EnableKeyRotation", by: writing, on: keysIn},
	{action: "kms:DisableKeyRotation", by: writing, on: keysIn},
	{action: "kms:UpdateKeyDescription", by: writing, on: keysIn},
	{action: "kms:CancelKeyDeletion", by: writing, on: keysIn},   // --restore
	{action: "kms:EnableKey", by: writing, on: keysIn},           // --restore
	{action: "kms:ScheduleKeyDeletion", by: writing, on: keysIn}, // --give-back

	{action: "ec2:GetEbsDefaultKmsKeyId", by: checking, on: everything},
	{action: "ec2:GetEbsEncryptionByDefault", by: checking, on: everything},
	{action: "iam:ListUserPolicies", by: checking, on: usersIn, wanted: hasUsers},
	{action: "iam:GetUserPolicy", by: checking, on: usersIn, wanted: hasUsers},
	{action: "iam:ListAttachedUserPolicies", by: checking, on: usersIn, wanted: hasUsers},
	{action: "iam:ListGroupsForUser", by: checking, on: usersIn, wanted: hasUsers},
	{action: "iam:ListGroupPolicies", by: checking, on: groupsIn, wanted: hasUsers},
	{action: "iam:GetGroupPolicy", by: checking, on: groupsIn, wanted: hasUsers},
	{action: "iam:ListAttachedGroupPolicies", by: checking, on: groupsIn, wanted: hasUsers},
	{action: "iam:ListRolePolicies", by: checking, on: ownRolesIn, wanted: hasOwnRoles},
	{action: "iam:GetRolePolicy", by: checking, on: ownRolesIn, wanted: hasOwnRoles},
	{action: "iam:ListAttachedRolePolicies", by: checking, on: ownRolesIn, wanted: hasOwnRoles},
	{action: "iam:GetPolicy", by: checking, on: policiesIn},
	{action: "iam:GetPolicyVersion", by: checking, on: policiesIn},
}

var (
	all      = Commands
	reading  = []Command{Planning, Applying}
	writing  = []Command{Applying}
	checking = []Command{Checking}
)

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
func keysAndAliasesIn(w Wanted) []string {
	return append(keysIn(w), slices.DeleteFunc(arnsIn(w, Slot.arn), func(arn string) bool { return !strings.Contains(arn, ":alias/") })...)
}

func isMultiRegion(w Wanted) bool {
	return slices.ContainsFunc(w.Slots, func(s Slot) bool { return s.MultiRegion })
}

func hasRoles(w Wanted) bool { return len(rolesIn(w)) > 0 }

// rolesIn gives the roles that are looked up, usersIn the users.
func rolesIn(w Wanted) []string { return append(linkedRoles(w), principalsIn(w, ":role/")...) }

func usersIn(w Wanted) []string { return principalsIn(w, ":user/") }

func hasUsers(w Wanted) bool { return len(usersIn(w)) > 0 }

// ownRolesIn gives the roles that are no service's.
func ownRolesIn(w Wanted) []string {
	return slices.DeleteFunc(principalsIn(w, ":role/"), func(arn string) bool { return strings.Contains(arn, ":role/aws-service-role/") })
}

func hasOwnRoles(w Wanted) bool { return len(ownRolesIn(w)) > 0 }

// groupsIn and policiesIn give all of the account: which are a principal's is seen only
// then. Policies may also be of AWS.
func groupsIn(w Wanted) []string { return []string{w.iam("group/*")} }

func policiesIn(w Wanted) []string {
	return []string{w.iam("policy/*"), strings.Replace(w.iam("policy/*"), "::"+w.Account+":", "::aws:", 1)}
}

func (w Wanted) iam(name string) string {
	return "arn:" + w.Slots[0].Partition + ":iam::" + w.Account + ":" + name
}

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

// Permissions gives the IAM policy that a command's caller needs for what is wanted. It
// asks nobody.
func Permissions(w Wanted, by Command) ([]byte, error) {
	type statement struct {
		Effect    string
		Action    []string
		Resource  []string
		Condition conditionSet `json:",omitempty"`
	}
	var all []*statement
	for _, p := range permissions {
		if !slices.Contains(p.by, by) || p.wanted != nil && !p.wanted(w) {
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
