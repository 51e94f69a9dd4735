package run

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// What a diff does not show, since it may be a credential or say something of one:
//
//   - below a key that says so, however it is written; of text inside a value or a
//     comment, a line that says so
//   - in a list, what is no cluster, such as a Secret, and the comments around it
//   - comments between two documents, unless both are clusters
//   - a value beside a name that says so, and what follows such an option in a list
//   - what has the shape of one, wherever it stands

// secretWords are what a key says that has a credential under it.
var secretWords = regexp.MustCompile(`(?i)(pass[\W_]?(word|wd|phrase)|secret|token|credential|(access|private|api)[\W_]*key)[\w.-]*`)

// secretShapes are credentials by themselves, and what each has in it: ids of access
// keys, private keys, and passwords in addresses.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
var secretShapes = map[string]*regexp.Regexp{
	"AKIA":        regexp.MustCompile(`AKIA[A-Z0-9]{16}`),
	"ASIA":        regexp.MustCompile(`ASIA[A-Z0-9]{16}`),
	"-----BEGIN ": regexp.MustCompile(`-----BEGIN `),
	"://":         regexp.MustCompile(`://[^/\s:@]*:[^/\s@]+@`),
}

// looksSecret tells whether a text has the shape of a credential.
func looksSecret(text string) bool {
	for has, shape := range secretShapes {
		if strings.Contains(text, has) && shape.MatchString(text) {
			return true
		}
	}
	return false
}

// pairName and pairValue are how a name and its value are called where they stand side
// by side.
var (
	pairName  = regexp.MustCompile(`(?i)\b(name|key)["']?[ \t]*[:=][ \t]*["']?([\w.-]+)`)
	pairValue = regexp.MustCompile(`\b[vV]alue["']?[ \t]*[:=]`)
)

// namesSecret tells whether a line gives something a name that says so.
func namesSecret(line []byte) bool {
	return slices.ContainsFunc(pairName.FindAllSubmatch(line, -1), func(m [][]byte) bool { return isSecret(string(m[2])) })
}

func isPairValue(line []byte) bool {
	return bytes.Contains(line, []byte("alue")) && pairValue.Match(line)
}

// isSecret tells whether a key says so. One that ends in Ref only has the name of a
// Secret, as awsApiAccessSecretRef does.
func isSecret(key string) bool {
	said := strings.ToLower(secretWords.FindString(key))
	return said != "" && !strings.HasSuffix(said, "ref")
}

// saysSecret tells whether a line has such a key, a comment with such a word, or what
// looks like a credential.
func saysSecret(line []byte) bool {
	if looksSecret(string(line)) {
		return true
	}
	for _, at := range secretWords.FindAllIndex(line, -1) {
		after := bytes.TrimLeft(line[at[1]:], " \t\"'")
		isKey := len(after) > 0 && (after[0] == ':' || after[0] == '=')
		if (isKey || bytes.IndexByte(line[:at[0]], '#') >= 0) && isSecret(string(line[at[0]:at[1]])) {
			return true
		}
	}
	return false
}

// A page is a document as lines, and which of them are not shown.
type page struct {
	chunk   yamledit.Chunk
	lines   [][]byte
	starts  []int // where each line starts, and where the last one ends
	end     int   // the line after the document's value
	hidden  []bool
	marks   []mark
	anchors []string     // of values that are not shown where an alias stands for them
	seen    map[int]bool // the values that were marked, by where they start, and whether as hidden
}

// A mark is where a key or value starts.
type mark struct {
	at       int
	isHidden bool
}

// newPage reads a document. Comments at its top are shown when isAfterOurs.
func newPage(chunk yamledit.Chunk, isAfterOurs bool) *page {
	p := &page{chunk: chunk, lines: slices.Collect(bytes.Lines(chunk.Bytes)), starts: []int{0}, seen: map[int]bool{}}
	for i, line := range p.lines {
		p.starts = append(p.starts, p.starts[i]+len(line))
		p.hidden = append(p.hidden, saysSecret(line))
	}
	for i, line := range p.lines {
		around := p.lines[max(i-1, 0):min(i+2, len(p.lines))]
		p.hidden[i] = p.hidden[i] || isPairValue(line) && slices.ContainsFunc(around, namesSecret)
	}
	p.end = len(p.lines)
	for p.end > 0 && isAround(p.lines[p.end-1]) {
		p.end--
	}
	for i := 0; i < p.end && isAround(p.lines[i]); i++ {
		p.hidden[i] = p.hidden[i] || !isAfterOurs && !isBare(p.lines[i])
	}
	if doc, err := yamledit.Parse(chunk.Bytes, chunk.Start); err == nil { // it was edited, so it can be read
		p.objects(doc.Root())
		p.hide()
	}
	p.hideComments()
	return p
}

// isBare tells of a line that says nothing: a blank one, or a marker alone.
func isBare(line []byte) bool {
	text := string(bytes.TrimSpace(line))
	return text == "" || text == "---" || text == "..."
}

// isAround tells of a line that is no value's: a bare one, a comment or a directive.
func isAround(line []byte) bool {
	text := bytes.TrimSpace(bytes.TrimPrefix(line, []byte("---")))
	return isBare(line) || bytes.HasPrefix(text, []byte("#")) || bytes.HasPrefix(line, []byte("%"))
}

// isHidden tells whether one of some lines is not shown.
func (p *page) isHidden(from, to int) bool { return slices.Contains(p.hidden[from:to], true) }

// line gives the index of the line of an offset.
func (p *page) line(at int) int {
	i, found := slices.BinarySearch(p.starts, at)
	if !found || i > 0 && i == len(p.lines) && !bytes.HasSuffix(p.lines[i-1], []byte("\n")) {
		i--
	}
	return i
}

// objects marks the objects of a document: its root, or those of a list.
func (p *page) objects(n yamledit.Node) {
	list := n
	if n.Kind() == yamledit.Mapping {
		list = n.Get("items")
	}
	if list.Kind() != yamledit.Sequence {
		p.values(n, n.Get("kind").Text() != "Cluster")
		return
	}
	for key, value := range n.Entries() {
		p.mark(key, false)
		if key.Text() != "items" {
			p.values(value, isSecret(key.Text()))
		}
	}
	for _, element := range list.Elements() {
		p.objects(element)
	}
}

// values marks what stands at and below a value.
func (p *page) values(n yamledit.Node, isHidden bool) {
	isHidden = isHidden || isSecretPair(n) || looksSecret(n.Text())
	p.mark(n, isHidden)
	at := n.Position().Byte
	if was, seen := p.seen[at]; seen && (was || !isHidden) {
		return
	}
	p.seen[at] = isHidden
	for key, value := range n.Entries() {
		isHidden := isHidden || isSecret(key.Text())
		p.mark(key, isHidden)
		p.values(value, isHidden)
	}
	isAfterOption := false // such as --password, alone
	for _, element := range n.Elements() {
		p.values(element, isHidden || isAfterOption)
		option := element.Text()
		isAfterOption = strings.HasPrefix(option, "-") && !strings.Contains(option, "=") && isSecret(option)
	}
}

// isSecretPair tells of a mapping whether it is a name that says so and its value.
func isSecretPair(n yamledit.Node) bool {
	var says, has bool
	for key, value := range n.Entries() {
		switch strings.ToLower(key.Text()) {
		case "name", "key":
			says = isSecret(value.Text())
		case "value":
			has = true
		}
	}
	return says && has
}

func (p *page) mark(n yamledit.Node, isHidden bool) {
	at := n.Position().Byte - p.chunk.Start.Byte
	p.marks = append(p.marks, mark{at, isHidden})
	if text := p.chunk.Bytes[at:]; isHidden && bytes.HasPrefix(text, []byte("*")) {
		end := bytes.IndexAny(text, " \t\r\n,]}")
		p.anchors = append(p.anchors, "&"+string(text[1:max(end, 1)]))
	}
}

// hide hides the lines of what is marked so, each up to the next mark.
func (p *page) hide() {
	slices.SortFunc(p.marks, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	for _, anchor := range p.anchors {
		at := bytes.Index(p.chunk.Bytes, []byte(anchor))
		i, _ := slices.BinarySearchFunc(p.marks, at+1, func(m mark, at int) int { return cmp.Compare(m.at, at) })
		if i < len(p.marks) {
			p.marks[i].isHidden = true
		}
	}
	for i, m := range p.marks {
		if !m.isHidden {
			continue
		}
		first, end := p.line(m.at), len(p.lines)
		if next := p.next(i); next >= 0 {
			end = p.line(next)
			between := p.chunk.Bytes[p.starts[end]:next]
			if end == first || len(bytes.Trim(between, " \t-?{}[],:\"'")) > 0 {
				end++
			}
		}
		for i := first; i < end; i++ {
			p.hidden[i] = true
		}
	}
}

// hideComments hides those that stand before a hidden line, and after a comment that
// is one.
func (p *page) hideComments() {
	isComment := func(i int) bool { return bytes.HasPrefix(bytes.TrimSpace(p.lines[i]), []byte("#")) }
	for i := len(p.lines) - 2; i >= 0; i-- {
		isBlank := len(bytes.TrimSpace(p.lines[i])) == 0
		p.hidden[i] = p.hidden[i] || p.hidden[i+1] && (isComment(i) || isBlank)
	}
	for i := 1; i < len(p.lines); i++ {
		p.hidden[i] = p.hidden[i] || p.hidden[i-1] && isComment(i-1) && isComment(i)
	}
}

// next gives where the next mark stands, -1 after the last.
func (p *page) next(i int) int {
	for _, m := range p.marks[i:] {
		if m.at > p.marks[i].at {
			return m.at
		}
	}
	return -1
}
