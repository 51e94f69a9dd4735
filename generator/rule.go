package generator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A kind is one kind of volume: the rules about it, which all go to one place
// pattern. The last rule that matches a place decides. The jsonnet library writes
// kinds, and docs/rules.md says what they mean; this file and the library's
// lib/apply.libsonnet read them.
type kind struct {
	Volume  string   `json:"volume"`
	Piece   string   `json:"piece"` // the fragment that shows it
	In      []step   `json:"in"`
	At      []string `json:"at"`
	Running string   `json:"running"`
	AnyCase bool     `json:"anyCase"` // its fields are the same in any case
	Rules   []*rule  `json:"rules"`
}

// A rule is what must stand in the places that it matches.
type rule struct {
	Override *int              `json:"override"`
	Match    map[string]string `json:"match"`
	Set      map[string]any    `json:"set"`
	Unset    []string          `json:"unset"`
	Gaps     map[string]string `json:"gaps"` // by field, the wording when it is not so
}

// isOfGroup tells whether the kind's places stand in a location of a group.
func (k *kind) isOfGroup() bool {
	return slices.ContainsFunc(k.In, func(s step) bool { return s.As == "location" })
}

// endsAt tells whether what a place lacks is the end of the kind's way.
func (k *kind) endsAt(p problem) bool { return k.isOfGroup() && len(p.at.field) == len(k.In)-1 }

// A step goes down by one key, or to each element of a list. Elements are called
// by their field Each, which binds the dimension As for matching.
type step struct {
	Key  string
	Each string
	As   string
}

func (s *step) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &s.Key) == nil {
		return nil
	}
	var each struct{ Each, As string }
	if err := json.Unmarshal(b, &each); err != nil {
		return fmt.Errorf("a step is a key or {each, as}: %w", err)
	}
	s.Each, s.As = each.Each, each.As
	return nil
}

// A place is one node that the steps of a rule lead to.
type place struct {
	node  yamledit.Node
	field diag.Field
	dims  map[string]string // by name; a list element without its key has none
}

// A problem is what keeps a walk from a place that may have been meant.
type problem struct {
	say string // a wording's name
	at  place
	key string // that at lacks, or has misspelt
}

// walk finds the places of a step pattern. A key or a list that is missing or null
// leads nowhere, but a null at the end of the way is a place too. What is wrong on the
// way is told, unless nobody asks: a list or mapping of another kind, a misspelt key,
// and where below the spec a way that was begun ends early.
func walk(from place, steps []step, found func(place), wrong func(problem)) {
	if len(steps) == 0 {
		found(from)
		return
	}
	if s := steps[0]; s.Key != "" {
		walkKey(from, s.Key, steps[1:], found, wrong)
		return
	}
	s, isEmpty := steps[0], true
	for i, element := range from.node.Elements() {
		isEmpty = false
		next := place{node: element, field: from.field.At(i), dims: from.dims}
		if name := text(element.Get(s.Each)); name != "" && s.As != "" {
			next.dims = maps.Clone(from.dims)
			next.dims[s.As] = name
		}
		if wrong != nil {
			misspelt(next, s.Each, wrong)
		}
		if isNothing(element) {
			tell(wrong, problem{"no-volume/null", next, ""})
		} else if expect(next, steps[1:], wrong) {
			walk(next, steps[1:], found, wrong)
		}
	}
	if isEmpty && len(from.field) > 2 {
		tell(wrong, problem{"no-volume/empty", from, ""})
	}
}

func walkKey(from place, key string, rest []step, found func(place), wrong func(problem)) {
	next := place{node: from.node.Get(key), field: from.field.Key(key), dims: from.dims}
	if wrong != nil {
		misspelt(from, key, wrong)
	}
	switch next.node.Kind() {
	case yamledit.Null:
		if len(rest) == 0 {
			found(next)
		}
		if len(from.field) > 1 {
			tell(wrong, problem{"no-volume", from, key})
		} else {
			tell(wrong, problem{"null-group", next, ""})
		}
	case yamledit.None:
		if len(from.field) > 1 {
			tell(wrong, problem{"no-volume", from, key})
		}
	default:
		if expect(next, rest, wrong) {
			walk(next, rest, found, wrong)
		}
	}
}

func tell(wrong func(problem), p problem) {
	if wrong != nil {
		wrong(p)
	}
}

// misspelt tells of the keys of a mapping that are nearly the one that is needed.
func misspelt(at place, key string, wrong func(problem)) {
	for _, miss := range nearMisses(at.node, key, false) {
		wrong(problem{"near-miss", place{node: miss, field: at.field.Key(miss.Text())}, key})
	}
}

// expect checks that a node is what the steps after it need: a list for an each
// step, else a mapping.
func expect(p place, rest []step, wrong func(problem)) bool {
	want, say := yamledit.Mapping, "not-a-mapping"
	if len(rest) > 0 && rest[0].Key == "" {
		want, say = yamledit.Sequence, "not-a-list"
	}
	if p.node.Kind() == want {
		return true
	}
	tell(wrong, problem{say, p, ""})
	return false
}

// isNull tells whether what at lacks is there as a null.
func (p problem) isNull() bool { return p.at.node.Get(p.key).Kind() == yamledit.Null }

// finding words a problem.
func (p problem) finding() diag.Finding {
	f := kublrencryption.Say(p.say, p.at.field, map[string]string{"key": p.key})
	f.Position = p.at.node.Position()
	return f
}

// decide gives the rule for a place: the last one whose match holds.
func (k *kind) decide(dims map[string]string) *rule {
	for _, r := range slices.Backward(k.Rules) {
		if r.matches(dims) {
			return r
		}
	}
	return nil
}

// possible gives the rules one of which decides for a place whose region is not known:
// one of some regions, or any without these. The first of them asks least of the region.
func (k *kind) possible(dims map[string]string, regions []string) []*rule {
	var rules []*rule
	for _, r := range slices.Backward(k.Rules) {
		pattern, ofRegion := r.Match["region"]
		isIn := func(region string) bool { return matchName(pattern, region) }
		anywhere := maps.Clone(dims)
		if ofRegion {
			anywhere["region"] = pattern
		}
		if !r.matches(anywhere) || ofRegion && len(regions) > 0 && !slices.ContainsFunc(regions, isIn) {
			continue
		}
		rules = append(rules, r)
		if !ofRegion || len(regions) > 0 && !slices.ContainsFunc(regions, func(region string) bool { return !isIn(region) }) {
			break
		}
	}
	slices.Reverse(rules)
	return rules
}

func (r *rule) matches(dims map[string]string) bool {
	for dim, pattern := range r.Match {
		name, ok := dims[dim]
		if !ok || !matchName(pattern, name) {
			return false
		}
	}
	return true
}

// matchName tells whether a name fits a pattern: the name itself, or its
// beginning and a trailing *.
func matchName(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}

// entries resolves what a rule sets for one region; known are the regions that a
// value has, when it has none for this one.
func (e *expansion) entries(r *rule, region string) (entries []yamledit.Entry, known []string) {
	for _, key := range slices.Sorted(maps.Keys(r.Set)) {
		value := e.Partitions.fill(r.Set[key], region)
		if value == nil {
			keys, _ := r.Set[key].(map[string]any)["byRegion"].(map[string]any)
			return nil, slices.Sorted(maps.Keys(keys))
		}
		entries = append(entries, yamledit.Entry{Key: key, Value: value})
	}
	return entries, nil
}
