package livekey

import (
	"context"
	"time"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
)

// How long AWS may take to show what was done, and how long is waited between two
// looks.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/programming-eventual-consistency.html
const (
	visible    = 5 * time.Minute
	pause      = 2 * time.Second
	longest    = 15 * time.Second // pause
	lookFor    = time.Minute      // for a key whose reply was lost
	createFor  = 2 * time.Minute  // what is refused for now
	afterWrite = time.Second      // between two reads that must agree
)

// A Clock tells the time and waits.
type Clock struct {
	Now   func() time.Time
	Sleep func(context.Context, time.Duration)
}

// Wall is the clock on the wall.
var Wall = Clock{time.Now, func(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}}

// until reads again, after pauses that grow, until what is read is what is waited for,
// or for as long as that may take at most: then done is false. It is the one loop that
// asks AWS again.
func (c Clock) until(ctx context.Context, limit, pause time.Duration, read func() (done bool, err error)) (done bool, err error) {
	for end := c.Now().Add(limit); ; pause = min(pause*3/2, longest) {
		if done, err := read(); done || err != nil {
			return done, err
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if c.Now().Add(pause).After(end) {
			return false, nil
		}
		c.Sleep(ctx, pause)
	}
}

// late gives the finding of what AWS does not show in time.
func late(what string) diag.Findings {
	return found(code.NotYet, what, "run the command again in a few minutes: it goes on where it stood")
}
