package livekey

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

// agreements is how often in a row a slot must be read as wanted before it is done.
const agreements = 3

// Changed is the error of a plan that is no longer true. New is what would be done
// now.
type Changed struct{ New Plan }

func (c *Changed) Error() string { return c.Findings().Error() }

// Findings says it as findings.
func (c *Changed) Findings() diag.Findings {
	return about(code.Changed, c.New.Slot, "", "is not as it was when the plan was made, so nothing more was done", "look at what would be done now")
}

// Plan reads a slot and gives what to do.
func (a *Account) Plan(ctx context.Context, w Wanted, slot Slot, allowed Allowed) (Plan, error) {
	s, err := a.Read(ctx, slot)
	if err != nil {
		return Plan{}, err
	}
	return NewPlan(s, w, allowed, a.clock.Now()), nil
}

// PlanRoles gives the service-linked roles to make. It fails when the intent names
// principals that IAM does not know, and gives those that IAM does not show.
func (a *Account) PlanRoles(ctx context.Context, w Wanted) (changes []Change, notes []string, err error) {
	roles, absent, unseen, err := a.missing(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	if len(absent) > 0 {
		return nil, nil, missingPrincipals(absent)
	}
	for _, role := range roles {
		changes = append(changes, Change{Call: "iam:CreateServiceLinkedRole", Says: "make the role " + role.Name})
	}
	for _, name := range unseen {
		notes = append(notes, name+" was not checked: iam:GetUser or iam:GetRole was denied")
	}
	return changes, notes, nil
}

// ApplyRoles makes the service-linked roles that are missing, and waits for them.
func (a *Account) ApplyRoles(ctx context.Context, w Wanted) error {
	roles, absent, _, err := a.missing(ctx, w)
	if err == nil && len(absent) > 0 {
		err = missingPrincipals(absent)
	}
	for _, role := range roles {
		if err == nil {
			err = a.createRole(ctx, role)
		}
	}
	return err
}

// Apply does a plan of a slot, and nothing that it does not say: it fails with
// [Changed] when that is not enough any more. It ends when the slot is read as wanted, three times in a row, and gives
// the ARN of the key by region.
func (a *Account) Apply(ctx context.Context, w Wanted, plan Plan, allowed Allowed) (arns map[string]string, err error) {
	now, err := a.Plan(ctx, w, plan.Slot, allowed)
	if err != nil {
		return nil, err
	}
	if !plan.covers(now) {
		return nil, &Changed{now}
	}
	for _, c := range plan.Changes {
		if c.Call == "kms:CancelKeyDeletion" || c.Call == "kms:EnableKey" {
			if err := a.do(ctx, plan.Slot, c); err != nil {
				return nil, err
			}
		}
	}
	if slices.ContainsFunc(plan.Changes, func(c Change) bool { return c.Call == "kms:CreateAlias" || c.Call == "kms:ReplicateKey" }) {
		if _, err := a.take(ctx, w, plan.Slot); err != nil {
			return nil, err
		}
	}
	if err := a.converge(ctx, w, plan, allowed); err != nil {
		return nil, err
	}
	return a.confirm(ctx, w, plan.Slot, allowed)
}

// covers tells whether a plan that was shown says all that another would do now: the
// same, or what is left of it when someone did a part of it meanwhile.
func (p Plan) covers(now Plan) bool {
	return len(now.Refusals) == 0 && (p.Key == "" || p.Key == now.Key) && !slices.ContainsFunc(now.Changes, func(c Change) bool { return !p.shows(c) })
}

// converge does what is left to do to the key, whoever made it: at most what the plan
// shows.
func (a *Account) converge(ctx context.Context, w Wanted, plan Plan, allowed Allowed) error {
	var now Plan
	there, err := a.clock.until(ctx, visible, pause, func() (_ bool, err error) {
		s, err := a.Read(ctx, plan.Slot)
		if err != nil {
			return false, err
		}
		now = NewPlan(s, w, allowed, a.clock.Now())
		return !slices.ContainsFunc(now.Changes, isTaking) && (len(now.Refusals) > 0 || now.Key != "" && len(s.Keys) > 0), nil
	})
	switch {
	case err != nil:
		return err
	case !there:
		return late(plan.Slot.named("") + " is not to be seen")
	case len(now.Refusals) > 0:
		return now.Refusals
	}
	if !plan.covers(now) {
		return &Changed{now}
	}
	for _, c := range now.Changes {
		if err := a.do(ctx, plan.Slot, c); err != nil {
			return err
		}
	}
	return nil
}

// isTaking tells whether a change is one of the protocol that takes the alias.
func isTaking(c Change) bool {
	return c.Call == "kms:CreateKey" || c.Call == "kms:CreateAlias" || c.Call == "kms:ReplicateKey"
}

// shows tells whether a plan says that a change will be made.
func (p Plan) shows(c Change) bool {
	return slices.ContainsFunc(p.Changes, func(shown Change) bool {
		return shown.Call == c.Call && shown.Region == c.Region && shown.Says == c.Says && slices.Equal(shown.Lines, c.Lines) && (shown.Key == "" || shown.Key == c.Key)
	})
}

// do makes one change of a key, and waits until it is read back.
func (a *Account) do(ctx context.Context, slot Slot, c Change) error {
	client := a.regions[c.Region].kms
	id := &c.Key
	var err error
	var isDone func(Key) bool
	switch c.Call {
	case "kms:CancelKeyDeletion":
		_, err = client.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: id})
		isDone = func(k Key) bool { return k.KeyState != types.KeyStatePendingDeletion }
	case "kms:EnableKey":
		_, err = client.EnableKey(ctx, &kms.EnableKeyInput{KeyId: id})
		isDone = func(k Key) bool { return k.KeyState == types.KeyStateEnabled }
	case "kms:PutKeyPolicy":
		if err := a.stillMerges(ctx, slot, c); err != nil {
			return err
		}
		_, err = client.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: id, Policy: &c.policy, PolicyName: aws.String("default")})
		isDone = func(k Key) bool { return same(k.Policy.Value, c.policy) }
	case "kms:EnableKeyRotation":
		_, err = client.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: id, RotationPeriodInDays: aws.Int32(int32(c.days))})
		isDone = func(k Key) bool { return k.Rotation.Value == c.days }
	case "kms:DisableKeyRotation":
		_, err = client.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: id})
		isDone = func(k Key) bool { return k.Rotation.Value == 0 }
	case "kms:UpdateKeyDescription":
		_, err = client.UpdateKeyDescription(ctx, &kms.UpdateKeyDescriptionInput{KeyId: id, Description: &slot.Description})
		isDone = func(k Key) bool { return aws.ToString(k.Description) == slot.Description }
	case "kms:TagResource":
		_, err = client.TagResource(ctx, &kms.TagResourceInput{KeyId: id, Tags: asTags(c.tags)})
		isDone = func(k Key) bool {
			for name, value := range c.tags {
				if k.Tags.Value[name] != value {
					return false
				}
			}
			return true
		}
	case "kms:UntagResource":
		_, err = client.UntagResource(ctx, &kms.UntagResourceInput{KeyId: id, TagKeys: []string{tagAbandoned}})
		isDone = func(k Key) bool { return k.Tags.Value[tagAbandoned] == "" }
	case "kms:ScheduleKeyDeletion":
		if err := a.stillOffered(ctx, slot, c); err != nil {
			return err
		}
		_, err = client.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: aws.Int32(30)})
		isDone = func(k Key) bool { return k.KeyState == types.KeyStatePendingDeletion }
	}
	if err != nil {
		return failed(c.Call, c.Key, err)
	}
	done, err := a.clock.until(ctx, visible, pause, func() (bool, error) {
		key, there, err := a.readKey(ctx, c.Region, c.Key, true)
		return there && isDone(key), err
	})
	if err == nil && !done {
		err = late(c.Call + " on " + c.Key + " is not read back")
	}
	return err
}

// stillMerges holds that the policy is what the plan was made of: by two equal reads
// and one just before it is put. KMS has no condition on that call, so a change in
// the moment between cannot be seen.
func (a *Account) stillMerges(ctx context.Context, slot Slot, c Change) error {
	for read := range 3 {
		key, there, err := a.readKey(ctx, c.Region, c.Key, true)
		if err != nil {
			return err
		}
		text, _, problems := merged(key.Policy.Value, string(slot.Policies[c.Region]), key.isOurs(slot))
		if !there || len(problems) > 0 || !same(text, c.policy) {
			return about(code.Changed, slot, c.Region, "has a key whose policy has changed since the plan", "look at the new plan")
		}
		if read == 0 {
			a.clock.Sleep(ctx, afterWrite)
		}
	}
	return nil
}

// stillOffered reads all again that lets a key be given back.
func (a *Account) stillOffered(ctx context.Context, slot Slot, c Change) error {
	key, there, err := a.readKey(ctx, c.Region, c.Key, false)
	if err != nil {
		return err
	}
	if !there || !offered(slot, key, a.clock.Now()) {
		return about(code.Changed, slot, c.Region, "has a left-over key that may no longer be given back: "+c.Key, "look at the new plan")
	}
	return nil
}

// confirm reads the slot until it is as wanted three times in a row.
func (a *Account) confirm(ctx context.Context, w Wanted, slot Slot, allowed Allowed) (arns map[string]string, err error) {
	agreed := 0
	var now Plan
	done, err := a.clock.until(ctx, visible, afterWrite, func() (bool, error) {
		s, err := a.Read(ctx, slot)
		if err != nil {
			return false, err
		}
		now = NewPlan(s, w, allowed, a.clock.Now())
		if len(now.Refusals) > 0 {
			return false, now.Refusals
		}
		agreed++
		if len(now.Changes) > 0 || now.Key == "" {
			agreed = 0
		}
		arns = map[string]string{}
		for _, key := range s.Keys {
			if key.ID == now.Key {
				arns[key.Region] = key.ARN
			}
		}
		return agreed == agreements, nil
	})
	if err != nil {
		return nil, err
	}
	if !done {
		left := []string{}
		for _, c := range now.Changes {
			left = append(left, c.Says)
		}
		return nil, late(slot.named("") + ": " + strings.Join(left, ", "))
	}
	return arns, nil
}

// asTags gives tags as KMS takes them, in order.
func asTags(tags map[string]string) []types.Tag {
	var all []types.Tag
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		all = append(all, types.Tag{TagKey: aws.String(name), TagValue: aws.String(tags[name])})
	}
	return all
}

func missingPrincipals(arns []string) diag.Findings {
	return found(code.PrincipalMissing, "IAM does not know "+strings.Join(arns, ", "), "make them first, or correct the intent")
}
