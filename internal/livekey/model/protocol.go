// Package model checks the protocol by which livekey makes one key for a slot: it
// goes through every interleaving of several runs of `key apply` on one alias, with
// runs that are killed anywhere, replies to CreateKey and CreateAlias that are lost,
// reads that lag, and a person who deletes the alias.
//
// KMS has one operation that one caller alone wins: CreateAlias. Everything that is
// read may lag, for any time and in any order: a key, a tag or an alias that is there
// may not be seen, now or later, and an alias that was deleted may still be. Only a
// plan an hour later reads what is so.
//
// A slot of one region has one alias. A slot of two regions, for a multi-region key,
// has one alias in each, a primary key in one and a replica in the other.
package model

import "iter"

// A Step is the call that a run makes next. It has the name of the function of
// livekey that makes it.
type Step uint8

const (
	idle Step = iota // not running: not begun, ended well, or ended badly
	readAlias
	findKeys
	createKey
	lookAgain
	createAlias
	readWinner
	abandonKey
	replicateKey
	converge
)

// Steps names the steps, as livekey does.
var Steps = map[Step]string{
	readAlias: "readAlias", findKeys: "findKeys", createKey: "createKey", lookAgain: "lookAgain", createAlias: "createAlias",
	readWinner: "readWinner", abandonKey: "abandonKey", replicateKey: "replicateKey", converge: "converge",
}

// A Protocol is ours when it is the zero Protocol, and else one that leaves out what
// makes ours right.
type Protocol struct {
	Retries      bool // CreateKey runs with the SDK's retries
	NoSearch     bool // a run looks for no key by its tags
	KeepLoser    bool // who loses the race leaves its key untagged
	DeleteLoser  bool // who loses the race schedules the deletion of its key at once
	IgnoresUsage bool // a plan gives back what GetKeyLastUsage calls used
	OwnOrder     bool // a run begins in the region that it lists first
}

// A Setting is what may happen, at most.
type Setting struct {
	Runs    []int // how often each actor runs
	Regions int
	Swapped bool // every second run lists the regions the other way round
	Present bool // a key of ours is in the second region, without an alias
	Crashes int  // runs that are killed
	Lost    int  // replies that are lost
	Persons int  // deletions of an alias by a person
	Fresh   bool // reads show what is so
}

const (
	maxActors = 3
	maxKeys   = 6
	none      = -1
)

// A key is one of KMS. With two regions it is a multi-region key.
type key struct {
	maker   int8 // the run that made it
	home    int8 // the region of the primary
	live    bool // else it is pending deletion
	tagged  bool // as abandoned
	named   bool // some alias has named it, so volumes may use it
	replica bool // it has one in the other region
}

// An actor is someone who runs `key apply`, one run after another.
type actor struct {
	step   Step
	end    end  // of the last run
	key    int8 // that the run goes on with
	made   int8 // that the run made
	region int8 // whose alias is at hand
	second bool // that is the second of its regions
	run    int8 // the run's number, over all actors
	left   int8 // runs to come
}

// An end is how a run ended.
type end uint8

const (
	notRun end = iota
	well
	badly
	killed
)

// A world is all that is so. It is comparable.
type world struct {
	keys                  [maxKeys]key
	count                 int8    // of keys
	alias                 [2]int8 // by region: the key it names, or none
	was                   [2]int8 // the key it named before a person deleted it, or none
	actors                [maxActors]actor
	runs                  int8 // begun so far
	crashes, lost, person int8 // still to come
}

// An event is what led from one world to the next.
type event struct {
	actor  int8 // none: the world
	step   Step
	what   string
	key    int8
	region int8
}

func (s Setting) start() world {
	w := world{alias: [2]int8{none, none}, was: [2]int8{none, none}, crashes: int8(s.Crashes), lost: int8(s.Lost), person: int8(s.Persons)}
	for i, runs := range s.Runs {
		w.actors[i].left = int8(runs)
	}
	if s.Present {
		w.keys[0] = key{maker: none, home: 1, live: true}
		w.count = 1
	}
	return w
}

// search is one protocol in one setting.
type search struct {
	Protocol
	Setting
}

// first gives the region in which a run makes a key, and takes the alias first.
func (s search) first(run int8) int8 {
	if s.Swapped && s.OwnOrder {
		return run % 2
	}
	return 0
}

// reads gives what reading a region's alias may show.
func (s search) reads(w *world, region int8) []int8 {
	now := w.alias[region]
	if s.Fresh {
		return []int8{now}
	}
	seen := []int8{none}
	for _, k := range []int8{now, w.was[region]} {
		if k != none && k != seen[len(seen)-1] {
			seen = append(seen, k)
		}
	}
	return seen
}

// finds gives what may be the first candidate of a search by tags.
func (s search) finds(w *world) []int8 {
	if !s.Fresh {
		seen := []int8{none}
		for k := range w.count {
			seen = append(seen, k)
		}
		return seen
	}
	for k := range w.count {
		if w.keys[k].live && !w.keys[k].tagged {
			return []int8{k}
		}
	}
	return []int8{none}
}

// next gives each world that may follow, and by what.
func (s search) next(w world) iter.Seq2[event, world] {
	return func(yield func(event, world) bool) {
		for r := range int8(s.Regions) {
			if w.person > 0 && w.alias[r] != none {
				n := w
				n.was[r], n.alias[r] = w.alias[r], none
				n.person--
				if !yield(event{none, idle, "a person deletes the alias", none, r}, n) {
					return
				}
			}
		}
		if n := s.giveBack(w); n != w && !yield(event{none, idle, "an hour later, a plan gives back what is abandoned", none, none}, n) {
			return
		}
		for i := range s.Runs {
			if !s.act(w, i, yield) {
				return
			}
		}
	}
}

// giveBack gives the world in which a plan gave back, an hour after the last run,
// what it offers: keys that are abandoned, that no alias names, without a replica
// and never used.
func (s search) giveBack(w world) world {
	for _, a := range w.actors {
		if a.step != idle {
			return w
		}
	}
	n := w
	for k := range n.keys[:n.count] {
		key := &n.keys[k]
		if key.live && key.tagged && !key.replica && w.alias[0] != int8(k) && w.alias[1] != int8(k) && (s.IgnoresUsage || !key.named) {
			key.live = false
			n.was = [2]int8{none, none}
		}
	}
	return n
}

// act gives each world to which an actor's next call may lead.
func (s search) act(w world, i int, yield func(event, world) bool) bool {
	a := w.actors[i]
	to := func(what string, key int8, change func(n *world, a *actor)) bool {
		n := w
		change(&n, &n.actors[i])
		if n.actors[i].step == idle {
			n.actors[i] = actor{end: n.actors[i].end, left: n.actors[i].left}
		}
		return yield(event{int8(i), a.step, what, key, a.region}, n)
	}
	if a.step == idle {
		return a.left == 0 || to("begins", none, func(n *world, a *actor) {
			*a = actor{step: readAlias, key: none, made: none, region: s.first(n.runs), run: n.runs, left: a.left - 1}
			n.runs++
		})
	}
	if w.crashes > 0 && !to("is killed", none, func(n *world, a *actor) { a.step, a.end, n.crashes = idle, killed, n.crashes-1 }) {
		return false
	}
	fails := func(what string, key int8) bool {
		return to(what, key, func(_ *world, a *actor) { a.step, a.end = idle, badly })
	}
	goOn := func(what string, key int8, step Step) bool {
		return to(what, key, func(_ *world, a *actor) { a.step, a.key = step, key })
	}
	switch a.step {
	case readAlias:
		for _, k := range s.reads(&w, 0) {
			if s.Regions == 1 {
				if k != none && !goOn("", k, converge) || k == none && !goOn("none", k, findKeys) {
					return false
				}
				continue
			}
			for _, other := range s.reads(&w, 1) {
				ok := true
				switch {
				case k == none && other == none:
					ok = goOn("none", none, findKeys)
				case k != none && other != none && k != other:
					ok = fails("two keys, so it stops", none)
				case k == other:
					ok = goOn("", k, converge)
				default:
					ok = to("", max(k, other), s.begin(max(k, other)))
				}
				if !ok {
					return false
				}
			}
		}
	case findKeys:
		if s.NoSearch {
			return goOn("does not search", none, createKey)
		}
		for _, k := range s.finds(&w) {
			if k == none && !goOn("none", none, createKey) || k != none && !to("", k, s.begin(k)) {
				return false
			}
		}
	case createKey:
		if a.made != none {
			return fails("made one already, so it stops", none)
		}
		make := func(n *world, a *actor) {
			n.keys[n.count] = key{maker: a.run, home: s.first(a.run), live: true}
			n.count++
		}
		if !to("", w.count, func(n *world, a *actor) {
			a.made = n.count
			make(n, a)
			s.begin(a.made)(n, a)
		}) {
			return false
		}
		return w.lost == 0 || to("the reply is lost", w.count, func(n *world, a *actor) {
			make(n, a)
			n.lost--
			if !s.Retries {
				a.step = lookAgain
			}
		})
	case lookAgain:
		for _, k := range s.finds(&w) {
			switch {
			case k == none:
				if !fails("none, so it stops", none) {
					return false
				}
			case !to("", k, func(n *world, a *actor) {
				s.begin(k)(n, a)
				if n.keys[k].maker == a.run {
					a.made = k
				}
			}):
				return false
			}
		}
	case createAlias:
		switch {
		case w.alias[a.region] != none:
			return goOn("AlreadyExists", a.key, readWinner)
		case !w.keys[a.key].live:
			return goOn("KMSInvalidState", a.key, readAlias)
		}
		name := func(n *world, a *actor) {
			n.alias[a.region] = a.key
			n.keys[a.key].named = true
		}
		if !to("", a.key, func(n *world, a *actor) { name(n, a); s.nextRegion(n, a) }) {
			return false
		}
		return w.lost == 0 || to("the reply is lost", a.key, func(n *world, a *actor) { name(n, a); n.lost-- })
	case readWinner:
		for _, k := range s.reads(&w, a.region) {
			ok := true
			switch {
			case k == none && w.alias[a.region] == none:
				ok = fails("none, so it stops", none)
			case k == none: // not yet: it reads again
			case k == a.key:
				ok = to("", k, s.nextRegion)
			case a.second:
				ok = fails("another key, so it stops", k)
			case a.made != none && !s.KeepLoser:
				ok = goOn("lost the race", k, abandonKey)
			default:
				ok = to("", k, s.begin(k))
			}
			if !ok {
				return false
			}
		}
	case abandonKey:
		return to("", a.made, func(n *world, a *actor) {
			if s.DeleteLoser {
				n.keys[a.made].live = false
			} else {
				n.keys[a.made].tagged = true
			}
			a.made = none
			s.begin(a.key)(n, a)
		})
	case replicateKey:
		if !w.keys[a.key].live {
			return fails("KMSInvalidState", a.key)
		}
		return to("", a.key, func(n *world, a *actor) {
			n.keys[a.key].replica, a.step = true, createAlias
		})
	case converge:
		if !w.keys[a.key].live {
			return fails("PendingDeletion, so it stops", a.key)
		}
		if w.keys[a.key].tagged {
			if !to("takes its tag off", a.key, func(n *world, a *actor) { n.keys[a.key].tagged = false; a.step, a.end = idle, well }) {
				return false
			}
			if s.Fresh {
				return true
			}
		}
		return to("", a.key, func(_ *world, a *actor) { a.step, a.end = idle, well })
	}
	return true
}

// begin gives the change by which a run goes on with a key in all regions.
func (s search) begin(k int8) func(*world, *actor) {
	return func(n *world, a *actor) {
		a.key, a.region, a.second = k, s.first(a.run), false
		s.enter(n, a)
	}
}

// enter goes on in a region: with a replica first, where the primary is not.
func (s search) enter(n *world, a *actor) {
	a.step = createAlias
	if s.Regions > 1 && a.region != n.keys[a.key].home {
		a.step = replicateKey
	}
}

// nextRegion goes on from a region whose alias names the run's key.
func (s search) nextRegion(n *world, a *actor) {
	if s.Regions == 1 || a.second {
		a.step = converge
		return
	}
	a.region, a.second = 1-a.region, true
	s.enter(n, a)
}
