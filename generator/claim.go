package generator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A claim is what one intent wants of one volume of one cluster: the outcome of
// the rules for one place.
type claim struct {
	by    *expansion
	kind  *kind
	rule  *rule
	place place
	set   []yamledit.Entry
}

// claims gives what the plan wants of a cluster, and what stands against it.
// Two intents that want the same of a volume make one claim.
func (p *Plan) claims(c cluster, selected []*expansion) ([]claim, diag.Findings) {
	var claims []claim
	var findings diag.Findings
	byPath := map[string]int{}
	for _, e := range selected {
		findings = append(findings, e.conflicts(c)...)
		for _, k := range e.Kinds {
			walk(c.root, k.In, func(at place) {
				next, problem := e.claim(c, k, at)
				if problem != nil {
					findings = append(findings, *problem)
				}
				if next == nil {
					return
				}
				path := next.field().String()
				i, taken := byPath[path]
				switch {
				case !taken:
					byPath[path] = len(claims)
					findings = append(findings, launchConfiguration(*next)...)
					claims = append(claims, *next)
				case !claims[i].agrees(*next):
					findings = append(findings, claims[i].disagreement(*next))
				}
			}, func(at place, code string) {
				wrong := diag.Finding{
					Severity: diag.Error, Code: code, Position: at.node.Position(), Field: at.field,
					Message: "is not the " + strings.TrimPrefix(code, "not-a-") + " that a Kublr cluster has here",
					Hint:    "correct the spec",
				}
				if !slices.ContainsFunc(findings, func(f diag.Finding) bool { return f.String() == wrong.String() }) { // several kinds go this way
					findings = append(findings, wrong)
				}
			})
		}
	}
	return claims, findings
}

// claim applies one kind's rules to one place; nil when none matches or the one
// that does leaves the volume as it is.
func (e *expansion) claim(c cluster, k *kind, at place) (*claim, *diag.Finding) {
	region := c.region(at.dims, k.isOfGroup())
	dims := at.dims
	if region != "" {
		dims = map[string]string{"region": region}
		for name, value := range at.dims {
			dims[name] = value
		}
	}
	for _, r := range k.Rules {
		if r.Override != nil && r.matches(dims) {
			e.used[*r.Override].Store(true)
		}
	}
	r := k.decide(dims)
	if r == nil || len(r.Set) == 0 && len(r.Unset) == 0 {
		return nil, nil
	}
	next := &claim{by: e, kind: k, rule: r, place: at}
	set, problem := e.entries(r, region)
	if problem != nil {
		if regions := c.regions(); !k.isOfGroup() && len(regions) > 1 {
			problem.Message = fmt.Sprintf("its key depends on the region, and the locations of this cluster, which share it, are in %s", strings.Join(regions, ", "))
			problem.Hint = "leave it out for this cluster, by overrides: - match: {cluster: NAME, volume: " + k.Volume + "}, mode: ignore"
		}
		problem.Position, problem.Field = next.position(), next.field()
		return nil, problem
	}
	next.set = set
	return next, nil
}

func (c claim) field() diag.Field { return c.place.field.Key(c.kind.At...) }

// target gives the mapping the claim is about; it may not be there yet.
func (c claim) target() yamledit.Node { return c.place.node.Lookup(c.kind.At...) }

// position gives where the claim's mapping stands, or the deepest key above it.
func (c claim) position() diag.Position {
	shown := keyOf(c.place.node)
	n := c.place.node
	for _, key := range c.kind.At {
		if n = n.Get(key); n.Kind() == yamledit.None {
			break
		}
		shown = keyOf(n)
	}
	return shown.Position()
}

// keyOf gives the key a value stands under, which is where a reader looks for
// it; a list element and a document stand for themselves.
func keyOf(n yamledit.Node) yamledit.Node {
	if key := n.Key(); key.Kind() != yamledit.None {
		return key
	}
	return n
}

func (c claim) agrees(o claim) bool {
	return slices.Equal(c.set, o.set) && slices.Equal(c.rule.Unset, o.rule.Unset)
}

func (c claim) disagreement(o claim) diag.Finding {
	_, field := c.by.origin(c.rule)
	position, otherField := o.by.origin(o.rule)
	return diag.Finding{
		Severity: diag.Error, Code: "volume-claimed-twice", File: o.by.intent.file, Position: position, Field: otherField,
		Message: fmt.Sprintf("wants %s of %s, but %s: %s wants %s", o.wants(), c.field(), c.by.intent.file, field, c.wants()),
		Hint:    "let one of the two intents leave it out, with clusters, volumes or an override with mode: ignore",
	}
}

// origin gives the part of the intent a rule came from.
func (e *expansion) origin(r *rule) (diag.Position, diag.Field) {
	if r.Override != nil {
		return e.intent.place(diag.Keys("spec", "overrides").At(*r.Override))
	}
	return e.intent.place(diag.Keys("spec", "key"))
}

// wants spells what a claim sets: encrypted: true, kmsKeyId: alias/x.
func (c claim) wants() string {
	var parts []string
	for _, entry := range c.set {
		text := fmt.Sprintf("%s: %v", entry.Key, entry.Value)
		if s, ok := entry.Value.(string); ok && s == "true" || entry.Value == "false" {
			text = fmt.Sprintf("%s: '%s'", entry.Key, s)
		}
		parts = append(parts, text)
	}
	for _, key := range c.rule.Unset {
		parts = append(parts, "no "+key)
	}
	return strings.Join(parts, ", ")
}

func (c claim) want() yamledit.Want {
	return yamledit.Want{In: c.place.node, At: c.kind.At, Set: c.set, Unset: c.unset()}
}

// unset gives the fields that are to go. One that is null may stay: that is how
// Kublr writes a field that is not set.
func (c claim) unset() []string {
	var some []string
	for _, key := range c.rule.Unset {
		if !isNothing(c.target().Get(key)) {
			some = append(some, key)
		}
	}
	return some
}
