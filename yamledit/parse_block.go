package yamledit

import (
	"bytes"
	"fmt"
)

// parser reads one document in one pass. It follows libyaml, of which yaml.v3 is
// a translation: indent is always the column of the innermost open block
// collection, and -1 outside of all.
type parser struct {
	src      []byte
	pos      int
	line     int // offset where the current line starts
	col      int // after lines: the column of pos; -1 at the end and at a document marker
	depth    int
	brace    int // offset where the innermost open flow collection begins
	nodes    []node
	doc      *Document
	anchors  map[string]int32
	sizes    map[int32]int // how many nodes an anchored node holds, aliases expanded
	expanded int
}

const (
	maxDepth = 1000 // of mappings and sequences inside each other
	// maxExpanded bounds what aliases may blow a document up to.
	maxExpanded = 1 << 18
	// maxKey is how far a colon may stand from its key's start, by YAML's rule.
	maxKey = 1024
)

func (p *parser) document() {
	p.nodes = make([]node, 1, len(p.src)/12+8)
	p.line = p.pos
	p.lines()
	directives := p.directives()
	if p.marker() == '-' {
		p.pos += 3
		p.blanks()
		if p.endOfLine() {
			p.tail()
			if p.col >= 0 {
				p.doc.root = p.node(0, 0, -1, true, false)
			}
		} else {
			p.doc.root = p.node(0, 0, -1, false, false)
		}
	} else if directives {
		p.fail(p.pos, codeYAML, "a directive without a document after it", "put --- between the directives and the document")
	} else if p.col >= 0 {
		p.doc.root = p.node(0, 0, -1, true, false)
	}
	if at := int32(p.pos); p.doc.root == 0 {
		p.doc.root = p.add(node{kind: Null, start: at, end: at, flags: implied})
	}
	p.end()
}

// end expects the end of the text, after a ... marker or without.
func (p *parser) end() {
	for p.marker() == '.' {
		p.pos += 3
		p.tail()
	}
	if p.pos < len(p.src) {
		if p.marker() == '-' {
			p.fail(p.pos, codeYAML, "a second document", "give one document at a time")
		}
		if c := p.src[p.pos]; p.nodes[p.doc.root].style == flow && (c == '{' || c == '[') {
			p.fail(p.pos, codeYAML, "a second JSON document", "put --- on a line of its own between the documents")
		}
		p.unexpected()
	}
}

// directives reads %YAML lines. yaml.v3 refuses version 1.2, which is what we
// all write; nothing of it matters here.
func (p *parser) directives() (any bool) {
	for p.col == 0 && p.src[p.pos] == '%' {
		line := p.src[p.pos:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end]
		}
		if tab := bytes.IndexByte(line, '\t'); tab >= 0 {
			p.fail(p.pos+tab, codeTab, "a tab in a directive", "use a blank")
		}
		fields := bytes.Fields(line)
		if string(fields[0]) != "%YAML" {
			p.fail(p.pos, codeYAML, "a directive other than %YAML", "remove it")
		}
		version := ""
		if len(fields) > 1 {
			version = string(fields[1])
		}
		if any || version != "1.1" && version != "1.2" || len(fields) > 2 && fields[2][0] != '#' {
			p.fail(p.pos, codeYAML, "a %YAML directive other than 1.1 or 1.2", "remove it")
		}
		any = true
		p.pos += len(line)
		p.tail()
	}
	return any
}

// marker gives '-' or '.' when the line at the cursor is a document marker.
func (p *parser) marker() byte {
	if p.pos != p.line {
		return 0
	}
	return markerAt(p.src[p.pos:])
}

func markerAt(s []byte) byte {
	if len(s) < 3 || s[0] != '-' && s[0] != '.' || s[1] != s[0] || s[2] != s[0] || !blankOrEnd(s, 3) {
		return 0
	}
	return s[0]
}

func blankOrEnd(s []byte, i int) bool {
	return i >= len(s) || s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r'
}

// lines goes on to the next line with content; the cursor is at a line's start.
func (p *parser) lines() {
	src, i := p.src, p.pos
	for {
		p.line = i
		for i < len(src) && src[i] == ' ' {
			i++
		}
		p.pos, p.col = i, i-p.line
		if i == len(src) {
			p.col = -1
			return
		}
		switch src[i] {
		case '\n':
			i++
			continue
		case '\r':
			i += 2
			continue
		case '#':
			i = p.lineAfter(i)
			continue
		case '\t':
			p.tab(i)
		}
		if p.col == 0 && p.marker() != 0 {
			p.col = -1
		}
		return
	}
}

func (p *parser) tab(at int) {
	p.fail(at, codeTab, "a tab in the indentation", "indent with blanks")
}

// lineAfter gives where the line after an offset starts.
func (p *parser) lineAfter(i int) int {
	if n := bytes.IndexByte(p.src[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(p.src)
}

// blanks skips blanks and tabs inside a line.
func (p *parser) blanks() {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ':
		case '\t':
			p.doc.unusual = true
		default:
			return
		}
		p.pos++
	}
}

// endOfLine tells whether nothing but a comment is left of the line.
func (p *parser) endOfLine() bool {
	if p.pos == len(p.src) {
		return true
	}
	switch p.src[p.pos] {
	case '\n', '\r':
		return true
	case '#':
		return p.pos == p.line || p.src[p.pos-1] == ' ' || p.src[p.pos-1] == '\t'
	}
	return false
}

// tail finishes a line after a value and goes on to the next with content.
func (p *parser) tail() {
	p.blanks()
	if !p.endOfLine() {
		p.unexpected()
	}
	p.pos = p.lineAfter(p.pos)
	p.lines()
}

func (p *parser) unexpected() {
	at := p.pos
	if at < len(p.src) && p.src[at] == ':' && blankOrEnd(p.src, at+1) {
		p.fail(at, codeYAML, "a mapping inside a value that began on the same line", "quote the value, or put the mapping on lines of its own")
	}
	p.fail(at, codeYAML, "text that does not fit here", "check the indentation and the quotes of this line and the one above")
}

func (p *parser) add(n node) int32 {
	id := int32(len(p.nodes))
	p.nodes = append(p.nodes, n)
	p.expanded++
	return id
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.pos, codeYAML, fmt.Sprintf("nested more than %d deep", maxDepth), "flatten it")
	}
}

// adopt sets where a node hangs in the tree.
func (p *parser) adopt(id, parent, key int32) int32 {
	p.nodes[id].parent, p.nodes[id].key = parent, key
	return id
}

// node reads the value at the cursor and goes on to the next line with content.
// compact tells whether a block collection may begin on this line; indentless,
// whether a sequence may stand in its parent's column.
func (p *parser) node(parent, key int32, indent int, compact, indentless bool) int32 {
	p.enter()
	defer func() { p.depth-- }()
	var outer properties
	for {
		start, col := p.pos, p.pos-p.line
		here := p.properties()
		if !here.none() && p.endOfLine() {
			at := int32(p.pos)
			if p.pos > start {
				at = here.end()
			}
			outer = p.join(outer, here)
			p.tail()
			if p.col > indent || indentless && p.col == indent && p.dash() {
				compact = true
				continue
			}
			return p.adopt(p.attach(p.add(node{kind: Scalar, start: at, end: at, flags: implied}), outer), parent, key)
		}
		if here.none() && compact {
			switch c := p.src[p.pos]; {
			case p.dash():
				return p.blockSequence(parent, key, outer)
			case c == '?' && blankOrEnd(p.src, p.pos+1):
				return p.blockMapping(parent, key, col, 0, outer)
			}
		}
		if c := p.src[p.pos]; c == '|' || c == '>' {
			return p.adopt(p.attach(p.blockScalar(indent), p.join(outer, here)), parent, key)
		}
		both := p.join(outer, here)
		id := p.inline(indent, both)
		if p.colon() {
			if !compact {
				p.unexpected()
			}
			p.asKey(id, here, start)
			return p.blockMapping(parent, key, col, id, outer)
		}
		p.attachScalar(id, both)
		p.tail()
		return p.adopt(id, parent, key)
	}
}

// inline reads an alias, a scalar or a flow collection; only the last takes its
// properties at once, since a scalar may turn out to be a key.
func (p *parser) inline(indent int, q properties) int32 {
	switch c := p.src[p.pos]; c {
	case '"', '\'':
		return p.quoted(c)
	case '{', '[':
		return p.flowCollection(q)
	case '*':
		return p.alias()
	default:
		return p.plain(indent, false)
	}
}

func (p *parser) dash() bool { return p.src[p.pos] == '-' && blankOrEnd(p.src, p.pos+1) }

// colon goes to the colon of a key that has just been read, if there is one.
func (p *parser) colon() bool {
	i := p.pos
	for i < len(p.src) && (p.src[i] == ' ' || p.src[i] == '\t') {
		i++
	}
	if i == len(p.src) || p.src[i] != ':' || !blankOrEnd(p.src, i+1) {
		return false
	}
	p.blanks()
	return true
}

// asKey checks that a node may be a key; the cursor is at its colon.
func (p *parser) asKey(id int32, here properties, start int) {
	x := &p.nodes[id]
	switch {
	case x.kind != Scalar:
		p.fail(int(x.start), codeYAML, "a key that is "+x.kind.String(), "use a plain or quoted key")
	case x.flags&multiline != 0, p.line > start:
		p.fail(start, codeYAML, "a key on more than one line, or a line that lacks a colon", "write the key and its colon on one line")
	case p.pos-start > maxKey:
		p.fail(start, codeYAML, "a key of more than 1024 bytes", "shorten it")
	}
	p.attach(id, here)
}

// blockSequence reads the sequence whose first dash is at the cursor.
func (p *parser) blockSequence(parent, key int32, q properties) int32 {
	col := p.pos - p.line
	id := p.attach(p.add(node{kind: Sequence, style: block, start: int32(p.pos), col: int32(col)}), q)
	p.adopt(id, parent, key)
	last := int32(0)
	for index := int32(0); ; index++ {
		p.pos++
		child := p.afterIndicator(id, -1-index, col, false)
		p.link(id, last, child)
		last = child
		if p.col != col || !p.dash() {
			break
		}
	}
	p.nodes[id].end = p.nodes[last].end
	p.close(id, q)
	return id
}

// afterIndicator reads what follows a dash, a question mark, or the colon of an
// explicit key: another collection may begin on the same line.
func (p *parser) afterIndicator(parent, key int32, col int, indentless bool) int32 {
	at := int32(p.pos)
	for p.pos < len(p.src) && p.src[p.pos] == ' ' {
		p.pos++
	}
	if p.pos < len(p.src) && p.src[p.pos] == '\t' {
		p.fail(p.pos, codeTab, "a tab after a dash, a question mark or a colon", "use a blank")
	}
	if !p.endOfLine() {
		return p.node(parent, key, col, true, false)
	}
	p.tail()
	if p.col > col || indentless && p.col == col && p.dash() {
		return p.node(parent, key, col, true, indentless)
	}
	return p.adopt(p.add(node{kind: Null, start: at, end: at, flags: implied}), parent, key)
}

func (p *parser) link(parent, last, child int32) {
	if last == 0 {
		p.nodes[parent].first = child
	} else {
		p.nodes[last].next = child
	}
}

// blockMapping reads the mapping in column col, whose first key has been read
// and whose colon is at the cursor; or, with first 0, an explicit key is.
func (p *parser) blockMapping(parent, key int32, col int, first int32, q properties) int32 {
	start := int32(p.line + col)
	id := p.attach(p.add(node{kind: Mapping, style: block, start: start, col: int32(col)}), q)
	p.adopt(id, parent, key)
	last, count := int32(0), 0
	for k := first; ; k = 0 {
		var v int32
		if k == 0 {
			k, v = p.entry(id, col)
		} else {
			v = p.value(id, k, col)
		}
		p.nodes[k].parent = id
		p.link(id, last, k)
		p.nodes[k].next = v
		last = v
		count++
		if p.col != col {
			break
		}
		if p.dash() { // ends a sequence in the mapping's own column
			p.fail(p.pos, codeYAML, "a list item where a key is expected", "check the indentation")
		}
	}
	p.nodes[id].end = p.nodes[last].end
	p.keys(id, count)
	p.close(id, q)
	return id
}

// entry reads a key at the cursor and its value.
func (p *parser) entry(id int32, col int) (k, v int32) {
	if p.src[p.pos] == '?' && blankOrEnd(p.src, p.pos+1) {
		return p.explicit(id, col)
	}
	start := p.pos
	q := p.properties()
	if p.endOfLine() {
		p.unexpected()
	}
	k = p.inline(col, properties{})
	if !p.colon() {
		p.fail(start, codeYAML, "a line without a colon where a key is expected", "write \"key: value\", or indent the line if it belongs to the value above")
	}
	p.asKey(k, q, start)
	return k, p.value(id, k, col)
}

// value reads what follows a key; the cursor is at the colon.
func (p *parser) value(id, k int32, col int) int32 {
	p.pos++
	at := int32(p.pos)
	p.blanks()
	if !p.endOfLine() {
		return p.node(id, k, col, false, true)
	}
	p.tail()
	if p.col > col || p.col == col && p.dash() {
		return p.node(id, k, col, true, true)
	}
	return p.adopt(p.add(node{kind: Null, start: at, end: at, flags: implied}), id, k)
}

// explicit reads an entry written as "? key" and ": value".
func (p *parser) explicit(id int32, col int) (k, v int32) {
	p.doc.unusual = true
	start := p.pos
	p.pos++
	k = p.afterIndicator(id, 0, col, false)
	if p.nodes[k].kind != Scalar {
		p.fail(start, codeYAML, "a key that is not a scalar", "use a plain or quoted key")
	}
	p.nodes[k].flags |= questioned
	if p.col == col && p.src[p.pos] == ':' && blankOrEnd(p.src, p.pos+1) {
		p.pos++
		return k, p.afterIndicator(id, k, col, true)
	}
	at := p.nodes[k].end
	return k, p.adopt(p.add(node{kind: Null, start: at, end: at, flags: implied | noColon}), id, k)
}
