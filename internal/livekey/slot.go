package livekey

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

// A run takes a slot's alias: it goes through the protocol of docs/live-key.md once.
// Package model checks it; each step here is a step there.
type run struct {
	*Account
	wanted Wanted
	slot   Slot
	id     string // in the tag of a key that it makes

	key     string // that it goes on with
	home    string // the region of its primary
	region  string // whose alias is at hand
	made    string // the key that this run made
	asked   bool   // it has asked for a key, whatever came of it
	pending map[string]bool
	rest    []string // regions that are still to come
}

// A step makes one call and gives the next step; nil at the end.
type step func(context.Context) (step, error)

// take goes through the protocol until the alias names one key in every region, and
// gives its id and the region of its primary.
func (a *Account) take(ctx context.Context, w Wanted, slot Slot) (r *run, err error) {
	var random [16]byte
	rand.Read(random[:])
	r = &run{Account: a, wanted: w, slot: slot, id: hex.EncodeToString(random[:]), pending: map[string]bool{}}
	for next := step(r.readAlias); next != nil && err == nil; {
		next, err = next(ctx)
	}
	return r, err
}

// readAlias looks in every region for the key that the alias names.
func (r *run) readAlias(ctx context.Context) (step, error) {
	key, named := "", 0
	for _, region := range r.slot.Regions {
		id, err := r.resolve(ctx, region, r.slot.Alias)
		switch {
		case err != nil:
			return nil, err
		case id == "":
		case key != "" && id != key:
			return nil, about(code.AliasNamesTwo, r.slot, "", fmt.Sprintf("names key %s and key %s", key, id), "delete the alias that is wrong")
		default:
			key = id
			named++
		}
	}
	switch named {
	case 0:
		return r.findKeys, nil
	case len(r.slot.Regions):
		return nil, nil
	}
	return r.settleOn(ctx, key)
}

// settleOn goes on with a key that is there.
func (r *run) settleOn(ctx context.Context, id string) (step, error) {
	for _, region := range r.slot.Regions {
		key, there, err := r.readKey(ctx, region, id, true)
		if err != nil {
			return nil, err
		}
		if there {
			return r.begin(id, key.primary())
		}
	}
	return nil, late("key " + id + ", which the alias names, is not to be seen")
}

// begin goes on with a key in all regions, that of the lock first.
func (r *run) begin(id, home string) (step, error) {
	if !slices.Contains(r.slot.Regions, home) {
		return nil, r.slot.elsewhere(id, home)
	}
	r.key, r.home, r.rest = id, home, r.slot.inOrder()
	return r.nextRegion(), nil
}

// findKeys looks for a key that was made for the slot and that no alias names.
func (r *run) findKeys(ctx context.Context) (step, error) {
	s, err := r.Read(ctx, r.slot)
	if err != nil {
		return nil, err
	}
	if key, ok := r.first(s); ok {
		return r.begin(key.ID, key.Region)
	}
	_, _, unsure := candidates(s)
	if hidden := s.mayHide(unsure); len(hidden) > 0 {
		return nil, hidden
	}
	return r.createKey, nil
}

// first gives the oldest candidate, but the key of this run before all.
func (r *run) first(s State) (Key, bool) {
	keys, _, _ := candidates(s)
	keys = slices.DeleteFunc(keys, func(k Key) bool { return r.pending[k.ID] })
	for _, k := range keys {
		if k.Tags.Value[tagRun] == r.id {
			return k, true
		}
	}
	if len(keys) == 0 {
		return Key{}, false
	}
	return keys[0], true
}

// createKey makes the key, with its policy and tags in the one call. KMS has no token
// for it, so it must not be sent twice, and the SDK's retries are off: only what AWS
// itself refused has made nothing, and may be tried again when it passes by itself.
func (r *run) createKey(ctx context.Context) (step, error) {
	if r.asked {
		return nil, about(code.KeyMayAppear, r.slot, "", "has asked for a key in this run, and does not ask twice", "run `key plan`")
	}
	r.asked = true
	home := r.slot.inOrder()[0]
	in := &kms.CreateKeyInput{
		Policy: aws.String(string(r.slot.Policies[home])), Tags: r.tagsOfKey(),
		KeySpec: types.KeySpecSymmetricDefault, KeyUsage: types.KeyUsageTypeEncryptDecrypt,
	}
	if r.slot.Description != "" {
		in.Description = &r.slot.Description
	}
	if r.slot.MultiRegion {
		in.MultiRegion = aws.Bool(true)
	}
	var out *kms.CreateKeyOutput
	var refusal error
	_, err := r.clock.until(ctx, createFor, pause, func() (bool, error) {
		var err error
		out, err = r.regions[home].kms.CreateKey(ctx, in, func(o *kms.Options) { o.Retryer = aws.NopRetryer{} })
		refusal = err
		if !passes(err) {
			return true, nil
		}
		return false, r.principals(ctx)
	})
	switch {
	case err != nil:
		return nil, err
	case refusal == nil:
		r.made = aws.ToString(out.KeyMetadata.KeyId)
		return r.begin(r.made, home)
	case answered(refusal) != "":
		return nil, failed("kms:CreateKey", home, refusal)
	}
	return r.lookAgain, nil
}

// passes tells whether a refusal passes by itself: a throttle, and a principal that
// IAM knows and KMS does not yet.
func passes(err error) bool {
	var refusal smithy.APIError
	switch said := answered(err); {
	case slices.Contains(throttles, said):
		return true
	case said == "MalformedPolicyDocumentException":
		return errors.As(err, &refusal) && strings.Contains(refusal.ErrorMessage(), "invalid principals")
	}
	return false
}

// principals fails when a principal that the policy names is not there.
func (r *run) principals(ctx context.Context) error {
	roles, absent, _, err := r.missing(ctx, r.wanted)
	for _, role := range roles {
		absent = append(absent, role.Name)
	}
	if err != nil || len(absent) == 0 {
		return err
	}
	return missingPrincipals(absent)
}

func (r *run) tagsOfKey() []types.Tag {
	tags := []types.Tag{
		{TagKey: aws.String(tagKey), TagValue: &r.slot.Alias},
		{TagKey: aws.String(tagRun), TagValue: &r.id},
		{TagKey: aws.String(tagIntent), TagValue: &r.slot.Intent},
	}
	return append(tags, asTags(r.slot.Tags)...)
}

// lookAgain looks for the key of a call whose reply did not come.
func (r *run) lookAgain(ctx context.Context) (next step, err error) {
	found, err := r.clock.until(ctx, lookFor, pause, func() (bool, error) {
		s, err := r.Read(ctx, r.slot)
		if err != nil {
			return false, err
		}
		key, ok := r.first(s)
		if !ok {
			return false, nil
		}
		if key.Tags.Value[tagRun] == r.id {
			r.made = key.ID
		}
		next, err = r.begin(key.ID, key.Region)
		return true, err
	})
	if err == nil && !found {
		err = about(code.KeyMayAppear, r.slot, r.slot.inOrder()[0], "did not get an answer to CreateKey, and no new key is to be seen", "a key may exist that is not visible yet: run again in five minutes; `key plan` names it")
	}
	return next, err
}

// createAlias takes the alias. KMS lets one caller alone have it: that of the first
// region by name is the lock, in whatever order an intent lists them.
func (r *run) createAlias(ctx context.Context) (next step, err error) {
	_, waited := r.clock.until(ctx, visible, pause, func() (bool, error) {
		_, err = r.regions[r.region].kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &r.slot.Alias, TargetKeyId: &r.key})
		return !isAbsent(err), nil // a new key is not everywhere at once
	})
	switch said := answered(err); {
	case waited != nil:
		return nil, waited
	case err == nil:
		return r.nextRegion(), nil
	case said == "AlreadyExistsException":
		return r.readWinner, nil
	case said == "KMSInvalidStateException":
		r.pending[r.key] = true
		return r.readAlias, nil
	}
	return nil, failed("kms:CreateAlias", r.slot.named(r.region), err)
}

// readWinner finds out which key the alias names that was there already. That it is
// there is believed over any read.
func (r *run) readWinner(ctx context.Context) (step, error) {
	winner := ""
	_, err := r.clock.until(ctx, visible, pause, func() (_ bool, err error) {
		winner, err = r.resolve(ctx, r.region, r.slot.Alias)
		return winner != "", err
	})
	switch {
	case err != nil:
		return nil, err
	case winner == "":
		return nil, late(r.slot.named(r.region) + " exists, and is not to be seen")
	case winner == r.key:
		return r.nextRegion(), nil
	case r.region != r.slot.inOrder()[0]:
		return nil, about(code.AliasNamesTwo, r.slot, r.region, fmt.Sprintf("names key %s, and the key is %s", winner, r.key), "delete the alias that is wrong")
	}
	r.key = winner
	if r.made != "" {
		return r.abandonKey, nil
	}
	return r.settleOn(ctx, winner)
}

// abandonKey marks the key that this run made and that lost the race. It deletes
// nothing: someone may name it yet.
func (r *run) abandonKey(ctx context.Context) (step, error) {
	region, id := r.slot.inOrder()[0], r.made
	value := r.clock.Now().UTC().Format(time.RFC3339) + " lost to " + r.key
	_, err := r.regions[region].kms.TagResource(ctx, &kms.TagResourceInput{KeyId: &id, Tags: []types.Tag{{TagKey: aws.String(tagAbandoned), TagValue: &value}}})
	if err != nil {
		return nil, failed("kms:TagResource", id, err)
	}
	r.made = ""
	return r.settleOn(ctx, r.key)
}

// nextRegion goes on where the alias is still to be made.
func (r *run) nextRegion() step {
	if len(r.rest) == 0 {
		return nil
	}
	r.region, r.rest = r.rest[0], r.rest[1:]
	if r.region == r.home {
		return r.createAlias
	}
	return r.replicateKey
}

// replicateKey makes a replica, and its alias next. It may be repeated: a replica has
// the id of its primary.
func (r *run) replicateKey(ctx context.Context) (step, error) {
	in := &kms.ReplicateKeyInput{KeyId: &r.key, ReplicaRegion: &r.region, Policy: aws.String(string(r.slot.Policies[r.region])), Tags: r.tagsOfKey()}
	if r.slot.Description != "" {
		in.Description = &r.slot.Description
	}
	var err error
	_, waited := r.clock.until(ctx, visible, pause, func() (bool, error) {
		_, err = r.regions[r.home].kms.ReplicateKey(ctx, in)
		return !isAbsent(err) && !passes(err), nil
	})
	if waited != nil {
		return nil, waited
	}
	if err != nil && answered(err) != "AlreadyExistsException" {
		return nil, failed("kms:ReplicateKey", r.key+" to "+r.region, err)
	}
	ready, err := r.clock.until(ctx, visible, pause, func() (bool, error) {
		key, there, err := r.readKey(ctx, r.region, r.key, true)
		return there && key.KeyState == types.KeyStateEnabled, err
	})
	if err == nil && !ready {
		err = late("the replica of " + r.key + " in " + r.region + " is not ready")
	}
	return r.createAlias, err
}
