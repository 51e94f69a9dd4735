package livekey

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/generator"
)

// Of gives what an intent wants of its account: a slot for each alias that it uses in
// a region and, with multi-region keys, one for all. Other keys are not made.
func Of(set generator.PolicySet) Wanted {
	w := Wanted{Account: set.Target.Account}
	for _, p := range set.Policies {
		for _, name := range p.Keys {
			if !strings.HasPrefix(name, "alias/") {
				continue
			}
			at := slices.IndexFunc(w.Slots, func(s Slot) bool { return s.Alias == name })
			if at < 0 || !set.Create.MultiRegion {
				w.Slots = append(w.Slots, newSlot(set.Name, name, p, set.Create))
				at = len(w.Slots) - 1
			}
			slot := &w.Slots[at]
			slot.Regions = append(slot.Regions, p.Region)
			slot.Policies[p.Region] = p.Document
		}
	}
	for _, slot := range w.Slots {
		for _, document := range slot.Policies {
			w.name(named(document))
		}
	}
	if len(w.Slots) > 0 {
		w.name(set.Target.AutoScalingRoles)
	}
	return w
}

// ToCheck gives what uses of keys want of an intent's account: a slot for each key and
// region, whatever kind of name the key has, and all principals.
func ToCheck(set generator.PolicySet, uses []Use) Wanted {
	w := Wanted{Account: set.Target.Account}
	for _, u := range uses {
		s := Slot{Account: w.Account, Partition: set.Target.Partition, Alias: u.Key, Regions: []string{u.Region}}
		if arn := strings.SplitN(u.Key, ":", 6); len(arn) == 6 {
			s.Partition, s.Account, s.Alias = arn[1], arn[4], arn[5]
		}
		if u.Region != "" && !slices.ContainsFunc(w.Slots, func(o Slot) bool {
			return o.Account == s.Account && o.Alias == s.Alias && o.Regions[0] == u.Region
		}) {
			w.Slots = append(w.Slots, s)
		}
	}
	for _, p := range set.Policies {
		w.name(named(p.Document))
	}
	w.name(slices.Concat([]string{set.Target.Kublr}, set.Target.AutoScalingRoles, set.Target.InstanceRoles, set.Target.Administrators))
	return w
}

// name adds principals by their ARNs, in order.
func (w *Wanted) name(arns []string) {
	for _, arn := range arns {
		if role, ok := serviceLinked(w.Account, arn); !ok && arn != "" && !slices.Contains(w.Principals, arn) {
			w.Principals = append(w.Principals, arn)
		} else if ok && !slices.Contains(w.Roles, role) {
			w.Roles = append(w.Roles, role)
		}
	}
	slices.Sort(w.Principals)
	slices.SortFunc(w.Roles, func(a, b ServiceLinkedRole) int { return strings.Compare(a.Name, b.Name) })
}

func newSlot(intent, alias string, p generator.KeyPolicy, create generator.Create) Slot {
	s := Slot{
		Intent: intent, Account: p.Account, Partition: p.Partition, Alias: alias, MultiRegion: create.MultiRegion, Policies: map[string]json.RawMessage{},
		RotationDays: create.RotationDays, Description: create.Description, Tags: create.Tags,
	}
	for _, field := range create.Named {
		switch field {
		case "rotationDays":
			s.Named.Rotation = true
		case "description":
			s.Named.Description = true
		case "tags":
			s.Named.Tags = true
		}
	}
	return s
}

// named gives the ARNs that stand as principals in a policy of ours. KMS refuses it
// while one of them does not exist.
func named(document []byte) []string {
	var policy struct {
		Statement []struct {
			Principal struct{ AWS json.RawMessage }
		}
	}
	if json.Unmarshal(document, &policy) != nil {
		return nil
	}
	var all []string
	for _, s := range policy.Statement {
		var one string
		var more []string
		if json.Unmarshal(s.Principal.AWS, &one) == nil {
			more = []string{one}
		} else if json.Unmarshal(s.Principal.AWS, &more) != nil {
			continue
		}
		for _, arn := range more {
			if arn != "*" {
				all = append(all, arn)
			}
		}
	}
	return all
}

// serviceLinked tells whether an ARN is that of a service-linked role of an account.
// The role's path names its service.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
func serviceLinked(account, arn string) (role ServiceLinkedRole, ok bool) {
	_, path, ok := strings.Cut(arn, ":iam::"+account+":role/aws-service-role/")
	if !ok {
		return role, false
	}
	role.Service, role.Name, ok = strings.Cut(path, "/")
	_, role.Suffix, _ = strings.Cut(role.Name, "_")
	return role, ok
}
