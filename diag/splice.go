package diag

import (
	"cmp"
	"errors"
	"slices"
)

// A Splice puts Text in place of the bytes from Start up to End.
type Splice struct {
	Start, End int
	Text       string
}

// Put gives the splice that puts text in place of the bytes from start up to end.
func Put(start, end int, text string) Splice { return Splice{start, end, text} }

// SortSplices orders splices by where they start; of those at one place, what is
// put in comes before what is taken out.
func SortSplices(splices []Splice) {
	slices.SortStableFunc(splices, func(a, b Splice) int {
		takesOut := func(s Splice) int { return min(s.End-s.Start, 1) }
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(takesOut(a), takesOut(b)))
	})
}

// Spliced gives a text with splices put in: in the order of [SortSplices], those at
// one place in the order given. It fails when they overlap or lie outside the text.
func Spliced(src []byte, splices []Splice) ([]byte, error) {
	sorted := slices.Clone(splices)
	SortSplices(sorted)
	size, at := len(src), 0
	for _, s := range sorted {
		if s.Start < at || s.End < s.Start || s.End > len(src) {
			return nil, errors.New("splices overlap or lie outside the text")
		}
		at = s.End
		size += len(s.Text) - (s.End - s.Start)
	}
	out := make([]byte, 0, size)
	at = 0
	for _, s := range sorted {
		out = append(out, src[at:s.Start]...)
		out = append(out, s.Text...)
		at = s.End
	}
	return append(out, src[at:]...), nil
}
