package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// What a signal does. The first lets what is begun come to its end, files in the
// making are removed, and nothing more is read; who does not end so within a moment
// is ended. The second signal ends the program at once.

// moment is how long a run may take to end after the first signal.
const moment = 800 * time.Millisecond

// untilSignal gives a context that the first signal ends.
func untilSignal() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop() // the next has its usual effect
		time.Sleep(moment)
		os.Exit(exitWorld)
	})
	return ctx
}

// A waited reader gives up waiting for its input when its context ends. Nothing is
// read before the first Read: what we do not need is someone else's.
type waited struct {
	ctx   context.Context
	in    io.Reader
	begin sync.Once
	pipe  *io.PipeReader
}

func (w *waited) Read(p []byte) (int, error) {
	w.begin.Do(func() {
		out, in := io.Pipe()
		w.pipe = out
		go func() {
			_, err := io.Copy(in, w.in)
			in.CloseWithError(err)
		}()
		context.AfterFunc(w.ctx, func() { out.CloseWithError(w.ctx.Err()) })
	})
	n, err := w.pipe.Read(p)
	if w.ctx.Err() != nil {
		err = w.ctx.Err()
	}
	return n, err
}
