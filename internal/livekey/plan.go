package livekey

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

// Allowed says what a person has allowed besides what a plan does by itself.
type Allowed struct {
	Adopt    bool // take over a key that is not ours
	Restore  bool // cancel a key's deletion, and enable it; an interrupted run leaves it disabled
	GiveBack bool // schedule the deletion of abandoned keys
}

// A Plan is what to do for a slot, in order. Nothing is done where there is a
// refusal.
type Plan struct {
	Slot     Slot          `json:"slot"`
	Key      string        `json:"key,omitempty"` // the id of the slot's key; empty while it is to be made
	Changes  []Change      `json:"changes"`
	LeftOver []LeftOver    `json:"leftOver"`
	Notes    []string      `json:"notes"` // what is not known, and what is left alone
	Refusals diag.Findings `json:"-"`
	Unread   diag.Findings `json:"-"` // why the slot could not be read
	Asks     []Ask         `json:"-"` // what a person may allow besides
}

// An Ask is something that a plan does only if a person allows it by itself.
type Ask struct {
	Flag  string // of Allowed: adopt, restore or give-back
	Says  string // what it does
	Allow func(*Allowed)
}

func adopt(a *Allowed)    { a.Adopt = true }
func restore(a *Allowed)  { a.Restore = true }
func giveBack(a *Allowed) { a.GiveBack = true }

// A Change is one call that writes. Key is empty for the key that the plan makes.
type Change struct {
	Call   string   `json:"call"` // such as kms:CreateKey
	Region string   `json:"region"`
	Key    string   `json:"key,omitempty"`
	Says   string   `json:"says"`            // what it does, in words
	Lines  []string `json:"lines,omitempty"` // the same in detail

	policy string
	tags   map[string]string
	days   int
}

// sign is how people know a change from terraform.
func (c Change) sign() string {
	switch c.Call {
	case "kms:CreateKey", "kms:CreateAlias", "kms:ReplicateKey", "iam:CreateServiceLinkedRole":
		return "+"
	case "kms:ScheduleKeyDeletion":
		return "-"
	}
	return "~"
}

// A LeftOver is a key that was made for the slot and is not its key. It is kept.
type LeftOver struct {
	Region  string    `json:"region"`
	Key     string    `json:"key"`
	State   string    `json:"state"`
	Created time.Time `json:"created"`
	Why     string    `json:"why"`
	Offered bool      `json:"offered"` // may be given back
}

// abandonedFor is how long ago a key must have been abandoned before it is given
// back. It is longer than a run may last, so that no run holds it any more.
const abandonedFor = time.Hour

// NewPlan gives what to do for a slot in a state. It asks nobody.
func NewPlan(s State, w Wanted, allowed Allowed, now time.Time) Plan {
	p := planner{Plan: Plan{Slot: s.Slot}, state: s, wanted: w, allowed: allowed}
	if p.Refusals = s.Slot.check(); len(p.Refusals) > 0 {
		return p.Plan
	}
	key, ok := p.choose()
	if !ok {
		return p.Plan
	}
	if key.ID != "" {
		p.Key = key.ID
		p.converge(key)
		p.refuseForeign(key)
	} else {
		p.make()
	}
	p.leftOver(now)
	if len(p.Refusals) > 0 {
		p.Changes = nil
	}
	return p.Plan
}

type planner struct {
	Plan
	state   State
	wanted  Wanted
	allowed Allowed
}

func (p *planner) refuse(f diag.Findings) { p.Refusals = append(p.Refusals, f...) }

// ask says what would be done if a person allowed it.
func (p *planner) ask(flag string, allow func(*Allowed), region, says string) {
	p.Asks = append(p.Asks, Ask{flag, p.Slot.named(region) + ": " + says, allow})
}

func (p *planner) add(c Change) { p.Changes = append(p.Changes, c) }

// choose gives the slot's key: the one that the alias names, else the oldest
// candidate, else none. ok is false when it cannot be told.
func (p *planner) choose() (key Key, ok bool) {
	slot := p.Slot
	named := ""
	for _, region := range slot.Regions {
		id := p.state.Aliases[region]
		if id == "" {
			continue
		}
		if named != "" && named != id {
			p.refuse(about(code.AliasNamesTwo, slot, "", fmt.Sprintf("names key %s and key %s", named, id), "delete the alias that is wrong"))
			return Key{}, false
		}
		named = id
	}
	if named != "" {
		for _, key := range p.state.Keys {
			if key.ID == named && (key.primary() == key.Region || !slices.Contains(slot.Regions, key.primary())) {
				return key, p.usable(key)
			}
		}
		p.refuse(about(code.KeyKind, slot, "", "names key "+named+", whose primary could not be read", "give the region of the primary among the intent's regions"))
		return Key{}, false
	}
	usable, _, unsure := candidates(p.state)
	if len(usable) > 0 {
		return usable[0], true
	}
	p.refuse(p.state.mayHide(unsure))
	return Key{}, len(p.Refusals) == 0
}

// usable refuses a key that the alias names and that cannot be the slot's.
func (p *planner) usable(key Key) bool {
	slot := p.Slot
	before := len(p.Refusals)
	if why := unfitKind(slot, key); why != "" {
		p.refuse(about(code.KeyKind, slot, key.Region, "names key "+key.ID+", which "+why, "choose another alias: what a key is never changes, and volumes may use it"))
	} else if key.primary() != key.Region {
		p.refuse(slot.elsewhere(key.ID, key.primary()))
	}
	switch state := key.KeyState; {
	case state == types.KeyStateEnabled:
	case state == types.KeyStatePendingDeletion && p.allowed.Restore:
		p.add(Change{Call: "kms:CancelKeyDeletion", Region: key.Region, Key: key.ID, Says: "keep the key, whose deletion is scheduled for " + deletion(key)})
		p.add(Change{Call: "kms:EnableKey", Region: key.Region, Key: key.ID, Says: "enable the key"})
	case state == types.KeyStateDisabled && p.allowed.Restore:
		p.add(Change{Call: "kms:EnableKey", Region: key.Region, Key: key.ID, Says: "enable the key"})
	case state == types.KeyStatePendingDeletion:
		p.refuse(about(code.KeyState, slot, key.Region, "names key "+key.ID+", which is to be deleted on "+deletion(key), "with --restore its deletion is cancelled"))
		p.ask("restore", restore, key.Region, "cancel the deletion of key "+key.ID+", which is scheduled for "+deletion(key)+", and enable it")
	case state == types.KeyStateDisabled:
		p.refuse(about(code.KeyState, slot, key.Region, "names key "+key.ID+", which is disabled", "with --restore it is enabled"))
		p.ask("restore", restore, key.Region, "enable key "+key.ID)
	default:
		p.refuse(about(code.KeyState, slot, key.Region, fmt.Sprintf("names key %s, which is %s", key.ID, state), "wait, or choose another alias"))
	}
	switch {
	case key.Tags.Why != "":
		p.refuse(about(code.KeyForeign, slot, key.Region, "names key "+key.ID+", and whether it is ours is not known: "+key.Tags.Why, "allow kms:ListResourceTags"))
	}
	return len(p.Refusals) == before
}

// deletion gives the day on which a key is deleted.
func deletion(key Key) string { return aws.ToTime(key.DeletionDate).UTC().Format(time.DateOnly) }

// make plans a key from nothing.
func (p *planner) make() {
	slot := p.Slot
	regions := slot.inOrder()
	home := regions[0]
	kind := "a key"
	if slot.MultiRegion {
		kind = "a multi-region key"
	}
	p.add(Change{Call: "kms:CreateKey", Region: home, Says: "make " + kind + " for " + slot.Alias, Lines: p.described(home)})
	p.add(Change{Call: "kms:CreateAlias", Region: home, Says: "name it " + slot.Alias})
	if slot.RotationDays > 0 {
		p.rotate(Change{Region: home})
	}
	for _, region := range regions[1:] {
		p.replicate(region, "")
	}
}

// refuseForeign refuses to change a key that was made for something else, unless a
// person has allowed it. Of two intents with one alias, each would undo the other.
func (p *planner) refuseForeign(key Key) {
	slot, by := p.Slot, key.Tags.Value[tagIntent]
	switch {
	case p.allowed.Adopt || len(p.Changes) == 0:
	case !key.isOurs(slot):
		p.refuse(about(code.KeyForeign, slot, key.Region, "names key "+key.ID+", which was not made for it", "with --adopt our statements are merged into its policy"))
		p.ask("adopt", adopt, key.Region, "take over key "+key.ID+", which was not made for it, and merge our statements into its policy")
	case by != slot.Intent:
		p.refuse(about(code.KeyForeign, slot, key.Region, "names key "+key.ID+", which was made for the intent "+by, "give each intent an alias of its own; with --adopt this one takes it over"))
		p.ask("adopt", adopt, key.Region, "take over key "+key.ID+", which was made for the intent "+by+", and merge our statements into its policy")
	}
}

func (p *planner) described(region string) []string {
	var lines []string
	if p.Slot.Description != "" {
		lines = append(lines, "description: "+p.Slot.Description)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Slot.Tags)) {
		lines = append(lines, "tag: "+name+"="+p.Slot.Tags[name])
	}
	return append(lines, statements(p.Slot.Policies[region])...)
}

func (p *planner) replicate(region, key string) {
	p.add(Change{Call: "kms:ReplicateKey", Region: region, Key: key, Says: "make a replica of the key", Lines: p.described(region)})
	p.add(Change{Call: "kms:CreateAlias", Region: region, Key: key, Says: "name it " + p.Slot.Alias})
}

func (p *planner) rotate(c Change) {
	c.Call, c.days = "kms:EnableKeyRotation", p.Slot.RotationDays
	c.Says = fmt.Sprintf("rotate it every %d days", c.days)
	if c.days == 0 {
		c.Call, c.Says = "kms:DisableKeyRotation", "do not rotate it"
	}
	p.add(c)
}

// converge plans what a key lacks, where it is and in the other regions.
func (p *planner) converge(key Key) {
	slot := p.Slot
	for _, region := range slot.inOrder() {
		here, there := p.state.in(region, key.ID)
		if !there {
			p.replicate(region, key.ID)
			continue
		}
		if region != key.Region && here.KeyState != types.KeyStateEnabled {
			p.refuse(about(code.KeyState, slot, region, fmt.Sprintf("has a replica that is %s", here.KeyState), "enable it, or wait"))
		}
		if p.state.Aliases[region] == "" {
			p.add(Change{Call: "kms:CreateAlias", Region: region, Key: key.ID, Says: "name it " + slot.Alias})
		}
		p.settle(here, region == key.Region)
	}
}

// settle plans what one key of a region lacks.
func (p *planner) settle(key Key, primary bool) {
	slot, at := p.Slot, Change{Region: key.Region, Key: key.ID}
	ours := key.isOurs(slot)
	switch text, changes, problems := merged(key.Policy.Value, string(slot.Policies[key.Region]), ours); {
	case key.Policy.Why != "":
		p.refuse(about(code.PolicyUnknown, slot, key.Region, "has a key whose policy is not known: "+key.Policy.Why, "allow kms:GetKeyPolicy"))
	case len(problems) > 0:
		p.refuse(problems)
	case len(changes) > 0:
		for _, f := range dead(text) {
			p.refuse(about(code.DeadPrincipal, slot, key.Region, "has a key whose policy names a deleted principal, and KMS does not take it back: "+f.Field.String()+" "+f.Message, f.Hint))
		}
		p.refuse(slot.refuses(key.Region, text))
		c := at
		c.Call, c.Says, c.policy = "kms:PutKeyPolicy", "merge our statements into its policy", text
		for _, change := range changes {
			c.Lines = append(c.Lines, strings.Split(change.String(), "\n")...)
		}
		p.add(c)
	}
	switch {
	case !primary || !ours && !slot.Named.Rotation:
	case key.Origin != types.OriginTypeAwsKms:
		p.Notes = append(p.Notes, fmt.Sprintf("%s: key material of origin %s does not rotate by itself", slot.named(key.Region), key.Origin))
	case key.Rotation.Why != "":
		p.refuse(about(code.Denied, slot, key.Region, "has a key whose rotation is not known: "+key.Rotation.Why, "allow kms:GetKeyRotationStatus"))
	case key.Rotation.Value != slot.RotationDays:
		p.rotate(at)
	}
	if (ours || slot.Named.Description) && slot.Description != aws.ToString(key.Description) && (slot.Named.Description || slot.Description != "") {
		c := at
		c.Call, c.Says = "kms:UpdateKeyDescription", "describe it as "+slot.Description
		p.add(c)
	}
	missing := map[string]string{}
	for name, value := range slot.Tags {
		if key.Tags.Value[name] != value {
			missing[name] = value
		}
	}
	if len(missing) > 0 && (ours || slot.Named.Tags) {
		c := at
		c.Call, c.Says, c.tags = "kms:TagResource", "tag it", missing
		for _, name := range slices.Sorted(maps.Keys(missing)) {
			c.Lines = append(c.Lines, "tag: "+name+"="+missing[name])
		}
		p.add(c)
	}
	if key.Tags.Value[tagAbandoned] != "" && ours {
		c := at
		c.Call, c.Says = "kms:UntagResource", "it is in use: take the tag "+tagAbandoned+" off"
		p.add(c)
	}
}

// leftOver names every other key that was made for the slot.
func (p *planner) leftOver(now time.Time) {
	_, why, _ := candidates(p.state)
	for _, key := range p.state.Keys {
		if key.ID == p.Key || !key.isOurs(p.Slot) {
			continue
		}
		reason := why[key.ID]
		if reason == "" {
			reason = "is not the oldest"
		}
		l := LeftOver{Region: key.Region, Key: key.ID, State: string(key.KeyState), Created: aws.ToTime(key.CreationDate).UTC(), Why: reason, Offered: offered(p.Slot, key, now)}
		if l.Offered && p.allowed.GiveBack {
			p.add(Change{Call: "kms:ScheduleKeyDeletion", Region: key.Region, Key: key.ID, Says: "give the key back in 30 days: it was abandoned and never used"})
		}
		if l.Offered && !p.allowed.GiveBack {
			p.ask("give-back", giveBack, key.Region, "give key "+key.ID+" back in 30 days: it was abandoned and never used")
		}
		p.LeftOver = append(p.LeftOver, l)
	}
	if p.state.Hidden > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%d keys whose tags could not be read were not looked at", p.state.Hidden))
	}
	if p.state.Unsearched != "" {
		p.Notes = append(p.Notes, "other keys of ours could not be looked for: "+p.state.Unsearched)
	}
}

// offered tells whether a key may be given back: it lost the race for its alias
// more than an hour ago, and nothing names it, holds it or ever used it. What is not
// known counts against it.
func offered(slot Slot, key Key, now time.Time) bool {
	at, err := time.Parse(time.RFC3339, strings.SplitN(key.Tags.Value[tagAbandoned], " ", 2)[0])
	return err == nil && now.Sub(at) > abandonedFor && key.isOurs(slot) && key.Tags.Value[tagRun] != "" &&
		key.KeyState == types.KeyStateEnabled &&
		key.Aliases.Why == "" && len(key.Aliases.Value) == 0 &&
		key.Grants.Why == "" && key.Grants.Value == 0 &&
		key.primary() == key.Region && len(key.replicas()) == 0 &&
		key.Unused.Why == "" && key.Unused.Value
}
