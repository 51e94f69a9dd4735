package policy

import (
	"slices"
	"testing"
)

// TestEveryCellIsJudged holds that each party's calls, in each way and of each
// class, are a risk of one row or are expected, and never both.
func TestEveryCellIsJudged(t *testing.T) {
	for who := accountRoot; who <= services; who <<= 1 {
		for how := directly; how <= itself; how++ {
			if who == services && how != itself || who != services && who != trusting && how == itself {
				continue // a service calls for itself, and no one else does
			}
			for what := use; what <= reading; what++ {
				for _, isNarrow := range []bool{false, true} {
					judged := 0
					for _, a := range slices.Concat(expected, areas()) {
						if a.covers(who, how, what, isNarrow) {
							judged++
						}
					}
					if judged != 1 {
						t.Errorf("party %b, way %d, %s, narrow %v: judged %d times", who, how, what, isNarrow, judged)
					}
				}
			}
		}
	}
}

func areas() (all []area) {
	for _, r := range risks {
		all = append(all, r.areas...)
	}
	return all
}
