package yamledit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"golang.org/x/tools/txtar"
)

// seeds gives every YAML text of the cases, and the generator's and the golden
// cases' specs.
func seeds(f *testing.F) [][]byte {
	f.Helper()
	var all [][]byte
	for _, pattern := range []string{"testdata/*.yaml", "../golden/*/intent.yaml", "../golden/*/in/*.yaml", "../golden/*/in/*.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			all = append(all, src)
		}
	}
	names, err := filepath.Glob("testdata/edit/*.txtar")
	if err != nil || len(names) == 0 {
		f.Fatal("no cases", err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			all = append(all, file.Data)
		}
	}
	return all
}

// FuzzParse holds that what is parsed is what a decoder reads.
func FuzzParse(f *testing.F) {
	for _, src := range seeds(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := Parse(src, diag.Position{})
		var refused diag.Findings
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("an error of another type: %v", err)
		}
		if err != nil {
			if e := refused[0]; len(refused) > 1 || e.Position.Line < 1 || e.Position.Byte > len(src) || e.Code == "" || e.Message == "" {
				t.Fatalf("an error without a place, a code or a message: %+v", refused)
			}
			return
		}
		want, err := decode(src)
		if d.unusual || d.root == 0 { // read with the decoder too before anything is edited, or nothing to edit
			return
		}
		if err != nil {
			t.Fatalf("accepted, but a decoder says: %v", err)
		}
		if got := d.Root().Value(); !sameValue(got, want) {
			t.Fatalf("read  %#v\nwhere a decoder reads\n%#v", got, want)
		}
	})
}

// FuzzSplit holds that the chunks of a stream are the stream, whatever pieces it
// arrives in, and that their places are right.
func FuzzSplit(f *testing.F) {
	for _, src := range seeds(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var joined []byte
		s := NewSplitter(&slowReader{src})
		for {
			chunk, err := s.Next()
			if err != nil {
				break
			}
			if want := bytes.Count(joined, []byte("\n")) + 1; chunk.Start.Byte != len(joined) || chunk.Start.Line != want || len(chunk.Bytes) == 0 {
				t.Fatalf("a chunk of %d bytes at %+v after %d bytes", len(chunk.Bytes), chunk.Start, len(joined))
			}
			joined = append(joined, chunk.Bytes...)
		}
		if !bytes.Equal(joined, src) {
			t.Fatalf("%q came back as %q", src, joined)
		}
	})
}

// A slowReader gives seven bytes at a time.
type slowReader struct{ rest []byte }

func (r *slowReader) Read(b []byte) (int, error) {
	n, err := bytes.NewReader(r.rest).Read(b[:min(7, len(b))])
	r.rest = r.rest[n:]
	return n, err
}

// FuzzEdit holds the laws of an edit, for edits of places that are picked by a
// number: what a decoder reads afterwards is what it read before plus the edits,
// only lines of edited entries change, and a second time nothing changes.
func FuzzEdit(f *testing.F) {
	for i, src := range seeds(f) {
		f.Add(src, uint64(i))
		f.Add(src, uint64(i)+1000)
	}
	f.Fuzz(func(t *testing.T, src []byte, seed uint64) { checkEdit(t, src, seed) })
}

// checkEdit holds the laws of an edit of places that a number picks, and tells whether
// there was one.
func checkEdit(t *testing.T, src []byte, seed uint64) bool {
	t.Helper()
	d, err := Parse(src, diag.Position{})
	if err != nil {
		return false
	}
	isLong := func(word []byte) bool { return len(word) > maxKey/2 } // and may become a key that is too long
	if d.root == 0 || slices.ContainsFunc(bytes.Fields(src), isLong) {
		return false
	}
	picked := pick(d, rand.New(rand.NewPCG(seed, 0)))
	for _, p := range picked {
		t.Logf("at %q: %q: set %q, unset %q, append %q", p.steps, p.edit.At, p.edit.Set, p.edit.Unset, p.edit.Append)
	}
	r, err := d.Apply(at(d, picked))
	if err != nil {
		checkRefusal(t, d, picked, err)
		return false
	}
	if len(r.Splices) == 0 || len(r.Changes) == 0 {
		if !bytes.Equal(r.Text, src) || len(r.Splices)+len(r.Changes) > 0 {
			t.Fatalf("%d changes, %d splices, and\n%s\nbecame\n%s", len(r.Changes), len(r.Splices), src, r.Text)
		}
		return false
	}
	got, err := decode(r.Text)
	if err != nil {
		t.Fatalf("after\n%s\na decoder says %v of\n%s", src, err, r.Text)
	}
	draft := draft{doc: d}
	for _, e := range at(d, picked) {
		draft.take(e)
	}
	draft.prune()
	want := draft.value(d.Root())
	if areApart(picked) { // others may contradict each other
		want = d.Root().Value()
		for _, p := range picked {
			want = p.apply(want, p.steps)
		}
		want = inPlace(d, draft, want)
	}
	if !sameValue(got, want) {
		t.Fatalf("%s\nbecame\n%s\nwhich reads\n%#v\nand should\n%#v", src, r.Text, got, want)
	}
	again, err := Parse(r.Text, diag.Position{})
	if err != nil {
		t.Fatalf("%s\nbecame\n%s\nof which the parser says %v", src, r.Text, err)
	}
	if areApart(picked) {
		if twice, err := again.Apply(at(again, picked)); err != nil || !bytes.Equal(twice.Text, r.Text) {
			t.Fatalf("%s\nbecame\n%s\nand then, with error %v,\n%s", src, r.Text, err, twice.Text)
		}
	}
	d.src = bytes.Clone(d.src)
	checkSplices(t, draft, r.Splices)
	return true
}

// areApart tells whether no edit is about what another is about too.
func areApart(all []picked) bool {
	for i, p := range all {
		for _, q := range all[:i] {
			if strings.HasPrefix(p.place(), q.place()) || strings.HasPrefix(q.place(), p.place()) {
				return false
			}
		}
	}
	return true
}

func (p picked) place() (text string) {
	for _, step := range p.steps {
		text += fmt.Sprintf("/%v", step)
	}
	for _, key := range p.edit.At {
		text += "/" + key
	}
	return text
}

// inPlace moves what was appended to a list before its last element, where that has
// to stay the last.
func inPlace(d *Document, f draft, v any) any {
	for id, added := range f.longer {
		if d.openEnd(id) {
			list := valueAt(v, d.node(id).Field()).([]any)
			n := len(list) - len(added)
			last := list[n-1]
			copy(list[n-1:], list[n:])
			list[len(list)-1] = last
		}
	}
	return v
}

// checkRefusal holds that refusals have a place, and that only text written in an
// unusual way is refused because its outcome could not be verified.
func checkRefusal(t *testing.T, d *Document, all []picked, err error) {
	t.Helper()
	var refused diag.Findings
	if !errors.As(err, &refused) {
		t.Fatalf("internal error: %v", err)
	}
	for _, e := range refused {
		if e.Position.Line < 1 || e.Code == "" {
			t.Fatalf("a refusal without a place: %#v", e)
		}
		// A block scalar that comes to stand at the end of a text without a line end would
		// change, and so would one that comes to stand above a comment.
		isOpen := !bytes.HasSuffix(d.src, []byte("\n")) || bytes.ContainsAny(d.src, "|>") && slices.ContainsFunc(all, func(p picked) bool { return p.edit.Unset != nil })
		if !d.unusual && !isOpen && e.Message == d.unverified(d.root).Message {
			t.Fatal(err)
		}
	}
}

// checkSplices holds that what is taken out belongs to edited entries: their
// keys and values, the blanks and the comment on their lines, and in a flow
// mapping the comma beside them.
func checkSplices(t *testing.T, f draft, splices []diag.Splice) {
	t.Helper()
	d := f.doc
	edited := maps.Clone(f.removed)
	for v := range f.replaced {
		edited = put(edited, v, true)
	}
	for _, s := range splices {
		taken := d.src[s.Start:s.End]
		for v := range edited {
			start, end := int(d.nodes[v].start), int(d.nodes[v].end)
			if k := d.nodes[v].key; k > 0 && f.removed[v] {
				start, end = d.begin(k), d.lineEnd(end)
			} else if d.nodes[v].style == block {
				end = d.entriesEnd(v)
				if k > 0 {
					start = int(d.nodes[k].end)
				}
			}
			if q, ok := d.props[v]; ok && q.tagEnd != 0 {
				start = min(start, int(q.tag))
			}
			for i := range taken {
				if at := s.Start + i; at >= start && at < end {
					taken[i] = ' '
				}
			}
		}
		if rest := bytes.Trim(taken, " \t\r\n,"); len(rest) > 0 {
			t.Fatalf("took out %q too", rest)
		}
	}
}

// A picked edit knows its place by the steps to it, so that it can be found again.
type picked struct {
	steps  []any
	id     int32
	isList bool
	edit   Want
}

func pick(d *Document, r *rand.Rand) []picked {
	var all []picked
	var keys []string
	var visit func(n Node, steps []any)
	visit = func(n Node, steps []any) {
		switch n.Kind() {
		case Mapping:
			all = append(all, picked{steps: steps, id: n.followed().id})
			for k, v := range n.Entries() {
				if len(k.Text()) < 100 { // YAML has no long keys
					keys = append(keys, k.Text())
				}
				visit(v, append(steps[:len(steps):len(steps)], k.Text()))
			}
		case Sequence:
			all = append(all, picked{steps: steps, id: n.followed().id, isList: true})
			for i, e := range n.Elements() {
				visit(e, append(steps[:len(steps):len(steps)], i))
			}
		case Null:
			all = append(all, picked{steps: steps, id: n.followed().id, isList: len(all)%2 == 0})
		}
	}
	visit(d.Root(), nil)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	every := slices.Clone(all)
	all = all[:min(len(all), 1+r.IntN(3))]
	keys = append(keys, "rootVolume", "encrypted", "kmsKeyId", "yes", "a b", "{", "", "a: b")
	key := func() string { return keys[r.IntN(len(keys))] }
	values := []any{true, false, "true", "alias/kublr-ebs", "", "a: b", "#x", "a #b", "a,b", "no", "1e5", "it's", "two\nlines", "*x", "ä\u2028", " a ", "---", "2026-01-01",
		nil, 0, -17, 1.5, 1e100, "1\n2\n", "a: 1\nb", "one\n\n  two\n", " x\ny\n", "x\n\n", "\ufeff", "\x7f", "tab\there\nand\there", []any{}, map[string]any{},
		[]any{1, "two", nil, []any{true}}, map[string]any{"x": 1, "y": []any{"z\nz\n"}}, []any{map[string]any{"name": "n", "value": "a\nb\n"}}, json.RawMessage(`{"a": [1, "\u2028", "\u0001"]}`)}
	for i := range all {
		e := &all[i].edit
		if all[i].isList {
			for range 1 + r.IntN(2) {
				e.Append = append(e.Append, values[r.IntN(len(values))])
			}
			continue
		}
		for range r.IntN(3) {
			e.At = append(e.At, key())
		}
		used := map[string]bool{}
		for range r.IntN(3) {
			if k := key(); !used[k] {
				used[k] = true
				e.Set = append(e.Set, Entry{Key: k, Value: values[r.IntN(len(values))]})
			}
		}
		for range r.IntN(2) {
			if k := key(); !used[k] {
				used[k] = true
				e.Unset = append(e.Unset, k)
			}
		}
	}
	if r.IntN(2) == 0 && len(every) < 1000 { // all that share a value want the same
		for _, p := range all {
			for _, other := range every {
				if other.id == p.id && other.place() != (picked{steps: p.steps}).place() {
					all = append(all, picked{steps: other.steps, id: p.id, isList: p.isList, edit: p.edit})
				}
			}
		}
	}
	return all
}

// apply does to a decoded value what the edit does to its text.
func (p picked) apply(v any, steps []any) any {
	if len(steps) > 0 {
		switch step := steps[0].(type) {
		case string:
			if m, ok := v.(map[string]any); ok {
				if below, ok := m[step]; ok {
					m[step] = p.apply(below, steps[1:])
				}
			}
		case int:
			if list, ok := v.([]any); ok && step < len(list) {
				list[step] = p.apply(list[step], steps[1:])
			}
		}
		return v
	}
	return p.edit.apply(v, p.edit.At)
}

// asDecoded gives a wanted value as a decoder gives it.
func asDecoded(v any) any {
	if raw, ok := v.(json.RawMessage); ok {
		json.Unmarshal(raw, &v)
	}
	return v
}

func (e Want) apply(v any, at []string) any {
	if list, isList := v.([]any); e.Append != nil && len(at) == 0 && (isList || v == nil) {
		for _, one := range e.Append {
			if !slices.ContainsFunc(list, func(v any) bool { return sameValue(v, asDecoded(one)) }) {
				list = append(list, asDecoded(one))
			}
		}
		return list
	}
	m, isMapping := v.(map[string]any)
	if !isMapping && (v != nil || len(e.Set) == 0) {
		return v
	}
	if !isMapping {
		m = map[string]any{}
	}
	if len(at) > 0 {
		below, ok := m[at[0]]
		if ok || len(e.Set) > 0 {
			m[at[0]] = e.apply(below, at[1:])
		}
		return m
	}
	for _, entry := range e.Set {
		m[entry.Key] = asDecoded(entry.Value)
	}
	for _, key := range e.Unset {
		delete(m, key)
	}
	return m
}

// at gives the edits in a document.
func at(d *Document, all []picked) []Want {
	var edits []Want
	for _, p := range all {
		n := d.Root()
		for _, step := range p.steps {
			switch step := step.(type) {
			case string:
				n = n.Get(step)
			case int:
				n = n.Index(step)
			}
		}
		p.edit.In = n
		edits = append(edits, p.edit)
	}
	return edits
}
