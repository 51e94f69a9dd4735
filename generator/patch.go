package generator

import (
	"maps"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A cluster without locations is a patch of one, as kustomize lays over a base: it
// knows no merge keys of this kind and puts a patch's lists in place of the base's, so
// what a patch lists must be as intended in itself. Of mappings it replaces only what
// it names.
//
// A field that is nearly called as the locations are is a slip, and no patch.

// misspelt gives the key of a field that stands where spec.locations should.
func misspelt(root yamledit.Node) (key yamledit.Node, want string) {
	steps := shapeOf().Places["location"]
	keys := keysOf(steps[:len(steps)-1])
	want = keys[len(keys)-1]
	for key, value := range root.Lookup(keys[:len(keys)-1]...).Entries() {
		if value.Kind() == yamledit.Sequence && isNear(key.Text(), want) {
			return key, want
		}
	}
	return yamledit.Node{}, want
}

// isNear tells whether a word is another with one or two letters wrong, missing or
// added, whatever their case is.
func isNear(word, want string) bool {
	a, b := []rune(strings.ToLower(word)), []rune(strings.ToLower(want))
	if word == want || len(a) > len(b)+2 || len(b) > len(a)+2 {
		return false
	}
	return diag.Distance(a, b) <= 2
}

// patched gives what a patch must have: in the places of the groups that it lists all
// that the plan wants there, and elsewhere what it names of that. Which region a
// place is in stands in the base, so of a key by region any of its values will do.
func (p *Plan) patched(c cluster, selected []*expansion) []claim {
	var claims []claim
	taken := map[string]bool{}
	for _, e := range selected {
		for _, k := range e.Kinds {
			walk(c.root, k.In, func(at place) {
				next := e.patched(k, at)
				if next == nil {
					return
				}
				if path := next.field().String(); !taken[path] {
					taken[path] = true
					claims = append(claims, *next)
				}
			}, ignore)
		}
	}
	return claims
}

func (e *expansion) patched(k *kind, at place) *claim {
	r := k.decide(at.dims)
	if r == nil {
		return nil
	}
	next := &claim{by: e, kind: k, rule: r, place: at, gone: r.Unset}
	target := next.target()
	for _, key := range slices.Sorted(maps.Keys(r.Set)) {
		got := target.Get(key)
		if k.isOfGroup() || got.Kind() != yamledit.None {
			next.set = append(next.set, yamledit.Entry{Key: key, Value: oneOf(r.Set[key], got.Value())})
		}
	}
	if len(next.set) == 0 && !slices.ContainsFunc(r.Unset, func(key string) bool { return target.Get(key).Kind() != yamledit.None }) {
		return nil
	}
	return next
}

// oneOf gives a value that a rule sets; of one by region the one that is there
// already, else the first region's.
func oneOf(value, there any) any {
	marked, _ := value.(map[string]any)
	byRegion, ok := marked["byRegion"].(map[string]any)
	if !ok {
		return value
	}
	regions := slices.Sorted(maps.Keys(byRegion))
	for _, region := range regions {
		if byRegion[region] == there {
			return there
		}
	}
	return byRegion[regions[0]]
}
