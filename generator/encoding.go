package generator

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// An encoding of Unicode other than UTF-8, which we read to look, and never edit.
type encoding struct {
	name string // as a person calls it
	mark []byte // its byte order mark
	head []byte // how an ASCII character at the very beginning looks: 0 for a NUL, 1 for any other byte
	unit int    // bytes
	from binary.ByteOrder
}

// encodings are those that YAML and JSON readers detect; the longer come first,
// since UTF-32's mark begins as UTF-16's does.
//
// Source: https://yaml.org/spec/1.2.2/#52-character-encodings
var encodings = []encoding{
	{"UTF-32", []byte{0, 0, 0xfe, 0xff}, []byte{0, 0, 0, 1}, 4, binary.BigEndian},
	{"UTF-32", []byte{0xff, 0xfe, 0, 0}, []byte{1, 0, 0, 0}, 4, binary.LittleEndian},
	{"UTF-16", []byte{0xfe, 0xff}, []byte{0, 1}, 2, binary.BigEndian},
	{"UTF-16", []byte{0xff, 0xfe}, []byte{1, 0}, 2, binary.LittleEndian},
}

// encodingOf tells in which other encoding a text is; nil for UTF-8, and for what
// is no text.
func encodingOf(text []byte) *encoding {
	for i := range encodings {
		if e := &encodings[i]; bytes.HasPrefix(text, e.mark) || e.begins(text) {
			return e
		}
	}
	return nil
}

func (e *encoding) begins(text []byte) bool {
	if len(text) < len(e.head) {
		return false
	}
	for i, want := range e.head {
		if (text[i] != 0) != (want != 0) {
			return false
		}
	}
	return true
}

// decode gives the text as UTF-8. What is cut off at its end is left out.
func (e *encoding) decode(text []byte) []byte {
	text = bytes.TrimPrefix(text, e.mark)
	var out []byte
	if e.unit == 4 {
		for ; len(text) >= 4; text = text[4:] {
			out = utf8.AppendRune(out, rune(e.from.Uint32(text)))
		}
		return out
	}
	var units []uint16
	for ; len(text) >= 2; text = text[2:] {
		units = append(units, e.from.Uint16(text))
	}
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}
