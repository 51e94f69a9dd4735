package generator

import (
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// isNear tells whether a word is another that was misspelt: in other letters' case, or
// with two letters wrong, missing or added; in a short word with one, or in another
// order. The library's lib/near.libsonnet says the same.
func isNear(word, want string) bool {
	if word == want || len(word) > len(want)+2 || len(want) > len(word)+2 {
		return false
	}
	a, b := []byte(strings.ToLower(word)), []byte(strings.ToLower(want))
	limit := 2
	if len(a) < 5 {
		limit = 1
	}
	if lettersApart(a, b) > 2*limit {
		return false
	}
	return len(a) < 5 && len(a) == len(b) && lettersApart(a, b) == 0 || diag.Distance(a, b) <= limit
}

// lettersApart counts the letters that one word has more often than the other, and the
// other than the one.
func lettersApart(a, b []byte) int {
	var counts [256]int8
	for _, c := range a {
		counts[c]++
	}
	for _, c := range b {
		counts[c]--
	}
	apart := 0
	for _, c := range a {
		if counts[c] > 0 {
			apart += int(counts[c])
			counts[c] = 0
		}
	}
	for _, c := range b {
		if counts[c] < 0 {
			apart -= int(counts[c])
			counts[c] = 0
		}
	}
	return apart
}

// nearMisses gives the keys of a mapping that are a name misspelt. Where the name is
// there, only one in other letters' case counts, unless names are the same in any.
func nearMisses(n yamledit.Node, name string, anyCase bool) []yamledit.Node {
	var near []yamledit.Node
	isThere := false
	for key := range n.Entries() {
		word := key.Text()
		switch isSame := word == name || len(word) == len(name) && strings.EqualFold(word, name); {
		case word == name, anyCase && isSame:
			isThere = true
		case isSame, isNear(word, name):
			near = append(near, key)
		}
	}
	if !isThere {
		return near
	}
	var cased []yamledit.Node
	for _, key := range near {
		if strings.EqualFold(key.Text(), name) {
			cased = append(cased, key)
		}
	}
	return cased
}
