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

// A rule is one place pattern in a cluster spec, and what must stand there. The
// jsonnet library writes rules; this file and its lib/apply.libsonnet read them.
type rule struct {
	Volume   string            `json:"volume"`
	Override *int              `json:"override"`
	Match    map[string]string `json:"match"`
	In       []step            `json:"in"`
	At       []string          `json:"at"`
	Set      map[string]value  `json:"set"`
	Unset    []string          `json:"unset"`
	Running  string            `json:"running"`
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

// A value is what a field must hold: one value, or one by region.
type value struct {
	Literal  any
	ByRegion map[string]string
}

func (v *value) UnmarshalJSON(b []byte) error {
	var byRegion struct{ ByRegion map[string]string }
	if json.Unmarshal(b, &byRegion) == nil {
		v.ByRegion = byRegion.ByRegion
		return nil
	}
	return json.Unmarshal(b, &v.Literal)
}

// A kind is one kind of volume: the rules about it, which all go to one place
// pattern. The last rule that matches a place decides.
type kind struct {
	volume string
	in     []step
	at     []string
	rules  []*rule
}

func kindsOf(rules []*rule) []*kind {
	var kinds []*kind
	for _, r := range rules {
		i := slices.IndexFunc(kinds, func(k *kind) bool { return k.volume == r.Volume })
		if i < 0 {
			i = len(kinds)
			kinds = append(kinds, &kind{volume: r.Volume, in: r.In, at: r.At})
		}
		kinds[i].rules = append(kinds[i].rules, r)
	}
	return kinds
}

// A place is one node that the steps of a rule lead to.
type place struct {
	node  yamledit.Node
	field diag.Field
	dims  map[string]string // by name; a list element without its key has none
}

// walk finds the places of a step pattern. A key or a list that is missing or
// null leads nowhere; a list or mapping of another kind is reported.
func walk(from place, steps []step, found func(place), wrong func(place, string)) {
	if len(steps) == 0 {
		found(from)
		return
	}
	s := steps[0]
	if s.Key != "" {
		next := place{node: from.node.Get(s.Key), field: from.field.Key(s.Key), dims: from.dims}
		if !isNothing(next.node) && expect(next, steps[1:], wrong) {
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

// text gives a scalar's content; nothing for a null, however it is spelt.
func text(n yamledit.Node) string {
	if n.Kind() != yamledit.Scalar {
		return ""
	}
	return n.Text()
}

func isNothing(n yamledit.Node) bool {
	return n.Kind() == yamledit.None || n.Kind() == yamledit.Null
}

// decide gives the rule for a place: the last one whose match holds.
func (k *kind) decide(dims map[string]string) *rule {
	for _, r := range slices.Backward(k.rules) {
		if r.matches(dims) {
			return r
		}
	}
	return nil
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

// entries resolves what a rule sets for one region. It fails with the place's
// problem, ready for a finding, when a value by region has none for it.
func (r *rule) entries(region string) ([]yamledit.Entry, *diag.Finding) {
	var entries []yamledit.Entry
	for _, key := range slices.Sorted(maps.Keys(r.Set)) {
		v := r.Set[key]
		if v.ByRegion == nil {
			entries = append(entries, yamledit.Entry{Key: key, Value: v.Literal})
			continue
		}
		known := strings.Join(slices.Sorted(maps.Keys(v.ByRegion)), ", ")
		arn, ok := v.ByRegion[region]
		switch {
		case region == "":
			return nil, &diag.Finding{
				Severity: diag.Error, Code: "region-unknown",
				Message: fmt.Sprintf("its key depends on the region, and the spec does not say which one this is (the intent has a key for %s)", known),
				Hint:    "give aws.region in the spec.locations entry that its locationRef names",
			}
		case !ok:
			return nil, &diag.Finding{
				Severity: diag.Error, Code: "key-region",
				Message: fmt.Sprintf("stands in %s, but the intent's key is in %s, and EBS takes only keys of its own region", region, known),
				Hint:    "give the key as a map by region, or as an alias that each region has",
			}
		}
		entries = append(entries, yamledit.Entry{Key: key, Value: arn})
	}
	return entries, nil
}
