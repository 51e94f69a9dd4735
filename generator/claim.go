package generator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
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
	gone  []string // fields that must not stand there

	region string // of the place; empty when that is not told
}

// A demand is what a plan wants of a cluster, and what stands against it.
type demand struct {
	claims   []claim
	places   int           // of volumes, whatever is wanted there
	findings diag.Findings // what contradicts the plan, and what is wrong
	doubts   diag.Findings // where nobody can tell whether a volume is in the clear
}

// demand gives what the plan wants of a cluster. Two intents that want the same of a
// volume make one claim.
func (p *Plan) demand(c cluster, selected []*expansion) (d demand) {
	d.findings = c.wrong
	byPath := map[string]int{}
	for _, e := range selected {
		if !c.isPatch {
			d.findings = append(d.findings, e.fold(looks().Conflicts, &c)...)
		}
		for _, k := range e.Kinds {
			walk(c.root, k.In, func(at place) {
				d.places++
				next, refused := e.claim(c, k, at)
				if refused != nil {
					d.findings = append(d.findings, *refused)
				}
				if next == nil {
					return
				}
				path := next.field().String()
				i, taken := byPath[path]
				switch {
				case !taken:
					byPath[path] = len(d.claims)
					d.findings = append(d.findings, next.looks(&c)...)
					d.claims = append(d.claims, *next)
				case !d.claims[i].agrees(*next):
					d.findings = append(d.findings, d.claims[i].disagreement(*next))
				}
				next.misspelt(func(p problem) { once(&d.findings, p.finding()) })
			}, func(p problem) { // several kinds go this way
				switch code, _, _ := strings.Cut(p.say, "/"); {
				case code == "no-volume" && p.key != "" && k.endsAt(p) && (c.isElsewhere(p.at) || p.isNull() && c.isOurs(p.at.dims)):
				case code == "no-volume", code == "null-group":
					once(&d.doubts, p.finding())
				default:
					once(&d.findings, p.finding())
				}
			})
		}
	}
	if d.places == 0 && len(d.doubts) == 0 {
		d.doubts = append(d.doubts, problem{"no-volume/none", c.root, ""}.finding())
	}
	return d
}

// once adds a finding that is not among some yet.
func once(findings *diag.Findings, f diag.Finding) {
	if !slices.ContainsFunc(*findings, func(has diag.Finding) bool { return has.String() == f.String() }) {
		*findings = append(*findings, f)
	}
}

// claim applies one kind's rules to one place; nil when none matches or the one
// that does leaves the volume as it is.
func (e *expansion) claim(c cluster, k *kind, at place) (*claim, *diag.Finding) {
	if c.isPatch {
		return e.patched(k, at)
	}
	if at.node.Kind() == yamledit.Null && !(k.isOfGroup() && c.isOurs(at.dims)) {
		return nil, nil
	}
	region := c.region(at.dims, k.isOfGroup())
	dims := at.dims
	if region != "" {
		dims = map[string]string{"region": region}
		for name, value := range at.dims {
			dims[name] = value
		}
	}
	for _, r := range k.Rules {
		if r.matches(dims) {
			e.use(r)
		}
	}
	r := k.decide(dims)
	if r == nil || len(r.Set) == 0 && len(r.Unset) == 0 {
		return nil, nil
	}
	next := &claim{by: e, kind: k, rule: r, place: at, region: region}
	set, known := e.entries(r, region)
	if known != nil {
		problem := next.noKey(c.regions(), region, known)
		return nil, &problem
	}
	next.set, next.gone = set, r.Unset
	if problem := next.spell(); problem != nil {
		return nil, problem
	}
	return next, nil
}

// use notes that the override of a rule is about some place.
func (e *expansion) use(r *rule) {
	if r.Override != nil {
		e.used[*r.Override].Store(true)
	}
}

// spell gives the claim's fields the spelling that they have in its mapping, where any
// will do. Two spellings of one are refused: which of them counts is chance.
func (c *claim) spell() *diag.Finding {
	if !c.kind.AnyCase {
		return nil
	}
	names := map[string]string{}
	for key := range c.target().Entries() {
		folded := strings.ToLower(key.Text())
		if first, twice := names[folded]; twice && c.isAbout(folded) {
			f := c.say("duplicate-key/case", map[string]string{"first": first, "second": key.Text()})
			f.Position = key.Position()
			return &f
		}
		names[folded] = key.Text()
	}
	name := func(field string) string { return cmp.Or(names[strings.ToLower(field)], field) }
	c.set, c.gone = slices.Clone(c.set), slices.Clone(c.gone)
	for i := range c.set {
		c.set[i].Key = name(c.set[i].Key)
	}
	for i := range c.gone {
		c.gone[i] = name(c.gone[i])
	}
	return nil
}

// misspelt tells of keys on the way to the claim's fields, and of fields, that are nearly
// called so.
func (c *claim) misspelt(wrong func(problem)) {
	at := place{node: c.place.node, field: c.place.field}
	for _, key := range c.kind.At {
		misspelt(at, key, wrong)
		at = place{node: at.node.Get(key), field: at.field.Key(key)}
	}
	for _, key := range slices.Concat(c.gone, fieldsOf(c.set)) {
		for _, miss := range nearMisses(at.node, key, c.kind.AnyCase) {
			wrong(problem{"near-miss", place{node: miss, field: at.field.Key(miss.Text())}, key})
		}
	}
}

func fieldsOf(entries []yamledit.Entry) []string {
	var fields []string
	for _, e := range entries {
		fields = append(fields, e.Key)
	}
	return fields
}

func (c *claim) isAbout(folded string) bool {
	return slices.ContainsFunc(c.set, func(e yamledit.Entry) bool { return strings.EqualFold(e.Key, folded) }) ||
		slices.ContainsFunc(c.gone, func(key string) bool { return strings.EqualFold(key, folded) })
}

// noKey says that a key by region has none for a place: the regions of the cluster
// it is in, the region of the place, and those that there is a key for.
func (c claim) noKey(shared []string, region string, known []string) diag.Finding {
	values := map[string]string{"known": strings.Join(known, ", "), "region": region, "shared": strings.Join(shared, ", "), "volume": c.kind.Volume}
	switch {
	case !c.kind.isOfGroup() && len(shared) > 1:
		return c.say("region-unknown/shared", values)
	case region == "":
		return c.say("region-unknown", values)
	}
	return c.say("key-region", values)
}

// looks gives what the library's looks at claims find.
func (c claim) looks(in *cluster) diag.Findings {
	var findings diag.Findings
	rows := looks().Claimed
	for i := range rows {
		sets := func(e yamledit.Entry) bool { return e.Key == rows[i].Sets }
		if slices.Contains(rows[i].Volumes, c.kind.Volume) && slices.ContainsFunc(c.set, sets) {
			findings = append(findings, c.by.about(&rows[i], in, c.place)...)
		}
	}
	return findings
}

// say words a finding about the claim's mapping.
func (c claim) say(name string, values map[string]string) diag.Finding {
	f := kublrencryption.Say(name, c.field(), values)
	f.Position = c.position()
	return f
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
	return slices.Equal(c.set, o.set) && slices.Equal(c.gone, o.gone)
}

func (c claim) disagreement(o claim) diag.Finding {
	_, field := c.by.origin(c.rule)
	position, otherField := o.by.origin(o.rule)
	f := claimedTwice.Finding(position, otherField,
		fmt.Sprintf("wants %s of %s, but %s: %s wants %s", o.wants(), c.field(), c.by.intent.file, field, c.wants()),
		"let one of the two intents leave it out, with clusters, volumes or an override with mode: ignore")
	f.File = o.by.intent.file
	return f
}

// origin gives the part of the intent a rule came from.
func (e *expansion) origin(r *rule) (diag.Position, diag.Field) {
	if r.Override != nil {
		return e.intent.place(diag.Keys("spec", "overrides").At(*r.Override))
	}
	return e.intent.place(diag.Keys("spec", "key"))
}

// wants spells what a claim sets: encrypted: true, no kmsKeyId.
func (c claim) wants() string {
	var parts []string
	for _, entry := range c.set {
		text, isText := entry.Value.(string)
		if text = spellText(text); !isText {
			text = fmt.Sprint(entry.Value)
		}
		parts = append(parts, entry.Key+": "+text)
	}
	for _, key := range c.gone {
		parts = append(parts, "no "+key)
	}
	return strings.Join(parts, ", ")
}

// unset gives the fields that are to go. One that is null may stay: that is how
// Kublr writes a field that is not set.
func (c claim) unset() []string {
	var some []string
	for _, key := range c.gone {
		if !isNothing(c.target().Get(key)) {
			some = append(some, key)
		}
	}
	return some
}

func (c claim) want() yamledit.Want {
	return yamledit.Want{In: c.place.node, At: c.kind.At, Set: c.set, Unset: c.unset()}
}
