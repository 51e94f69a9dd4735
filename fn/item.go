package fn

import (
	"bytes"
	"errors"
	"regexp"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// An item that the editor cannot read is in the way of all others, since they are one
// text. One in which no Kublr cluster can be meant is none of our business: it is
// hidden from the editor, and keeps its bytes.

// A span is where an item stands in a list's text, in whole lines.
type span struct{ start, end int }

var (
	itemsKey  = regexp.MustCompile(`(?m)^items:[ \t]*(#.*)?\r?$`)
	itemStart = regexp.MustCompile(`(?m)^( *)-[ \t\r\n]`)
	upperKey  = regexp.MustCompile(`(?m)^[^ \t\r\n#-]`)
)

// itemTexts gives where the items stand that a block sequence has, as orchestrators
// write it; none for a list that is written otherwise.
func itemTexts(src []byte) []span {
	key := itemsKey.FindIndex(src)
	if key == nil {
		return nil
	}
	end := len(src)
	if next := upperKey.FindIndex(src[key[1]:]); next != nil {
		end = key[1] + next[0]
	}
	var spans []span
	indent := -1
	for _, at := range itemStart.FindAllSubmatchIndex(src[key[1]:end], -1) {
		if indent < 0 {
			indent = at[3] - at[2]
		}
		if at[3]-at[2] != indent {
			continue
		}
		if n := len(spans); n > 0 {
			spans[n-1].end = key[1] + at[0]
		}
		spans = append(spans, span{key[1] + at[0], end})
	}
	return spans
}

// parseItems parses a list, less the items that are hidden.
func parseItems(src []byte) (*yamledit.Document, error) {
	shown, texts := src, itemTexts(src)
	for range len(texts) + 1 {
		doc, err := yamledit.Parse(shown, diag.Position{})
		var refused diag.Findings
		if err == nil || !errors.As(err, &refused) {
			return doc, err
		}
		shown = slices.Clone(shown)
		for _, f := range refused {
			i := slices.IndexFunc(texts, func(s span) bool { return s.start <= f.Position.Byte && f.Position.Byte < s.end })
			if i < 0 || generator.MayBeMeant(src[texts[i].start:texts[i].end]) || !hide(shown[texts[i].start:texts[i].end]) {
				return nil, err
			}
		}
	}
	return yamledit.Parse(shown, diag.Position{})
}

// hide puts a text of blanks in place of an item, on the same lines. It gives whether
// there is room for its quotes.
func hide(item []byte) bool {
	open := bytes.IndexByte(item, '-') + 1
	end := len(bytes.TrimRight(item, "\r\n")) - 1
	for i := open; i < end; i++ {
		if item[i] != '\n' && item[i] != '\r' {
			item[i] = ' '
		}
	}
	open += bytes.IndexByte(item[open:], ' ') + 1
	if open >= end {
		return false
	}
	if item[open] == '\n' || item[open] == '\r' {
		open += bytes.IndexByte(item[open:], ' ') + 1
	}
	item[open], item[end] = '"', '"'
	return open < end
}
