package generator

import (
	"maps"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A cluster without locations is a patch of one, as kustomize lays over a base: it
// knows no merge keys of this kind and puts a patch's lists in place of the base's, so
// what a patch lists must be as intended in itself. Of mappings it replaces only what
// it names, and null takes out what the base has.

// patched says of a patch what it lacks. An edit leaves it alone and names it.
func (p *Plan) patched(s *survey, item Item, d demand) {
	findings := append(d.findings, d.doubts...)
	for _, c := range d.claims {
		for _, f := range c.gaps() {
			f.Hint = "set it in the patch"
			findings = append(findings, f)
		}
	}
	p.doubt(s, item, findings...)
	if !p.isGate || len(d.claims) == 0 {
		s.Cluster.Skipped = "a patch: apply edits clusters; verify what it renders to, too"
		return
	}
	s.Cluster.Volumes = len(d.claims)
}

// patched gives what a patch must have in a place: where it lists a group's location
// all that the plan wants there, and elsewhere what it touches of that. Which region
// the place is in stands in the base, so of a key by region any of its values will do;
// where overrides by region want different things, only what is right by all of them.
func (e *expansion) patched(k *kind, at place) (*claim, *diag.Finding) {
	var claims []*claim
	open, rules := 0, k.possible(at.dims, e.Regions)
	for _, r := range rules {
		e.use(r)
		next := &claim{by: e, kind: k, rule: r, place: at, gone: r.Unset}
		for _, key := range slices.Sorted(maps.Keys(r.Set)) {
			next.set = append(next.set, yamledit.Entry{Key: key, Value: r.Set[key]})
		}
		if problem := next.spell(); problem != nil {
			return nil, problem
		}
		if next.touched(); len(next.set)+len(next.gone) == 0 {
			continue
		}
		if _, isOpen := next.firstGap(next.target()); isOpen {
			open++
		}
		claims = append(claims, next)
	}
	switch {
	case len(claims) == 0:
		return nil, nil
	case open > 0 && open < len(rules):
		problem := patchRegion.Finding(claims[0].position(), claims[0].field(),
			"is right in some of the intent's regions only, and a patch does not say which one this is",
			"verify what the patch renders to, and leave the patch out with --exclude")
		return nil, &problem
	}
	return claims[0], nil
}

// touched leaves in a claim what a patch must have itself: in a group's location, and in
// a mapping that it takes out or replaces, all of it, and else what it names.
func (c *claim) touched() {
	n, isWhole := c.place.node, c.kind.isOfGroup()
	for _, key := range c.kind.At {
		n = n.Get(key)
		isWhole = isWhole || n.Kind() == yamledit.Null || n.Get("$patch").Kind() != yamledit.None
	}
	isNamed := func(key string) bool { return n.Get(key).Kind() != yamledit.None }
	if !isWhole {
		c.set = slices.DeleteFunc(c.set, func(e yamledit.Entry) bool { return !isNamed(e.Key) })
		c.gone = slices.DeleteFunc(slices.Clone(c.gone), func(key string) bool { return !isNamed(key) })
	}
	for i, e := range c.set {
		c.set[i].Value = oneOf(e.Value, n.Get(e.Key).Value())
	}
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
