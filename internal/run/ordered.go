package run

import (
	"context"
	"iter"
)

// ordered runs work on what a sequence gives, as many at a time as width says, and
// takes the outcomes in the sequence's order. No more are begun than are worked on or wait
// to be taken, so memory does not grow with the sequence. It ends early when the
// context or take says so; what was begun is finished and dropped.
func ordered[A, B any](ctx context.Context, width int, all iter.Seq[A], work func(A) B, take func(B) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	running := make(chan struct{}, width)
	outcomes := make(chan chan B, width)
	go func() {
		defer close(outcomes)
		for a := range all {
			outcome := make(chan B, 1)
			select {
			case outcomes <- outcome:
			case <-ctx.Done():
				return
			}
			running <- struct{}{}
			go func() {
				outcome <- work(a)
				<-running
			}()
		}
	}()
	var err error
	for outcome := range outcomes {
		if b := <-outcome; err == nil {
			if err = ctx.Err(); err == nil {
				err = take(b)
			}
			if err != nil {
				stop()
			}
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	return err
}
