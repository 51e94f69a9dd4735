// Package interrupt says what a signal does to a program. The first lets what is
// begun come to its end, files in the making are removed, and nothing more is read;
// a run that does not end so within a moment is ended. The second signal ends the
// program at once.
package interrupt

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// moment is how long a run may take to end after the first signal: with what the
// system then needs to take its memory back, less than a second.
const moment = 500 * time.Millisecond

// Context gives a context that the first signal ends. A run that has to be ended
// says last on stderr, and has the exit code.
func Context(last string, code int) context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop() // the next has its usual effect
		time.Sleep(moment)
		go func() {
			fmt.Fprintln(os.Stderr, last)
			os.Exit(code)
		}()
		time.Sleep(moment / 10) // nobody may be reading stderr
		os.Exit(code)
	})
	return ctx
}

// Reader gives a reader that gives up waiting for its input when the context ends.
// Nothing is read before the first Read: what we do not need is someone else's.
func Reader(ctx context.Context, in io.Reader) io.Reader { return &reader{ctx: ctx, in: in} }

type reader struct {
	ctx   context.Context
	in    io.Reader
	begin sync.Once
	pipe  *io.PipeReader
}

func (r *reader) Read(p []byte) (int, error) {
	r.begin.Do(func() {
		out, in := io.Pipe()
		r.pipe = out
		go func() {
			_, err := io.Copy(in, r.in)
			in.CloseWithError(err)
		}()
		context.AfterFunc(r.ctx, func() { out.CloseWithError(r.ctx.Err()) })
	})
	n, err := r.pipe.Read(p)
	if r.ctx.Err() != nil {
		err = r.ctx.Err()
	}
	return n, err
}
