package tree

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A Job makes a result of one document. It is called from several goroutines;
// the chunk is its own to keep.
type Job func(yamledit.Chunk) generator.Result

// A Document is what became of one document of a file.
type Document struct {
	generator.Result
	Chunk yamledit.Chunk // as it was
}

// Changed tells whether the document came out with other bytes.
func (d Document) Changed() bool { return !bytes.Equal(d.Output, d.Chunk.Bytes) }

// Stream runs a job on each document of a stream and takes what becomes of them
// in order.
func Stream(ctx context.Context, r io.Reader, job Job, take func(Document) error) error {
	splitter := yamledit.NewSplitter(r)
	var failed error
	chunks := func(yield func(yamledit.Chunk) bool) {
		for {
			chunk, err := splitter.Next()
			if err != nil {
				if err != io.EOF {
					failed = err
				}
				return
			}
			chunk.Bytes = bytes.Clone(chunk.Bytes)
			if !yield(chunk) {
				return
			}
		}
	}
	work := func(chunk yamledit.Chunk) Document { return Document{Result: job(chunk), Chunk: chunk} }
	if err := ordered(ctx, runtime.GOMAXPROCS(0), chunks, work, take); err != nil {
		return err
	}
	return failed
}

// An Outcome is what became of one file.
type Outcome[T any] struct {
	File    File
	Made    T    // what look made of the documents
	Changed bool // whether the file was replaced
	Err     error
}

// A Look at the documents of one file, in order. Whether one of them stops the
// file from being replaced is for it to say.
type Look[T any] struct {
	Job  Job
	Take func(Document) (isGood bool)
	Made func() T
}

// manyFiles is how many files are worked on at a time: to replace one is mostly
// waiting for the disk.
const manyFiles = 16

// Run opens each file with look, takes its documents through the job, and gives
// the outcomes in the files' order. With replace, a file in which something
// changed is replaced, unless one of its documents is not good.
func Run[T any](ctx context.Context, files []File, replace bool, look func(File) Look[T], take func(Outcome[T]) error) error {
	return ordered(ctx, manyFiles, slices.Values(files), func(f File) Outcome[T] {
		l := look(f)
		changed, err := f.run(ctx, replace, l.Job, l.Take)
		return Outcome[T]{File: f, Made: l.Made(), Changed: changed, Err: err}
	}, take)
}

func (f File) run(ctx context.Context, replace bool, job Job, take func(Document) bool) (changed bool, err error) {
	in, err := os.Open(f.path)
	if err != nil {
		return false, err
	}
	defer in.Close()
	r := &replacement{path: f.path, in: in}
	defer r.abandon()
	isGood := true
	err = Stream(ctx, in, job, func(d Document) error {
		isGood = take(d) && isGood
		if !replace || !isGood {
			return nil
		}
		return r.add(d)
	})
	if err != nil || !isGood {
		return false, err
	}
	if changed, err = r.commit(); err != nil {
		return false, fmt.Errorf("writing %s: %w", f.Name, err)
	}
	return changed, nil
}
