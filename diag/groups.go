package diag

import "fmt"

// Groups count findings that say the same of many places: of one severity, code,
// message and hint. The zero value has none.
type Groups struct {
	all    []*group
	byText map[[4]string]*group
}

type group struct {
	first Finding
	count int
}

// placesShown is how many places of a group are shown.
const placesShown = 3

// Shows counts a finding, and tells whether it is shown with its place: an error
// always, else the first few of a group.
func (g *Groups) Shows(f Finding) bool {
	if f.Severity == Error {
		return true
	}
	key := [4]string{string(f.Severity), f.Code, f.Message, f.Hint}
	in := g.byText[key]
	if in == nil {
		in = &group{first: f}
		g.all = append(g.all, in)
		if g.byText == nil {
			g.byText = map[[4]string]*group{}
		}
		g.byText[key] = in
	}
	in.count++
	return in.count <= placesShown
}

// Rest gives for each group a finding without a place that counts what was not shown
// of it, in the order of their first findings.
func (g *Groups) Rest() Findings {
	var rest Findings
	for _, in := range g.all {
		more := in.count - placesShown
		if more <= 0 {
			continue
		}
		f := in.first
		f.File, f.Position, f.End, f.Field = "", Position{}, Position{}, nil
		f.Message = fmt.Sprintf("at %d places, %d more than above: %s", in.count, more, f.Message)
		rest = append(rest, f)
	}
	return rest
}
