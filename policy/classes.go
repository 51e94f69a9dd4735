package policy

import (
	"slices"
	"strings"
)

// What patterns can tell apart is finite: two strings that the same patterns match
// are alike to a policy. classes finds one string of each class, by walking all
// patterns at once, as one automaton does.

// A glob is a pattern, atom by atom.
type glob []atom

type atom struct {
	literal rune // 0 for a wildcard
	fold    bool // the literal stands for both its cases
	many    bool // any number, else one
	in      charset
}

// A charset is what a wildcard stands for.
type charset uint8

const (
	anyRune  charset = iota
	notColon         // inside one of the first five parts of an ARN
	digits           // of an account's id
	named            // of the names of users and roles
	pathed           // of their paths
	labelled         // of a service's name in kms:ViaService
)

func (set charset) has(r rune) bool {
	isDigit, isLower, isUpper := r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z'
	switch set {
	case notColon:
		return r != ':'
	case digits:
		return isDigit
	case named:
		return isDigit || isLower || isUpper || strings.ContainsRune("+=,.@_-", r)
	case pathed:
		return r > ' ' && r <= '~'
	case labelled:
		return isDigit || isLower || r == '-'
	}
	return true
}

// fillers stand for all runes of their kind that no pattern names; the charsets
// tell no other kinds apart.
var fillers = []string{"xyzwvutsrqponmlkjihgfedcba", "9876543210", "XYZWVUTSRQPONMLKJIHGFEDCBA", "-", "._=+@,", "/", ":", "~|!#$%&();<>[]^`{}'\"\\*?", " \t\u00a0\u00a7\u00b6"}

func (a atom) takes(r rune) bool {
	switch {
	case a.literal == 0:
		return a.in.has(r)
	case a.fold:
		return foldRune(a.literal) == foldRune(r)
	}
	return a.literal == r
}

func foldRune(r rune) rune { return []rune(strings.ToLower(string(r)))[0] }

// newGlob compiles a text in which wildcards are marked.
func newGlob(text string, in charset) glob {
	var g glob
	for _, r := range text {
		switch r {
		case many:
			g = append(g, atom{many: true, in: in})
		case one:
			g = append(g, atom{in: in})
		default:
			g = append(g, atom{literal: r})
		}
	}
	return g
}

// newARNGlob compiles a pattern of an ARN, in which no wildcard spans a colon but
// in the last part.
func newARNGlob(text string) glob {
	var g glob
	parts := strings.SplitN(text, ":", 6)
	for i, part := range parts {
		in := notColon
		if i == 5 {
			in = anyRune
		}
		g = append(g, newGlob(part, in)...)
		if i < len(parts)-1 {
			g = append(g, atom{literal: ':'})
		}
	}
	return g
}

func (g glob) folded() glob {
	for i := range g {
		g[i].fold = g[i].literal != 0
	}
	return g
}

// matches walks one pattern along one string.
func (g glob) matches(s string) bool {
	at, next := make([]bool, len(g)+1), make([]bool, len(g)+1)
	at[0] = true
	for p := 0; p < len(g) && g[p].many; p++ {
		at[p+1] = true
	}
	for _, r := range s {
		clear(next)
		alive := false
		for p := range g {
			if !at[p] || !g[p].takes(r) {
				continue
			}
			to := p
			if !g[p].many {
				to++
			}
			alive = true
			for next[to] = true; to < len(g) && g[to].many; next[to] = true {
				to++
			}
		}
		if !alive {
			return false
		}
		at, next = next, at
	}
	return at[len(g)]
}

// Bounds of the search for classes. A policy of 32 KB that people wrote stays far
// below; what goes beyond is not proved.
const (
	maxStates  = 20000
	maxClasses = 2000
)

// A walk is a set of strings that all patterns are in the same positions for.
type walk struct {
	at   []uint32 // glob<<16 | position, in order
	text string
}

// classes gives the shortest string of each class that the patterns make of the
// strings of a language, which is all that one of domain matches. ok is false when
// there are more than the bounds allow, or a pattern is too long.
func classes(domain, patterns []glob) (texts []string, ok bool) {
	globs := slices.Concat(domain, patterns)
	w := walker{globs: globs, domain: len(domain), seen: map[string]bool{}, found: map[string]bool{}}
	var start []uint32
	for g, glob := range globs {
		if len(glob) >= 1<<16 {
			return nil, false
		}
		start = w.reach(start, uint32(g)<<16)
	}
	queue := w.enter(nil, walk{at: start})
	for i := 0; i < len(queue); i++ {
		if len(queue) > maxStates || len(w.texts) > maxClasses {
			return w.texts, false
		}
		for _, r := range w.runes(queue[i].at) {
			queue = w.enter(queue, w.step(queue[i], r))
		}
	}
	return w.texts, true
}

type walker struct {
	globs  []glob
	domain int
	seen   map[string]bool // positions
	found  map[string]bool // which patterns match
	texts  []string
}

// enter adds a walk that is new, and its class.
func (w *walker) enter(queue []walk, next walk) []walk {
	slices.Sort(next.at)
	next.at = slices.Compact(next.at)
	key := make([]byte, 0, 4*len(next.at))
	class := []byte{}
	isInside, isAlive := false, false
	for _, at := range next.at {
		key = append(key, byte(at>>24), byte(at>>16), byte(at>>8), byte(at))
		g := int(at >> 16)
		ends := int(at&0xffff) == len(w.globs[g])
		isAlive = isAlive || g < w.domain
		if g < w.domain {
			isInside = isInside || ends
		} else if ends {
			class = append(class, byte(g>>8), byte(g))
		}
	}
	if !isAlive || w.seen[string(key)] {
		return queue
	}
	w.seen[string(key)] = true
	if isInside && !w.found[string(class)] {
		w.found[string(class)] = true
		w.texts = append(w.texts, next.text)
	}
	return append(queue, next)
}

// reach adds a position, and those that wildcards for none lead to.
func (w *walker) reach(at []uint32, position uint32) []uint32 {
	g := w.globs[position>>16]
	for at = append(at, position); int(position&0xffff) < len(g) && g[position&0xffff].many; at = append(at, position) {
		position++
	}
	return at
}

func (w *walker) step(from walk, r rune) walk {
	next := walk{text: from.text + string(r), at: make([]uint32, 0, len(from.at))}
	for _, at := range from.at {
		g := w.globs[at>>16]
		if p := at & 0xffff; int(p) < len(g) && g[p].takes(r) {
			if !g[p].many {
				at++
			}
			next.at = w.reach(next.at, at)
		}
	}
	return next
}

// runes gives those that lead to different positions: all that are named here, and
// of each kind one that is not.
func (w *walker) runes(at []uint32) []rune {
	var runes []rune
	add := func(r rune) {
		if !slices.Contains(runes, r) {
			runes = append(runes, r)
		}
	}
	for _, at := range at {
		g := w.globs[at>>16]
		if p := at & 0xffff; int(p) < len(g) && g[p].literal != 0 {
			add(g[p].literal)
			if g[p].fold {
				add([]rune(strings.ToLower(string(g[p].literal)))[0])
				add([]rune(strings.ToUpper(string(g[p].literal)))[0])
			}
		}
	}
	isNamed := slices.Clone(runes)
	for _, kind := range fillers {
		for _, r := range kind {
			if !slices.Contains(isNamed, r) {
				runes = append(runes, r)
				break
			}
		}
	}
	return runes
}
