package policy_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// TestMends holds that what a person is told to change in a statement does it: made
// by a program, the request that was denied is allowed, and nobody else gets in.
func TestMends(t *testing.T) {
	target := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}, Kublr: "arn:aws:iam::111122223333:user/kublr"}
	sources := policies(t)
	broken := len(sources)
	for _, a := range attacks(t) {
		sources = append(sources, a.source)
	}
	seen, mended := map[string]bool{}, map[string]int{}
	for n, source := range sources {
		d, _ := policy.Parse(source)
		if d == nil {
			continue
		}
		before := check(t, d, target)
		for _, v := range before {
			for _, w := range v.Wrong {
				var document map[string]any
				if err := json.Unmarshal(source, &document); err != nil {
					t.Fatal(err)
				}
				how := policy.MendsOf(w.Decision)
				if v.Risk || len(how) == 0 || !change(document, how) {
					continue
				}
				text, err := json.Marshal(document)
				if err != nil {
					t.Fatal(err)
				}
				after, findings := policy.Parse(text)
				if after == nil {
					t.Fatalf("%s: %v in\n%s", v.ID, findings, text)
				}
				if n < broken && !seen[string(text)] {
					seen[string(text)] = true
					for i, then := range check(t, after, target) {
						if before[i].IsWell() && !then.IsWell() && (then.Risk || before[i].ID == v.ID) {
							t.Fatalf("%s opens %s: %+v in\n%s", v.ID, then.ID, how, text)
						}
					}
				}
				got := policy.Evaluate(after, w.Request)
				if got.Basis == policy.Denied && w.Decision.Basis != policy.Denied {
					continue
				}
				if !got.Allowed && (w.Decision.Basis != policy.Denied || got.Basis == policy.Denied) {
					t.Fatalf("%s: %s\nis %s\nafter %+v, in\n%s", v.ID, w.Request, got, how, text)
				}
				for _, m := range how {
					mended[m.Do]++
				}
			}
		}
	}
	for _, do := range []string{"put", "take out", "write", "drop"} {
		if mended[do] == 0 {
			t.Errorf("nothing is mended by %s: %v", do, mended)
		}
	}
}

// change makes mends; it tells whether a program can.
func change(document map[string]any, how []policy.Mend) bool {
	for _, m := range how {
		if m.Do == "tell" {
			return false
		}
		list := many(document["Statement"])
		at, ok := list[m.Statement].(map[string]any)
		if !ok {
			return false
		}
		for _, name := range m.Path[:len(m.Path)-1] {
			if _, ok := at[name].(map[string]any); !ok {
				at[name] = map[string]any{}
			}
			at = at[name].(map[string]any)
		}
		last := m.Path[len(m.Path)-1]
		switch m.Do {
		case "put":
			at[last] = append(slices.Clone(many(at[last])), m.Text)
		case "take out":
			at[last] = slices.DeleteFunc(slices.Clone(many(at[last])), func(v any) bool { return v == m.Text })
		case "write":
			at[last] = m.Text
		case "drop":
			delete(at, last)
		}
	}
	return true
}

// many gives a list, of one where there is none.
func many(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
