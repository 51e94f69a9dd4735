package yamledit

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// verify decodes what the draft touched, as other programs will read it, and
// compares it with what should stand there. The rest of the text is the input's.
// A document that is written in an unusual way is decoded whole, before and after.
func (f *draft) verify(out []byte, splices []Splice) *Error {
	d := f.doc
	touched := f.touched()
	if d.unusual || d.aliased != nil || slices.ContainsFunc(touched, func(id int32) bool { return d.nodes[id].col == 0 }) {
		before, err := decode(d.src)
		if err != nil || !sameValue(before, d.Root().Value()) {
			return d.refuse(d.root, "yaml", "the document is read differently by different YAML parsers", "write it in a simpler way")
		}
		after, err := decode(out)
		if err != nil || !sameValue(after, f.value(d.Root())) {
			return d.unverified(d.root)
		}
		return nil
	}
	var text bytes.Buffer
	want := []any{}
	for _, id := range touched {
		start, end := d.extent(id)
		text.WriteString("-\n")
		if !d.opensLine(start) {
			text.WriteString(strings.Repeat(" ", int(d.nodes[id].col)))
		} else {
			start = d.lineStart(start)
		}
		text.Write(out[moved(splices, start, false):moved(splices, end, true)])
		if end < len(d.src) {
			text.WriteString("\n")
		}
		want = append(want, f.value(d.node(id)))
	}
	got, err := decode(text.Bytes())
	if err == nil && sameValue(got, want) {
		return nil
	}
	list, _ := got.([]any)
	for i, id := range touched {
		if i >= len(list) || !sameValue(list[i], want[i]) {
			return d.unverified(id)
		}
	}
	return nil
}

func (d *Document) unverified(id int32) *Error {
	return d.refuse(id, "yaml", "cannot be edited so that every parser reads the outcome as meant", "set the values by hand, or write the mapping in a simpler way")
}

// touched gives the outermost collections in which something changes, in order.
func (f *draft) touched() []int32 {
	d := f.doc
	all := map[int32]bool{}
	for id := range f.grown {
		if d.nodes[id].kind != Mapping {
			id = d.nodes[id].parent
		}
		all[id] = true
	}
	for v := range f.replaced {
		all[d.nodes[v].parent] = true
	}
	for v := range f.removed {
		all[d.nodes[v].parent] = true
	}
	outermost := slices.DeleteFunc(slices.Collect(maps.Keys(all)), func(id int32) bool {
		for up := d.nodes[id].parent; up != 0; up = d.nodes[up].parent {
			if all[up] {
				return true
			}
		}
		return false
	})
	slices.SortFunc(outermost, func(a, b int32) int { return int(d.nodes[a].start - d.nodes[b].start) })
	return outermost
}

// extent gives the span of a collection, in a block with the comments behind it.
func (d *Document) extent(id int32) (start, end int) {
	x := &d.nodes[id]
	if x.style == block {
		if x.kind == Mapping {
			return int(x.start), d.entriesEnd(id)
		}
		return int(x.start), d.lineEnd(int(x.end))
	}
	return int(x.start), int(x.end)
}

// moved gives where an offset lies after the splices; with inclusive, behind
// what is put in at it. What is taken out around it shrinks to its place.
func moved(splices []Splice, at int, inclusive bool) int {
	to := at
	for _, s := range splices {
		switch {
		case s.End < at, s.End == at && (inclusive || s.Start < s.End):
			to += len(s.Text) - (s.End - s.Start)
		case s.Start < at && at < s.End:
			to += len(s.Text) + s.Start - at
		}
	}
	return to
}
