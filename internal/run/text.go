package run

import (
	"bytes"
	"io"
	"slices"
)

// wideStarts are how a text in UTF-16 or UTF-32 begins: with its mark, or with an ASCII
// character, which is 1 here.
//
// Source: https://yaml.org/spec/1.2.2/#52-character-encodings
var wideStarts = []string{"\xff\xfe", "\xfe\xff", "\x00\x00\xfe\xff", "\x00\x00\x00\x01", "\x01\x00\x00\x00", "\x00\x01", "\x01\x00"}

// isText tells by the first bytes of a file, as many as git looks at, whether it can be
// a text: it has no NUL, or is in UTF-16 or UTF-32. What names a cluster counts as text,
// whatever stands beside it.
func isText(in io.ReaderAt) bool {
	head := make([]byte, 8000)
	n, _ := in.ReadAt(head, 0) // an error comes again when it is read
	head = head[:n]
	if bytes.IndexByte(head, 0) < 0 || bytes.Contains(bytes.ReplaceAll(head, []byte{0}, nil), []byte("Cluster")) {
		return true
	}
	if bytes.Contains(head, make([]byte, 8)) { // no character has so many
		return false
	}
	start := bytes.Clone(head[:min(n, 4)])
	for i, c := range start {
		if c != 0 && c < 0x80 {
			start[i] = 1
		}
	}
	return slices.ContainsFunc(wideStarts, func(wide string) bool { return bytes.HasPrefix(start, []byte(wide)) })
}
