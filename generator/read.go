package generator

import (
	"bytes"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// read parses one document and gives its objects. Without a document there is the
// outcome instead: nothing to say of one that cannot be ours, and a refusal of one
// that may be meant as a Kublr cluster and cannot be read.
func read(file string, chunk yamledit.Chunk, words ...string) (*yamledit.Document, []Item, Outcome) {
	text := chunk.Bytes
	if at := bytes.IndexByte(text, 0); at >= 0 && MayBeMeant(withoutNULs(text)) {
		lines := diag.NewLines(text, chunk.Start)
		return nil, nil, Outcome{Unread: true, Findings: diag.Findings{{
			Severity: diag.Error, Code: "encoding", File: file, Position: lines.Position(max(at-len("\xff\xfeX"), 0)),
			Message: "the text is UTF-16 or UTF-32, and a Kublr cluster may stand in it", Hint: "save the file as UTF-8",
		}}}
	}
	if !mayMatter(text, append(words, shapeOf().Kind, last(shapeOf().list))...) {
		return nil, nil, Outcome{}
	}
	doc, err := yamledit.Parse(text, chunk.Start)
	if err != nil {
		if MayBeMeant(text) {
			return nil, nil, Outcome{Unread: true, Findings: refusals(file, err)}
		}
		return nil, nil, Outcome{Foreign: unreadable(text)}
	}
	items := ItemsIn(file, doc.Root())
	if len(items) == 0 {
		return nil, nil, Outcome{}
	}
	if wrong := ReadOtherwise(text, items); wrong != nil {
		return nil, nil, Outcome{Unread: true, Findings: wrong}
	}
	return doc, items, Outcome{}
}

// ReadOtherwise says of a text, in which there are items, when other readers see
// Kublr clusters there that we do not. Then nobody can say what an edit would do.
func ReadOtherwise(text []byte, items []Item) diag.Findings {
	if len(items) == 0 || !isReadOtherwise(text, items) {
		return nil
	}
	return readOtherwise(items)
}

// readOtherwise refuses items that mean one thing to us and another to others.
func readOtherwise(items []Item) diag.Findings {
	return diag.Findings{{
		Severity: diag.Error, Code: "yaml", File: items[0].File, Position: items[0].In.Position(),
		Message: "a Kublr cluster may be meant, and other readers of YAML do not read it as we do",
		Hint:    `write it plainly: no tags, no merge key (<<) that brings what stands there too, lines that end with \n alone`,
	}}
}

// withoutNULs gives a text in UTF-16 or UTF-32 to look at: its ASCII as it is, and anything
// else as question marks.
func withoutNULs(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte{0}, nil)
	for i, c := range text {
		if c >= 0x80 {
			text[i] = '?'
		}
	}
	return bytes.TrimLeft(text, "?")
}

// mayMatter tells, without parsing, whether a document may be one that is looked
// at: most files of a repository are not, and a parse of them would be wasted. Words
// may be written in escapes, or as binary.
func mayMatter(text []byte, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(text, []byte(w)) }) ||
		bytes.IndexByte(text, '\\') >= 0 || isOdd(text)
}

// isOdd tells of a text that readers of YAML may take for different things: one with
// the line ends of Unicode, or with a tag that spells words in another way.
func isOdd(text []byte) bool {
	return slices.ContainsFunc([]string{"binary", "!<", "\u0085", "\u2028", "\u2029"}, func(odd string) bool { return bytes.Contains(text, []byte(odd)) })
}
