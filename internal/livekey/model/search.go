package model

import "fmt"

// An Invariant is a sentence and the worlds that break it.
type Invariant struct {
	Says string
	// in tells which worlds it is about; nil: all.
	in func(s search, w world) bool
	// holds tells whether it holds in one.
	holds func(s search, w world) bool
}

// rests tells that no run is under way.
func rests(_ search, w world) bool {
	for _, a := range w.actors {
		if a.step != idle {
			return false
		}
	}
	return true
}

// calm tells that besides nothing has gone wrong yet.
func calm(s search, w world) bool {
	return rests(s, w) && int(w.crashes) == s.Crashes && int(w.lost) == s.Lost && int(w.person) == s.Persons
}

// ended tells that besides every run has been.
func ended(s search, w world) bool {
	for _, a := range w.actors {
		if a.left > 0 {
			return false
		}
	}
	return calm(s, w)
}

// live counts the keys that are not given back.
func live(w world) int {
	count := 0
	for _, k := range w.keys[:w.count] {
		if k.live {
			count++
		}
	}
	return count
}

// settled gives the world after one more run that nothing disturbs, and a plan an
// hour after it.
func settled(s search, w world) world {
	s.Fresh, s.Runs = true, []int{1}
	w.crashes, w.lost, w.person = 0, 0, 0
	w.actors = [maxActors]actor{{left: 1}}
	for !s.act(w, 0, func(_ event, n world) bool { w = n; return false }) {
	}
	return s.giveBack(w)
}

// oneKey tells whether the aliases of all regions name one live key.
func oneKey(s search, w world) bool {
	for r := range s.Regions {
		if k := w.alias[r]; k == none || !w.keys[k].live || k != w.alias[0] {
			return false
		}
	}
	return true
}

// The invariants, in the order of the docs.
var (
	neverNamesGivenBack = Invariant{"the alias never names a key that was given back", nil, func(_ search, w world) bool {
		for _, k := range w.alias {
			if k != none && !w.keys[k].live {
				return false
			}
		}
		return true
	}}
	neverGivesBackNamed = Invariant{"no key that an alias ever named is given back", nil, func(_ search, w world) bool {
		for _, k := range w.keys[:w.count] {
			if k.named && !k.live {
				return false
			}
		}
		return true
	}}
	oneKeyARun = Invariant{"no run makes two keys", nil, func(_ search, w world) bool {
		for i, k := range w.keys[:w.count] {
			for _, other := range w.keys[:i] {
				if other.maker == k.maker {
					return false
				}
			}
		}
		return true
	}}
	oneInUse  = Invariant{"undisturbed, the runs end with one key in use", ended, oneKey}
	noneFails = Invariant{"undisturbed, no run fails", calm, func(s search, w world) bool {
		for _, a := range w.actors {
			if a.end == badly {
				return false
			}
		}
		return true
	}}
	converges = Invariant{"whatever happened, one more run ends with one key in use", rests, func(s search, w world) bool {
		w = settled(s, w)
		return w.actors[0].end == well && oneKey(s, w)
	}}
	oneLeft = Invariant{"undisturbed, one key is left an hour later", ended, func(s search, w world) bool {
		return live(settled(s, w)) == 1
	}}
	oneLeftAfterAll = Invariant{"whatever happened, one key is left after one more run and an hour", rests, func(s search, w world) bool {
		return live(settled(s, w)) == 1
	}}
	neverTwo = Invariant{"there are never two live keys", nil, func(_ search, w world) bool {
		return live(w) < 2
	}}
)

// Explore goes through every world and gives how many there are, and for each of the
// invariants the shortest way to break it, an event a line; nothing for one that
// holds.
func Explore(p Protocol, setting Setting, invariants []Invariant) (worlds int, broken [][]string) {
	type visit struct {
		world
		from int
	}
	s := search{Protocol: p, Setting: setting}
	visits := []visit{{setting.start(), none}}
	seen := map[world]bool{visits[0].world: true}
	broken = make([][]string, len(invariants))
	for at := 0; at < len(visits); at++ {
		w := visits[at].world
		for i, invariant := range invariants {
			if broken[i] != nil || invariant.in != nil && !invariant.in(s, w) || invariant.holds(s, w) {
				continue
			}
			for at := at; visits[at].from != none; at = visits[at].from {
				for e, n := range s.next(visits[visits[at].from].world) {
					if n == visits[at].world {
						broken[i] = append([]string{e.String()}, broken[i]...)
						break
					}
				}
			}
		}
		for _, n := range s.next(w) {
			if !seen[n] {
				seen[n] = true
				visits = append(visits, visit{n, at})
			}
		}
	}
	return len(visits), broken
}

// String says what happened, as "B createAlias: AlreadyExists".
func (e event) String() string {
	said := e.what
	if e.key != none {
		if said != "" {
			said += ", "
		}
		said += fmt.Sprintf("key %d", e.key+1)
	}
	switch {
	case e.actor == none && e.region != none:
		return fmt.Sprintf("%s (region %d)", said, e.region+1)
	case e.actor == none:
		return said
	case e.step == idle:
		return fmt.Sprintf("%c %s", 'A'+e.actor, said)
	case said == "":
		return fmt.Sprintf("%c %s", 'A'+e.actor, Steps[e.step])
	}
	return fmt.Sprintf("%c %s: %s", 'A'+e.actor, Steps[e.step], said)
}
