package generator

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kublr-encryption/kublr-encryption/diag"
	kublrencryption "github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A look is a row that says what makes a cluster wrong, whatever its volumes are.
// The jsonnet library has the rows, and docs/rules.md says what they mean; this
// file and the library's lib/looks.libsonnet fold them.
type look struct {
	Say    string // a wording's name
	From   string // a place of the cluster; "" for the cluster itself
	Below  []string
	In     []step
	If     []test
	At     []string
	Show   []string              // below At, where the finding stands in the text
	Values map[string][][]string // by name, where a text may stand: the first that is there

	Volumes []string // of a look at claims
	Sets    string
}

// A test is a condition on what stands at some keys of a mapping. All that is given
// must hold.
type test struct {
	At                  []string
	IsMapping, IsThere  bool
	Is, Not, Has        []string
	IsString, InAnyCase bool
	Unlike              string
	Leads               *bool
	OfCluster           bool // At begins at the cluster
	Before              []int
	KeyInAnyCase        bool // the last key is the same in any case, and may not be there twice
}

// looks are the library's rows.
var looks = sync.OnceValue(func() (all struct {
	Unrendered, Conflicts, Claimed, Uncovered, Classes []look
}) {
	if err := json.Unmarshal(kublrencryption.Looks(), &all); err != nil {
		panic(err) // it is embedded, and every test reads it
	}
	return all
})

// storageWords are words of which one stands in each text, escapes aside, that a look at
// storage finds something in.
var storageWords = sync.OnceValue(func() (all []string) {
	for _, l := range looks().Uncovered {
		all = append(all, l.words()...)
	}
	return all
})

// words gives words of which one stands in each text that the look finds something in: a
// value that has one spelling, else a key on the way.
func (l *look) words() []string {
	if len(l.In) > 0 {
		return []string{l.In[0].Key}
	}
	for _, t := range l.If {
		if t.Is != nil && !t.InAnyCase && !slices.ContainsFunc(t.Is, hasSpellings) {
			return t.Is
		}
	}
	return l.If[0].At[:1]
}

// hasSpellings tells of a text whether YAML has others for it, as it has for true.
func hasSpellings(s string) bool {
	doc, err := yamledit.Parse([]byte(s), diag.Position{})
	return err != nil || doc.Root().Value() != s
}

// fold gives what some looks find in a cluster. Looks in a row that begin at the
// same place go there together.
func (e *expansion) fold(rows []look, c *cluster) diag.Findings {
	var findings diag.Findings
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(l look) bool { return l.From != rows[0].From || !slices.Equal(l.Below, rows[0].Below) })
		if n < 0 {
			n = len(rows)
		}
		together := rows[:n]
		each := func(at place) {
			for i := range together {
				findings = append(findings, e.look(&together[i], c, at)...)
			}
		}
		if below := rows[0].Below; below != nil {
			mappings(place{node: c.root.node.Lookup(below...), field: diag.Keys(below...)}, each)
		} else {
			walk(c.root, shapeOf().Places[rows[0].From], each, nil)
		}
		rows = rows[n:]
	}
	return findings
}

// look gives what a look finds from a place on.
func (e *expansion) look(l *look, c *cluster, from place) diag.Findings {
	if len(l.In) == 0 {
		return e.about(l, c, from)
	}
	var findings diag.Findings
	walk(from, l.In, func(at place) { findings = append(findings, e.about(l, c, at)...) }, nil)
	return findings
}

// about gives what a look finds in a mapping: where it asks for a name that stands there
// in several spellings, only that.
func (e *expansion) about(l *look, c *cluster, at place) (findings diag.Findings) {
	var isOpen bool
	for i := range l.If {
		switch t := &l.If[i]; {
		case t.KeyInAnyCase:
			if f, ok := t.twice(at); ok {
				findings = append(findings, f)
			}
			isOpen = isOpen || !e.holds(t, c, at.node)
		case !e.holds(t, c, at.node):
			return nil
		}
	}
	if isOpen || len(findings) > 0 {
		return findings
	}
	n := at.node.Lookup(l.At...)
	values := map[string]string{"it": text(n), "account": e.Account, "regions": strings.Join(e.Regions, ", ")}
	for name, ways := range l.Values {
		for _, keys := range ways {
			values[name] = cmp.Or(values[name], text(at.node.Lookup(keys...)))
		}
	}
	f := kublrencryption.Say(l.Say, at.field.Key(l.At...), values)
	if n = n.Lookup(l.Show...); n.Kind() != yamledit.Scalar {
		n = keyOf(n)
	}
	f.Position = n.Position()
	return diag.Findings{f}
}

func (e *expansion) holds(t *test, c *cluster, in yamledit.Node) bool {
	if t.OfCluster {
		in = c.root.node
	}
	n := in.Lookup(t.At...)
	if t.KeyInAnyCase {
		if keys := t.spellings(in); len(keys) > 0 {
			n = in.Lookup(t.above()...).Get(keys[0].Text())
		}
	}
	s := text(n)
	if t.IsString {
		s, _ = n.Value().(string)
	}
	if t.InAnyCase {
		s = strings.ToLower(s)
	}
	return (!t.IsMapping || n.Kind() == yamledit.Mapping) &&
		(!t.IsThere || n.Kind() != yamledit.None) &&
		(t.Is == nil || slices.Contains(t.Is, s)) &&
		!slices.Contains(t.Not, s) &&
		(t.Has == nil || slices.ContainsFunc(t.Has, func(part string) bool { return strings.Contains(s, part) })) &&
		(t.Unlike == "" || e.unlike(t.Unlike, s)) &&
		(t.Leads == nil || c.leads(s) == *t.Leads) &&
		(t.Before == nil || isBefore(s, t.Before))
}

// isBefore tells whether a text has a version, and one before another. It stands between
// dashes of the last part of a path: kublr-1.8.0-linux.tar.gz, or 1.20.2-37.
func isBefore(s string, limit []int) bool {
	for _, part := range strings.Split(s[strings.LastIndexByte(s, '/')+1:], "-") {
		numbers := strings.Split(part, ".")
		if len(numbers) < len(limit) {
			continue
		}
		version := make([]int, len(limit))
		isVersion := true
		for i := range version {
			isVersion = isVersion && numbers[i] != "" && len(numbers[i]) < 10 && strings.Trim(numbers[i], "0123456789") == ""
			version[i], _ = strconv.Atoi(numbers[i])
		}
		if isVersion {
			return slices.Compare(version, limit) < 0
		}
	}
	return false
}

func (t *test) above() []string { return t.At[:len(t.At)-1] }

// spellings gives the keys below a node that are the test's, in any case.
func (t *test) spellings(in yamledit.Node) (keys []yamledit.Node) {
	for key := range in.Lookup(t.above()...).Entries() {
		if strings.EqualFold(key.Text(), last(t.At)) {
			keys = append(keys, key)
		}
	}
	return keys
}

// twice refuses several spellings of one name: which of them counts is chance.
func (t *test) twice(at place) (f diag.Finding, ok bool) {
	keys := t.spellings(at.node)
	if len(keys) < 2 {
		return f, false
	}
	f = kublrencryption.Say("duplicate-key/case", at.field.Key(t.above()...), map[string]string{"first": keys[0].Text(), "second": keys[1].Text()})
	f.Position = keys[1].Position()
	return f, true
}

// unlike tells whether a text is there and none that a field of the plan knows.
func (e *expansion) unlike(field, s string) bool {
	known := map[string][]string{"account": {e.Account}, "regions": e.Regions}[field]
	return s != "" && len(known) > 0 && !slices.Contains(known, s)
}

// leads tells whether a name leads to one of the cluster's locations: none leads to
// the only one.
func (c *cluster) leads(name string) bool {
	if name == "" {
		return len(c.locations) == 1
	}
	return slices.ContainsFunc(c.locations, func(l location) bool { return l.name == name })
}

// mappings visits the mappings at and below a place in order.
func mappings(at place, visit func(place)) {
	switch n := at.node; n.Kind() {
	case yamledit.Mapping:
		visit(at)
		for key, child := range n.Entries() {
			mappings(place{node: child, field: at.field.Key(key.Text())}, visit)
		}
	case yamledit.Sequence:
		for i, child := range n.Elements() {
			mappings(place{node: child, field: at.field.At(i)}, visit)
		}
	}
}
