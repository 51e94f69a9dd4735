package yamledit

import (
	"bytes"
	"io"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Splitter cuts a stream into documents and holds one of them at a time.
type Splitter struct {
	r     io.Reader
	buf   []byte
	begin int           // of the next chunk in buf
	start diag.Position // of the next chunk in the stream
	err   error         // of the reader
}

// NewSplitter makes a splitter of a stream of YAML or JSON documents.
func NewSplitter(r io.Reader) *Splitter {
	return &Splitter{r: r, start: diag.Position{Line: 1, Column: 1}}
}

// A Chunk is one document with its markers, directives and the comments around
// it. Bytes is valid until the next call of Next.
type Chunk struct {
	Bytes []byte
	Start diag.Position
}

// Next gives the next document, and io.EOF after the last. The chunks in a row
// are the stream, byte for byte; comments, blank lines and directives before a
// --- belong to the document after it. Only an error of the reader is one here:
// whether a chunk is YAML is for [Parse] to say.
func (s *Splitter) Next() (Chunk, error) {
	scan := scanner{first: s.start.Byte == 0}
	at := s.begin
	for {
		end := bytes.IndexByte(s.buf[at:], '\n')
		for end < 0 && s.err == nil {
			seen := len(s.buf) - at
			at = s.fill(at)
			end = bytes.IndexByte(s.buf[at+seen:], '\n')
			if end >= 0 {
				end += seen
			}
		}
		if s.err != nil && s.err != io.EOF {
			return Chunk{}, s.err
		}
		if end < 0 && at == len(s.buf) {
			return s.cut(at)
		}
		line, next := s.buf[at:], len(s.buf)
		if end >= 0 {
			line, next = s.buf[at:at+end], at+end+1
		}
		switch scan.line(line) {
		case cutBefore:
			return s.cut(at)
		case cutAfter:
			return s.cut(next)
		}
		at = next
	}
}

// fill reads more, and gives where the byte at an offset has moved to.
func (s *Splitter) fill(at int) int {
	if s.begin > 0 {
		n := copy(s.buf, s.buf[s.begin:])
		s.buf = s.buf[:n]
		at -= s.begin
		s.begin = 0
	}
	if cap(s.buf)-len(s.buf) < 4096 {
		grown := make([]byte, len(s.buf), max(2*cap(s.buf), 64<<10))
		copy(grown, s.buf)
		s.buf = grown
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	s.err = err
	return at
}

// cut gives the chunk that ends at an offset.
func (s *Splitter) cut(end int) (Chunk, error) {
	if end == s.begin {
		return Chunk{}, io.EOF
	}
	c := Chunk{Bytes: s.buf[s.begin:end:end], Start: s.start}
	s.begin = end
	s.start.Byte += len(c.Bytes)
	s.start.Line += bytes.Count(c.Bytes, []byte{'\n'})
	return c, nil
}

// scanner looks at a document's lines for where it ends. A line that begins with
// --- or ... is a marker wherever it stands: no scalar may hold it.
type scanner struct {
	first   bool // the stream's first line, which may begin with a byte order mark
	content bool // a marker or content has been seen
}

type verdict int

const (
	goOn verdict = iota
	cutBefore
	cutAfter
)

func (c *scanner) line(line []byte) verdict {
	if c.first {
		line = bytes.TrimPrefix(line, []byte(byteOrderMark))
		c.first = false
	}
	switch markerAt(line) {
	case '-':
		if c.content {
			return cutBefore
		}
		c.content = true
	case '.':
		if c.content {
			return cutAfter
		}
	default:
		text := bytes.TrimLeft(line, " \t\r")
		if len(text) > 0 && text[0] != '#' && line[0] != '%' {
			c.content = true
		}
	}
	return goOn
}
