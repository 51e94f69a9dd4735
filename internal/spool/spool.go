// Package spool keeps output until it is known whether it is wanted.
package spool

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// A Buffer holds what is written to it. What is more than a little goes to a file
// that has no name any more, so that memory stays bounded and nothing is left
// behind. Its zero value is empty. After an error it holds nothing that counts:
// each later call fails with the same error.
type Buffer struct {
	head bytes.Buffer
	rest *os.File
	err  error
}

// headBytes is how much is held in memory.
const headBytes = 64 << 10

// Write adds to what is held.
func (b *Buffer) Write(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.rest == nil && b.head.Len()+len(p) <= headBytes {
		return b.head.Write(p)
	}
	if b.rest == nil {
		b.rest, b.err = nameless()
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.rest.Write(p)
	if err != nil {
		b.err = fmt.Errorf("keeping output that waits for its end: %w", err)
	}
	return n, b.err
}

func nameless() (*os.File, error) {
	f, err := os.CreateTemp("", "kublr-encryption")
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		return nil, fmt.Errorf("output that waits for its end needs a folder for temporary files: %w", err)
	}
	return f, nil
}

// Reader gives all that is held, from its start. Nothing may be written then.
func (b *Buffer) Reader() (io.Reader, error) {
	if b.err != nil || b.rest == nil {
		return bytes.NewReader(b.head.Bytes()), b.err
	}
	if _, b.err = b.rest.Seek(0, io.SeekStart); b.err != nil {
		return nil, b.err
	}
	return io.MultiReader(bytes.NewReader(b.head.Bytes()), b.rest), nil
}

// WriteTo writes all that is held.
func (b *Buffer) WriteTo(w io.Writer) (int64, error) {
	r, err := b.Reader()
	if err != nil {
		return 0, err
	}
	return io.Copy(w, r)
}

// Close drops what is held.
func (b *Buffer) Close() error {
	if b.rest == nil {
		return nil
	}
	return b.rest.Close()
}
