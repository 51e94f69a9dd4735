package livekey

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

// A Known is a value that AWS may keep from us: Why says so, and is empty when the
// value is known. What is not known is never taken for good.
type Known[T any] struct {
	Value T
	Why   string
}

// known gives a value that a call read, or why it is not known; err is whatever else
// went wrong.
func known[T any](action, on string, value T, err error) (Known[T], error) {
	if isDenied(err) {
		return Known[T]{Why: action + " was denied"}, nil
	}
	return Known[T]{Value: value}, failed(action, on, err)
}

// A State is what was read of a slot.
type State struct {
	Slot Slot
	// Aliases give the id of the key that the alias names, by region.
	Aliases map[string]string
	// Keys are those that the alias names or that bear our tag for it, one for each
	// region they are in, the oldest first.
	Keys []Key
	// Unsearched says why keys could not be looked for by tag; Hidden counts those
	// whose tags were kept from us.
	Unsearched string
	Hidden     int
}

// A Key is one of KMS in one region.
type Key struct {
	Region  string
	ID, ARN string
	types.KeyMetadata
	Tags     Known[map[string]string]
	Policy   Known[string]
	Rotation Known[int] // days; 0: off

	// Of keys that the alias does not name.
	Aliases Known[[]string]
	Grants  Known[int]
	Unused  Known[bool] // never used since it was made
}

// isOurs tells whether the key was made for a slot.
func (k Key) isOurs(s Slot) bool { return k.Tags.Why == "" && k.Tags.Value[tagKey] == s.Alias }

// primary gives the region in which the key can be replicated.
func (k Key) primary() string {
	if k.MultiRegionConfiguration == nil || k.MultiRegionConfiguration.PrimaryKey == nil {
		return k.Region
	}
	return aws.ToString(k.MultiRegionConfiguration.PrimaryKey.Region)
}

// replicas gives the regions of the key's replicas.
func (k Key) replicas() []string {
	var regions []string
	if k.MultiRegionConfiguration != nil {
		for _, r := range k.MultiRegionConfiguration.ReplicaKeys {
			regions = append(regions, aws.ToString(r.Region))
		}
	}
	return regions
}

// in gives a key of the state by id and region.
func (s State) in(region, id string) (Key, bool) {
	at := slices.IndexFunc(s.Keys, func(k Key) bool { return k.Region == region && k.ID == id })
	if at < 0 || id == "" {
		return Key{}, false
	}
	return s.Keys[at], true
}

// Read reads what there is of a slot, in its regions side by side.
func (a *Account) Read(ctx context.Context, slot Slot) (State, error) {
	states := make([]State, len(slot.Regions))
	errs := make([]error, len(slot.Regions))
	var wait sync.WaitGroup
	for i, region := range slot.Regions {
		wait.Go(func() { states[i], errs[i] = a.readRegion(ctx, slot, region) })
	}
	wait.Wait()
	all := State{Slot: slot, Aliases: map[string]string{}}
	for i, s := range states {
		if errs[i] != nil {
			return State{}, errs[i]
		}
		for region, id := range s.Aliases {
			all.Aliases[region] = id
		}
		all.Keys = append(all.Keys, s.Keys...)
		all.Unsearched = cmp.Or(all.Unsearched, s.Unsearched)
		all.Hidden += s.Hidden
	}
	slices.SortStableFunc(all.Keys, func(x, y Key) int {
		return cmp.Or(aws.ToTime(x.CreationDate).Compare(aws.ToTime(y.CreationDate)), strings.Compare(x.ID, y.ID))
	})
	return all, nil
}

func (a *Account) readRegion(ctx context.Context, slot Slot, region string) (State, error) {
	s := State{Slot: slot, Aliases: map[string]string{}}
	target, err := a.resolve(ctx, region, slot.Alias)
	if err != nil {
		return s, err
	}
	ids := []string{}
	if target != "" {
		s.Aliases[region] = target
		ids = append(ids, target)
	}
	tagged, err := a.search(ctx, &s, region)
	if err != nil {
		return s, err
	}
	for _, id := range tagged {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		var key Key
		// The key may be seen later than the alias that names it.
		there, err := a.clock.until(ctx, visible, pause, func() (there bool, err error) {
			key, there, err = a.readKey(ctx, region, id, id == target)
			return there || id != target, err
		})
		switch {
		case err != nil:
			return s, err
		case !there:
			return s, late("key " + id + ", which " + slot.named(region) + " names, is not to be seen")
		case key.ID != "" && (id == target || key.isOurs(slot) || key.Tags.Why != ""):
			s.Keys = append(s.Keys, key)
		}
	}
	return s, nil
}

// resolve gives the id of the key that an alias names, or nothing.
func (a *Account) resolve(ctx context.Context, region, alias string) (id string, err error) {
	out, err := a.regions[region].kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
	if isAbsent(err) {
		return "", nil
	}
	if err != nil {
		return "", failed("kms:DescribeKey", alias+" in "+region, err)
	}
	return aws.ToString(out.KeyMetadata.KeyId), nil
}

// search gives the ids of the keys that bear our tag for a slot: by the index of
// tags and, while no alias says which key it is, by asking each key, since the index
// is late. Only where both are denied nothing is known.
func (a *Account) search(ctx context.Context, s *State, region string) ([]string, error) {
	var ids []string
	byTag := resourcegroupstaggingapi.NewGetResourcesPaginator(a.regions[region].tags, &resourcegroupstaggingapi.GetResourcesInput{
		ResourceTypeFilters: []string{"kms:key"},
		TagFilters:          []tagging.TagFilter{{Key: aws.String(tagKey), Values: []string{s.Slot.Alias}}},
	})
	denied := ""
	for byTag.HasMorePages() {
		page, err := byTag.NextPage(ctx)
		if isDenied(err) {
			denied = "tag:GetResources was denied"
			break
		}
		if err != nil {
			return nil, failed("tag:GetResources", region, err)
		}
		for _, found := range page.ResourceTagMappingList {
			arn := aws.ToString(found.ResourceARN)
			ids = append(ids, arn[strings.LastIndex(arn, "/")+1:])
		}
	}
	if denied == "" && s.Aliases[region] != "" {
		return ids, nil
	}
	byKey := kms.NewListKeysPaginator(a.regions[region].kms, &kms.ListKeysInput{Limit: aws.Int32(1000)})
	for byKey.HasMorePages() {
		page, err := byKey.NextPage(ctx)
		if isDenied(err) {
			if denied != "" {
				s.Unsearched = denied + " and kms:ListKeys too, in " + region
			}
			return ids, nil
		}
		if err != nil {
			return nil, failed("kms:ListKeys", region, err)
		}
		for _, entry := range page.Keys {
			id := aws.ToString(entry.KeyId)
			if slices.Contains(ids, id) {
				continue
			}
			tags, err := a.tags(ctx, region, id)
			if isAbsent(err) {
				continue
			}
			if err != nil && !isDenied(err) {
				return nil, failed("kms:ListResourceTags", id, err)
			}
			if isDenied(err) {
				s.Hidden++
			}
			if tags[tagKey] == s.Slot.Alias {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

func (a *Account) tags(ctx context.Context, region, id string) (map[string]string, error) {
	tags := map[string]string{}
	pages := kms.NewListResourceTagsPaginator(a.regions[region].kms, &kms.ListResourceTagsInput{KeyId: &id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, tag := range page.Tags {
			tags[aws.ToString(tag.TagKey)] = aws.ToString(tag.TagValue)
		}
	}
	return tags, nil
}

// readKey reads one key; there is false when KMS does not show it. Who names, uses
// and holds it is asked of a key that is not the alias's.
func (a *Account) readKey(ctx context.Context, region, id string, named bool) (key Key, there bool, err error) {
	client := a.regions[region].kms
	out, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &id})
	if isAbsent(err) {
		return key, false, nil
	}
	if err != nil {
		return key, false, failed("kms:DescribeKey", id, err)
	}
	key = Key{Region: region, ID: id, ARN: aws.ToString(out.KeyMetadata.Arn), KeyMetadata: *out.KeyMetadata}
	tags, err := a.tags(ctx, region, id)
	if key.Tags, err = known("kms:ListResourceTags", id, tags, err); err != nil {
		return key, false, err
	}
	text, err := client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default")})
	if err != nil {
		text = &kms.GetKeyPolicyOutput{}
	}
	if key.Policy, err = known("kms:GetKeyPolicy", id, aws.ToString(text.Policy), err); err != nil {
		return key, false, err
	}
	if key.Rotation, err = a.rotation(ctx, key); err != nil {
		return key, false, err
	}
	if !named {
		err = a.readUse(ctx, &key)
	}
	return key, err == nil, err
}

// rotation gives how often a key rotates. Others than those of KMS's own material
// never do, and asking fails.
func (a *Account) rotation(ctx context.Context, key Key) (Known[int], error) {
	if key.KeySpec != types.KeySpecSymmetricDefault || key.Origin != types.OriginTypeAwsKms || key.primary() != key.Region || key.KeyManager == types.KeyManagerTypeAws {
		return Known[int]{}, nil
	}
	days := 0
	out, err := a.regions[key.Region].kms.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &key.ID})
	if err == nil && out.KeyRotationEnabled {
		days = int(aws.ToInt32(out.RotationPeriodInDays))
	}
	return known("kms:GetKeyRotationStatus", key.ID, days, err)
}

// readUse reads who names a key, what grants are on it, and whether it was used.
func (a *Account) readUse(ctx context.Context, key *Key) error {
	client := a.regions[key.Region].kms
	var names []string
	var err error
	for pages := kms.NewListAliasesPaginator(client, &kms.ListAliasesInput{KeyId: &key.ID}); err == nil && pages.HasMorePages(); {
		var page *kms.ListAliasesOutput
		if page, err = pages.NextPage(ctx); err == nil {
			for _, alias := range page.Aliases {
				names = append(names, aws.ToString(alias.AliasName))
			}
		}
	}
	if key.Aliases, err = known("kms:ListAliases", key.ID, names, err); err != nil {
		return err
	}
	grants := 0
	for pages := kms.NewListGrantsPaginator(client, &kms.ListGrantsInput{KeyId: &key.ID}); err == nil && pages.HasMorePages(); {
		var page *kms.ListGrantsOutput
		if page, err = pages.NextPage(ctx); err == nil {
			grants += len(page.Grants)
		}
	}
	if key.Grants, err = known("kms:ListGrants", key.ID, grants, err); err != nil {
		return err
	}
	use, err := client.GetKeyLastUsage(ctx, &kms.GetKeyLastUsageInput{KeyId: &key.ID})
	key.Unused, err = unused(*key, use, err)
	return err
}

// unused tells whether a key was never used: only if KMS has watched it since it was
// made.
//
// Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html
func unused(key Key, use *kms.GetKeyLastUsageOutput, err error) (Known[bool], error) {
	if err != nil {
		return known("kms:GetKeyLastUsage", key.ID, false, err)
	}
	if use.KeyLastUsage != nil && use.KeyLastUsage.Timestamp != nil {
		return Known[bool]{}, nil
	}
	if use.TrackingStartDate == nil || aws.ToTime(key.CreationDate).Before(use.TrackingStartDate.Truncate(time.Second)) {
		return Known[bool]{Why: "it was made before KMS kept account of use"}, nil
	}
	return Known[bool]{Value: true}, nil
}

// candidates gives the keys that may become the slot's, the oldest first, and why
// others that bear its tag may not, by id. unsure says of which it is not known: while
// there is one, no key must be made.
func candidates(s State) (usable []Key, why map[string]string, unsure string) {
	why = map[string]string{}
	for _, key := range s.Keys {
		for _, kept := range []string{key.Tags.Why, key.Aliases.Why, key.Policy.Why} {
			if kept != "" && key.KeyState == types.KeyStateEnabled {
				unsure = cmp.Or(unsure, "key "+key.ID+" may be the one: "+kept)
			}
		}
		if key.primary() != key.Region || !key.isOurs(s.Slot) {
			continue
		}
		switch reason := unfit(s.Slot, key); {
		case reason != "":
			why[key.ID] = reason
		default:
			usable = append(usable, key)
		}
	}
	return usable, why, unsure
}

// mayHide refuses to make a key while one that was made may be hidden from us.
func (s State) mayHide(unsure string) diag.Findings {
	why := cmp.Or(s.Unsearched, unsure)
	if why == "" {
		return nil
	}
	return about(code.SearchDenied, s.Slot, "", "names no key, and whether one was made could not be found out: "+why, "`kublr-encryption key permissions` prints what is needed")
}

// unfit says why a key that bears the slot's tag is not taken for it; empty if it is.
func unfit(slot Slot, key Key) string {
	switch kind := unfitKind(slot, key); {
	case kind != "":
		return kind
	case key.KeyState != types.KeyStateEnabled:
		return fmt.Sprintf("is %s", key.KeyState)
	case key.Tags.Value[tagIntent] != slot.Intent:
		return "was made for the intent " + key.Tags.Value[tagIntent]
	case key.Tags.Value[tagAbandoned] != "":
		return "was abandoned: " + key.Tags.Value[tagAbandoned]
	case key.Aliases.Why != "":
		return "may have another alias: " + key.Aliases.Why
	case slices.ContainsFunc(key.Aliases.Value, func(name string) bool { return name != slot.Alias }):
		return "is named by " + strings.Join(key.Aliases.Value, ", ")
	case key.Policy.Why != "":
		return "its policy is not known: " + key.Policy.Why
	case len(foreign(key.Policy.Value, slot.Policies[key.Region])) > 0:
		return "its policy has statements that are not the intent's"
	}
	return ""
}

// unfitKind says why a key can never serve a slot, for what it is; empty if it can.
func unfitKind(slot Slot, key Key) string {
	if why := unusable(key); why != "" {
		return why
	}
	switch {
	case key.KeyManager == types.KeyManagerTypeAws:
		return "is managed by AWS"
	case aws.ToBool(key.MultiRegion) && !slot.MultiRegion:
		return "is a multi-region key, and the intent wants one of a single region"
	case !aws.ToBool(key.MultiRegion) && slot.MultiRegion:
		return "is a key of a single region, and the intent wants a multi-region key"
	}
	return ""
}

// unusable says why EBS can never use a key; empty if it can.
func unusable(key Key) string {
	switch {
	case key.KeySpec != types.KeySpecSymmetricDefault:
		return fmt.Sprintf("is of kind %s, and EBS takes SYMMETRIC_DEFAULT only", key.KeySpec)
	case key.KeyUsage != types.KeyUsageTypeEncryptDecrypt:
		return fmt.Sprintf("is for %s, and EBS takes ENCRYPT_DECRYPT only", key.KeyUsage)
	}
	return ""
}

// missing gives which of the wanted principals and roles IAM does not know, and
// which it did not show.
func (a *Account) missing(ctx context.Context, w Wanted) (roles []ServiceLinkedRole, absent, unseen []string, err error) {
	for _, role := range w.Roles {
		switch there, err := a.isThere(ctx, "role", role.Name); {
		case isDenied(err):
			unseen = append(unseen, role.Name)
		case err != nil:
			return nil, nil, nil, failed("iam:GetRole", role.Name, err)
		case !there:
			roles = append(roles, role)
		}
	}
	for _, arn := range w.Principals {
		parts := strings.SplitN(arn, ":", 6)
		if len(parts) != 6 || parts[4] != w.Account || parts[5] == "root" {
			continue
		}
		kind, name, _ := strings.Cut(parts[5], "/")
		name = name[strings.LastIndex(name, "/")+1:]
		if slices.ContainsFunc(w.Roles, func(r ServiceLinkedRole) bool { return kind == "role" && r.Name == name }) {
			continue
		}
		switch there, err := a.isThere(ctx, kind, name); {
		case isDenied(err):
			unseen = append(unseen, arn)
		case err != nil:
			return nil, nil, nil, failed("iam:Get"+strings.ToUpper(kind[:1])+kind[1:], name, err)
		case !there:
			absent = append(absent, arn)
		}
	}
	return roles, absent, unseen, nil
}
