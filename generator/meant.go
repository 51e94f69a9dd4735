package generator

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
	"sigs.k8s.io/yaml"
)

// Of a text that our parser cannot read, this file tells whether a Kublr cluster
// may have been meant: then it is refused, and else it is none of our business.

// patterns find words in a text that cannot be read. Nothing pays for them before one is
// there.
var patterns = sync.OnceValue(func() (p struct{ version, cluster, key, comment, lineEnd, mark, own *regexp.Regexp }) {
	s := shapeOf()
	p.version = regexp.MustCompile(`\bapiVersion["']?\s*:\s*["']?([A-Za-z0-9.-]+/[A-Za-z0-9.-]+)`) // with a group
	p.cluster = regexp.MustCompile(`\bkind["']?\s*:\s*["']?` + s.Kind + `\b`)
	p.key = regexp.MustCompile(`\b(apiVersion|kind|metadata|spec)["']?\s*:`)
	p.comment = regexp.MustCompile(`(?m)(^|[ \t])#.*$`)
	p.lineEnd = regexp.MustCompile("\r\n?|\u0085|\u2028|\u2029")
	p.mark = regexp.MustCompile(`(?m)^(---|\.\.\.)($|[ \t])`)
	p.own = regexp.MustCompile(strings.Join(s.refs, "|") + `|\b` + last(s.list) + `["']?\s*:`)
	return p
})

// othersVersion gives the apiVersion with a group by which an unreadable document is
// another project's, which Kublr's own do not have: it stands at its root, or beside each
// kind Cluster. It is empty when there is none, or words of Kublr's stand in the text.
func othersVersion(text []byte) string {
	p := patterns()
	isOwn := p.own.Match(text)
	text = p.comment.ReplaceAll(text, nil)
	found := p.version.FindSubmatch(text)
	if isOwn || found == nil {
		return ""
	}
	versions, clusters, keys := levels(text, p.version), levels(text, p.cluster), levels(text, p.key)
	root := slices.MinFunc(keys, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	isBeside := func(at [2]int) bool { return count(clusters, at) <= count(versions, at) }
	if !slices.Contains(versions, root) && (len(clusters) == 0 || slices.ContainsFunc(clusters, func(at [2]int) bool { return !isBeside(at) })) {
		return ""
	}
	return string(found[1])
}

// levels tells how deep in braces, and outside of these at which column, matches begin.
func levels(text []byte, pattern *regexp.Regexp) (all [][2]int) {
	depth, seen := 0, 0
	for _, found := range pattern.FindAllIndex(text, -1) {
		at := found[0]
		for ; seen < at; seen++ {
			switch text[seen] {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
		}
		level := [2]int{depth, 0}
		if depth == 0 {
			level[1] = column(text, at)
		}
		all = append(all, level)
	}
	return all
}

func column(text []byte, at int) int {
	start := bytes.LastIndexByte(text[:at], '\n') + 1
	return len(bytes.TrimRight(text[start:at], `"'`))
}

func count(levels [][2]int, level [2]int) (n int) {
	for _, l := range levels {
		if l == level {
			n++
		}
	}
	return n
}

// MayBeMeant tells whether a Kublr cluster may have been meant by a text that
// cannot be read: one of its documents holds the words, and is not said to be another
// project's; or other readers, who are less strict than we, read it as one.
func MayBeMeant(text []byte) bool {
	for _, part := range patterns().mark.Split(string(patterns().lineEnd.ReplaceAll(text, []byte("\n"))), -1) {
		if namesKind([]byte(part)) && othersVersion([]byte(part)) == "" {
			return true
		}
	}
	count, _ := readByOthers(text)
	return count > 0
}

// kindKey finds the word kind, the colon behind it and the word that follows.
var kindKey = regexp.MustCompile(`\bkind\b["']?[ \t]*(:?)[ \t]*["']?([A-Za-z]*)`)

// namesKind tells whether a text holds the words kind and Cluster. It does not when
// each kind in it is plainly another and Cluster stands in prose alone, as in the
// templates of a chart; a list may hold anything.
func namesKind(text []byte) bool {
	if len(wordsIn(text, shapeOf().Kind)) == 0 {
		return false
	}
	for _, found := range kindKey.FindAllSubmatch(text, -1) {
		kind := string(found[2])
		if len(found[1]) == 0 || kind == "" || kind == shapeOf().Kind || strings.HasSuffix(kind, "List") {
			return true
		}
	}
	return bytes.Contains(text, []byte("kind")) && valuesIn(text) > 0
}

// valuesIn counts the words Cluster in a text that seem to be all of a value.
func valuesIn(text []byte) int {
	count := 0
	for _, at := range wordsIn(text, shapeOf().Kind) {
		if isValue(text, at, at+len(shapeOf().Kind)) {
			count++
		}
	}
	return count
}

// wordsIn gives where a word stands in a text, and not as a part of a longer one.
func wordsIn(text []byte, word string) []int {
	var all []int
	for at := 0; ; at += len(word) {
		next := bytes.Index(text[at:], []byte(word))
		if next < 0 {
			return all
		}
		at += next
		if rest := text[at+len(word):]; (at == 0 || !isLetter(text[at-1])) && (len(rest) == 0 || !isLetter(rest[0])) {
			all = append(all, at)
		}
	}
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// isValue tells whether a word seems to be all of a value: it stands between
// punctuation, tags, anchors and the ends of its line.
func isValue(text []byte, start, end int) bool {
	before := bytes.TrimRight(bytes.TrimRight(text[bytes.LastIndexByte(text[:start], '\n')+1:start], `"'`), " \t")
	property := before[bytes.LastIndexAny(before, " \t")+1:]
	begins := len(before) == 0 || strings.IndexByte(":?,[{|>-", before[len(before)-1]) >= 0 || property[0] == '!' || property[0] == '&'
	after := bytes.TrimLeft(bytes.TrimLeft(text[end:], `"'`), " \t")
	return begins && (len(after) == 0 || strings.IndexByte(",}]:#\r\n", after[0]) >= 0)
}

// unreadable gives the apiVersion of another project's Cluster that cannot be read;
// it is empty when the text is of no Cluster.
func unreadable(text []byte) string {
	if namesKind(text) {
		return othersVersion(text)
	}
	return ""
}

// isReadOtherwise tells whether other readers see more Kublr clusters in a text than
// there are among the items that we see, or cannot tell. They are asked only when a
// word Cluster is left that no item explains, or the text is odd.
func isReadOtherwise(text []byte, items []Item) bool {
	named, seen := 0, 0
	for _, item := range items {
		if isCluster(item.Root) {
			named++
		}
	}
	if valuesIn(text) <= named && !isOdd(text) {
		return false
	}
	for _, item := range items {
		if whose(item.Root) == kublrs {
			seen++
		}
	}
	count, ok := readByOthers(text)
	return count > seen || !ok && MayBeMeant(text)
}

// readByOthers counts the Kublr clusters that the reader which Kubernetes' tools use
// reads in a text; ok is false when it cannot read it.
func readByOthers(text []byte) (count int, ok bool) {
	read, err := yaml.YAMLToJSON(text)
	if err != nil {
		return 0, false
	}
	doc, err := yamledit.Parse(read, diag.Position{})
	if err != nil {
		return 0, false
	}
	for object := range objects(doc.Root()) {
		if whose(object) == kublrs {
			count++
		}
	}
	return count, true
}
