package yamledit

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// prove shows, where aliases share what is drafted, that the draft makes of every
// place what the wants ask for there. It sets the wanted values in a decoded document, in which
// nothing is shared, and compares that with what the draft decodes to.
func (f *draft) prove(wants []Want) diag.Findings {
	d := f.doc
	if !f.isShared {
		return nil
	}
	want, got := d.Root().Value(), f.value(d.Root())
	for _, w := range wants {
		if w, _ := f.understood(w); !f.goes(w.In) {
			want = w.carriedOut(want, w.In.Field().Key(w.At...))
		}
	}
	if sameValue(want, got) {
		return nil
	}
	var refused refusals
	others := map[int32][]int32{}
	for _, w := range wants {
		refused.add(f.sharing(w, want, got, others))
	}
	if refused.all == nil {
		refused.add(d.refuse(d.root, codeAnchor, "shares values through anchors that not all places want to be edited alike", "write the values out"))
	}
	return refused.all
}

// goes tells whether a node stands in what goes.
func (f *draft) goes(n Node) bool {
	for ; n.id != 0; n = n.up() {
		if f.removed[n.id] {
			return true
		}
	}
	return false
}

// carriedOut does to a decoded value, at a field of it, what is wanted there.
func (w Want) carriedOut(v any, field diag.Field) any {
	creates := len(w.Set)+len(w.Append) > 0
	if len(field) == 0 {
		if len(w.Append) > 0 {
			return w.withElements(v)
		}
		return w.withKeys(v)
	}
	if i, isIndex := field[0].Index(); isIndex {
		if list, ok := v.([]any); ok && i < len(list) {
			list[i] = w.carriedOut(list[i], field[1:])
		}
		return v
	}
	key, _ := field[0].Key()
	m, isMapping := v.(map[string]any)
	if !isMapping {
		if v != nil || !creates {
			return v
		}
		m = map[string]any{}
	}
	if below, there := m[key]; there || creates {
		m[key] = w.carriedOut(below, field[1:])
	}
	return m
}

func (w Want) withKeys(v any) any {
	m, isMapping := v.(map[string]any)
	if !isMapping {
		if v != nil || len(w.Set) == 0 {
			return v
		}
		m = map[string]any{}
	}
	for _, e := range w.Set {
		m[e.Key] = decoded(e.Value)
	}
	for _, key := range w.Unset {
		delete(m, key)
	}
	return m
}

func (w Want) withElements(v any) any {
	list, _ := v.([]any)
	if list == nil && v != nil {
		return v
	}
	for _, a := range w.Append {
		if !slices.ContainsFunc(list, func(e any) bool { return sameValue(e, decoded(a)) }) {
			list = append(list, decoded(a))
		}
	}
	return list
}

// sharing refuses a want for another place that shares what it edits and would
// come out otherwise than is wanted there. It notes in others which these are, for each
// anchored node.
func (f *draft) sharing(w Want, want, got any, others map[int32][]int32) *diag.Finding {
	d := f.doc
	for _, n := range w.way() {
		anchored := d.follow(n.id)
		if d.nodes[anchored].flags&isAliased == 0 {
			continue
		}
		users, known := others[anchored]
		if !known {
			for _, user := range append([]int32{anchored}, d.aliases...) {
				if d.follow(user) != anchored {
					continue
				}
				if field := d.node(user).Field(); !sameValue(valueAt(want, field), valueAt(got, field)) {
					users = append(users, user)
				}
			}
			others[anchored] = users
		}
		for _, user := range users {
			if user != n.id {
				return d.sharedWith(n, user)
			}
		}
	}
	return nil
}

// way gives the nodes that lead to what is wanted: from In up, then down to the
// values. What was reached through an alias is the alias.
func (w Want) way() []Node {
	var all []Node
	for n := w.In; n.id != 0; n = n.up() {
		if above := n.up(); above.id != 0 && above.followed() == n { // n is what the alias above stands for
			continue
		}
		all = append(all, n)
	}
	n := w.In
	for _, key := range w.At {
		if n = n.Get(key); n.id != 0 {
			all = append(all, n)
		}
	}
	for _, e := range w.Set {
		if v := n.Get(e.Key); v.id != 0 {
			all = append(all, v)
		}
	}
	return all
}

// valueAt gives what stands at a field of a decoded value; nil for nothing.
func valueAt(v any, field diag.Field) any {
	for _, step := range field {
		if i, isIndex := step.Index(); isIndex {
			list, _ := v.([]any)
			if i >= len(list) {
				return nil
			}
			v = list[i]
			continue
		}
		key, _ := step.Key()
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}
