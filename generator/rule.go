package generator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
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

// walk finds the places of a step pattern. A key or a list that is missing or
// null leads nowhere, but a null at the end of the way is a place; a list or mapping
// of another kind is reported.
func walk(from place, steps []step, found func(place), wrong func(place, string)) {
	if len(steps) == 0 {
		found(from)
		return
	}
	s := steps[0]
	if s.Key != "" {
		next := place{node: from.node.Get(s.Key), field: from.field.Key(s.Key), dims: from.dims}
		if next.node.Kind() == yamledit.Null && len(steps) == 1 {
			found(next)
		} else if !isNothing(next.node) && expect(next, steps[1:], wrong) {
			walk(next, steps[1:], found, wrong)
		}
		return
	}
	for i, element := range from.node.Elements() {
		next := place{node: element, field: from.field.At(i), dims: from.dims}
		if name := text(element.Get(s.Each)); name != "" && s.As != "" {
			next.dims = maps.Clone(from.dims)
			next.dims[s.As] = name
		}
		if !isNothing(element) && expect(next, steps[1:], wrong) {
			walk(next, steps[1:], found, wrong)
		}
	}
}

// expect checks that a node is what the steps after it need: a list for an each
// step, else a mapping.
func expect(p place, rest []step, wrong func(place, string)) bool {
	want, code := yamledit.Mapping, "not-a-mapping"
	if len(rest) > 0 && rest[0].Key == "" {
		want, code = yamledit.Sequence, "not-a-list"
	}
	if p.node.Kind() == want {
		return true
	}
	wrong(p, code)
	return false
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
