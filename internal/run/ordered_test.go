package run

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

// TestOrdered holds that outcomes come in order, and that no more is begun than
// is worked on or waits.
func TestOrdered(t *testing.T) {
	const width, total = 4, 1000
	var begun, taken atomic.Int64
	numbers := func(yield func(int) bool) {
		for i := range total {
			if ahead := begun.Add(1) - taken.Load(); ahead > 2*width+2 {
				t.Errorf("%d are begun and not taken", ahead)
			}
			if !yield(i) {
				return
			}
		}
	}
	var got []int
	err := ordered(context.Background(), width, numbers, func(i int) int { return i }, func(i int) error {
		taken.Add(1)
		got = append(got, i)
		return nil
	})
	if err != nil || len(got) != total || !slices.IsSorted(got) {
		t.Errorf("%v: %d outcomes, in order: %v", err, len(got), slices.IsSorted(got))
	}
}

// TestOrderedEnds holds that an error of take, or a cancelled context, ends it
// early and for good.
func TestOrderedEnds(t *testing.T) {
	enough := errors.New("enough")
	forever := func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	}
	same := func(i int) int { return i }
	if err := ordered(context.Background(), 2, forever, same, func(i int) error {
		if i == 10 {
			return enough
		}
		return nil
	}); err != enough {
		t.Errorf("ended with %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := ordered(ctx, 2, forever, same, func(i int) error {
		if i == 10 {
			cancel()
		}
		return nil
	}); err != context.Canceled {
		t.Errorf("ended with %v", err)
	}
}
