package yamledit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"
)

// What is new in a document: nil, a bool, an int, a float64, a string, spelt, a list
// ([]any) of these, or a *growth, which is a mapping that keeps its order.

// A growth is a mapping's new entries, in order.
type growth struct{ cells []*cell }

// A cell holds what is new under a key, or in place of what stood somewhere.
type cell struct {
	key   string
	value any
}

// spelt is a value that comes with its text, JSON on one line.
type spelt struct {
	text  string
	value any // in the form of Node.Value
}

// asNew takes a value that a caller wants. The problem, if any, says why no text
// can hold it.
func asNew(v any) (value any, problem string) {
	switch v := v.(type) {
	case nil, bool, int:
		return v, ""
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, "is no finite number"
		}
		return v, ""
	case string:
		if !utf8.ValidString(v) {
			return nil, "is not UTF-8"
		}
		return v, ""
	case json.RawMessage:
		return asSpelt(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			if list[i], problem = asNew(v[i]); problem != "" {
				return nil, problem
			}
		}
		return list, ""
	case map[string]any:
		var entries []Entry
		for _, key := range slices.Sorted(maps.Keys(v)) {
			entries = append(entries, Entry{key, v[key]})
		}
		return asGrowth(entries)
	case []Entry:
		return asGrowth(v)
	}
	return nil, fmt.Sprintf("is a %T, which YAML has no form for", v)
}

func asGrowth(entries []Entry) (value any, problem string) {
	g := &growth{}
	for _, e := range entries {
		if problem := badKey(e.Key); problem != "" {
			return nil, problem
		}
		if g.cell(e.Key) != nil {
			return nil, "has the key " + named(e.Key) + " twice"
		}
		v, problem := asNew(e.Value)
		if problem != "" {
			return nil, problem
		}
		g.cells = append(g.cells, &cell{e.Key, v})
	}
	return g, ""
}

// badKey says why a key cannot be written: "" when it can.
func badKey(key string) string {
	switch {
	case !utf8.ValidString(key):
		return "has a key that is not UTF-8"
	case len(quotedJSON(key)) > maxKey:
		return "has a key of more than 1024 bytes"
	}
	return ""
}

func asSpelt(text json.RawMessage) (value any, problem string) {
	var b bytes.Buffer
	var v any
	if json.Compact(&b, text) != nil || !utf8.Valid(text) || json.Unmarshal(text, &v) != nil {
		return nil, "is not JSON"
	}
	return spelt{withEscapes(b.String()), v}, ""
}

// cell gives the entry under a key; nil for none.
func (g *growth) cell(key string) *cell {
	if g != nil {
		for _, c := range g.cells {
			if c.key == key {
				return c
			}
		}
	}
	return nil
}

// put gives the entry under a key, which is made when it is not there.
func (g *growth) put(key string) *cell {
	c := g.cell(key)
	if c == nil {
		c = &cell{key: key}
		g.cells = append(g.cells, c)
	}
	return c
}

func (g *growth) remove(key string) {
	g.cells = slices.DeleteFunc(g.cells, func(c *cell) bool { return c.key == key })
}

// into adds the new entries to a decoded mapping.
func (g *growth) into(m map[string]any) map[string]any {
	if g != nil {
		for _, c := range g.cells {
			m[c.key] = decoded(c.value)
		}
	}
	return m
}

// decoded gives what is new in the form of Node.Value.
func decoded(v any) any {
	switch v := v.(type) {
	case *growth:
		return v.into(map[string]any{})
	case spelt:
		return v.value
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = decoded(v[i])
		}
		return list
	}
	return v
}

// kindOf tells what a new value is.
func kindOf(v any) Kind {
	switch v := v.(type) {
	case nil:
		return Null
	case *growth, map[string]any:
		return Mapping
	case []any:
		return Sequence
	case spelt:
		return kindOf(v.value)
	}
	return Scalar
}

// sameValue compares two decoded values. Numbers are the same when they are equal,
// so that 1 is 1.0; NaN is NaN.
func sameValue(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !sameValue(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameValue)
	}
	x, isNumber := number(a)
	y, isAlso := number(b)
	if isNumber && isAlso {
		return a == b || x == y && (isFloat(a) || isFloat(b)) || x != x && y != y
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}

func number(v any) (f float64, ok bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func isFloat(v any) bool { _, ok := v.(float64); return ok }

// isValue tells whether a node reads as a decoded value, without decoding more of
// it than that takes.
func (n Node) isValue(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if n.Kind() != Mapping {
			return false
		}
		count := 0
		for key, value := range n.Entries() {
			w, ok := v[key.Text()]
			if count++; !ok || !value.isValue(w) {
				return false
			}
		}
		return count == len(v)
	case []any:
		if n.Kind() != Sequence {
			return false
		}
		count := 0
		for i, e := range n.Elements() {
			if count++; i >= len(v) || !e.isValue(v[i]) {
				return false
			}
		}
		return count == len(v)
	case nil:
		return n.Kind() == Null
	}
	return n.Kind() == Scalar && sameValue(n.Value(), v)
}
