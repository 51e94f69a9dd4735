package main

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// A spool holds output until it is known whether it is wanted. What is more than
// a little goes to a file that has no name any more, so that memory stays bounded
// and nothing is left behind. Its zero value is empty.
type spool struct {
	head bytes.Buffer
	rest *os.File
}

// spoolBytes is how much is held in memory.
const spoolBytes = 64 << 10

func (s *spool) Write(p []byte) (int, error) {
	if s.rest == nil && s.head.Len()+len(p) <= spoolBytes {
		return s.head.Write(p)
	}
	if s.rest == nil {
		f, err := os.CreateTemp("", "kublr-encryption")
		if err != nil {
			return 0, err
		}
		if s.rest = f; os.Remove(f.Name()) != nil {
			return 0, errors.New("the file for output that waits could not be hidden")
		}
	}
	return s.rest.Write(p)
}

// WriteTo writes all that was held.
func (s *spool) WriteTo(w io.Writer) (int64, error) {
	n, err := s.head.WriteTo(w)
	if err != nil || s.rest == nil {
		return n, err
	}
	if _, err := s.rest.Seek(0, io.SeekStart); err != nil {
		return n, err
	}
	m, err := io.Copy(w, s.rest)
	return n + m, err
}

// Close drops what is held.
func (s *spool) Close() error {
	if s.rest == nil {
		return nil
	}
	return s.rest.Close()
}
