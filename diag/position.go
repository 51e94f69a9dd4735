package diag

import (
	"bytes"
	"sort"
)

// A Position is a place in a text. Line and Column start at 1; Column counts
// bytes, as go/token's does; Byte starts at 0. Only \n and \r\n end a line. The
// zero Position is no place.
type Position struct{ Line, Column, Byte int }

// Lines finds positions in a text. The zero value is not usable; it is not safe
// for concurrent use.
type Lines struct {
	src    []byte
	start  Position
	starts []int32 // where each line starts, made when first needed
}

// NewLines gives the lines of a text whose first byte stands at start in its
// file; the zero Position means the file's beginning. The text must be shorter
// than 2 GiB.
func NewLines(src []byte, start Position) Lines {
	return Lines{src: src, start: Position{max(start.Line, 1), max(start.Column, 1), start.Byte}}
}

// Position gives the place of an offset in the text.
func (l *Lines) Position(at int) Position {
	line := l.line(at)
	column := at - int(l.starts[line]) + 1
	if line == 0 {
		column += l.start.Column - 1
	}
	return Position{Line: l.start.Line + line, Column: column, Byte: l.start.Byte + at}
}

// Line gives where the line of an offset starts and where its text ends, before
// the line end, however long it is.
func (l *Lines) Line(at int) (start, end int) {
	line := l.line(at)
	start, end = int(l.starts[line]), len(l.src)
	if line+1 < len(l.starts) {
		end = int(l.starts[line+1]) - 1
		if end > start && l.src[end-1] == '\r' {
			end--
		}
	}
	return start, end
}

// line gives the index of the line of an offset.
func (l *Lines) line(at int) int {
	if l.starts == nil {
		l.starts = append(l.starts, 0)
		for i := 0; ; {
			n := bytes.IndexByte(l.src[i:], '\n')
			if n < 0 {
				break
			}
			i += n + 1
			l.starts = append(l.starts, int32(i))
		}
	}
	return sort.Search(len(l.starts), func(i int) bool { return int(l.starts[i]) > at }) - 1
}
