package yamledit

import "fmt"

// flowCollection reads a mapping in braces or a sequence in brackets. Line ends
// and indentation mean nothing inside.
func (p *parser) flowCollection(q properties) int32 {
	p.enter()
	outer := p.brace
	p.brace = p.pos
	n := node{kind: Mapping, style: flow, start: int32(p.pos), col: int32(p.pos - p.line)}
	if p.src[p.pos] == '[' {
		n.kind = Sequence
	}
	id := p.attach(p.add(n), q)
	p.pos++
	if n.kind == Sequence {
		p.flowSequence(id)
	} else {
		p.flowMapping(id)
	}
	p.pos++
	p.nodes[id].end = int32(p.pos)
	p.close(id, q)
	p.depth--
	p.brace = outer
	return id
}

// skip goes to the next token inside a flow collection.
func (p *parser) skip() byte {
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; c {
		case '\t':
			p.doc.unusual = true
			p.pos++
		case ' ', '\r':
			p.pos++
		case '\n':
			p.pos++
			p.line = p.pos
		case '#':
			if !p.endOfLine() {
				p.fail(p.pos, codeYAML, "a comment without a blank before it", "put a blank before the #")
			}
			p.pos = p.lineAfter(p.pos)
			p.line = p.pos
		default:
			if p.marker() != 0 {
				p.unclosed()
			}
			return c
		}
	}
	p.unclosed()
	return 0
}

func (p *parser) unclosed() {
	p.fail(p.brace, codeYAML, "a "+string(p.src[p.brace])+" that is not closed", "close it")
}

func (p *parser) flowMapping(id int32) {
	last, count := int32(0), 0
	for p.skip() != '}' {
		k, v := p.flowEntry(id)
		p.link(id, last, k)
		p.nodes[k].next = v
		last = v
		count++
		p.separator('}')
	}
	p.keys(id, count)
}

// separator expects a comma or the end of the collection.
func (p *parser) separator(closing byte) {
	line := p.line
	switch p.skip() {
	case ',':
		p.pos++
	case closing:
	case '?':
		p.fail(p.pos, codeYAML, "a question mark in text without quotes inside braces or brackets, which not every parser takes", "quote the text with the ?")
	case ':':
		if p.line != line {
			p.fail(p.pos, codeYAML, "a colon on another line than its key, which not every parser takes", "put the colon on the key's line")
		}
		fallthrough
	default:
		at := p.doc.position(p.brace)
		p.fail(p.pos, codeYAML, fmt.Sprintf("a comma or the %c is missing that closes the %c of line %d", closing, p.src[p.brace], at.Line), "check the braces, brackets and quotes from there to here")
	}
}

func (p *parser) flowEntry(id int32) (k, v int32) {
	start := p.pos
	q := p.properties()
	k = p.flowScalar()
	end := p.nodes[k].end
	if !p.flowColon() {
		p.attach(k, q)
		p.adopt(k, id, 0)
		return k, p.adopt(p.add(node{kind: Null, start: end, end: end, flags: implied | noColon}), id, k)
	}
	p.asKey(k, q, start)
	p.adopt(k, id, 0)
	return k, p.flowValue(id, k)
}

// flowScalar reads a key inside a flow collection.
func (p *parser) flowScalar() int32 {
	switch c := p.skip(); c {
	case '"', '\'':
		return p.quoted(c)
	case '{', '[', '*':
		p.fail(p.pos, codeYAML, "a key that is a mapping, a list or an alias", "use a plain or quoted key")
	}
	return p.plain(0, true)
}

// flowColon tells whether a colon follows on the same line, and goes to it.
func (p *parser) flowColon() bool {
	p.blanks()
	return p.pos < len(p.src) && p.src[p.pos] == ':'
}

// flowValue reads what follows a colon.
func (p *parser) flowValue(parent, key int32) int32 {
	p.pos++
	at := int32(p.pos)
	if c := p.skip(); c == ',' || c == '}' || c == ']' {
		return p.adopt(p.add(node{kind: Null, start: at, end: at, flags: implied}), parent, key)
	}
	return p.flowNode(parent, key)
}

// flowNode reads any value inside a flow collection.
func (p *parser) flowNode(parent, key int32) int32 {
	q := p.properties()
	if !q.none() {
		if c := p.skip(); c == ',' || c == '}' || c == ']' {
			at := q.end()
			return p.adopt(p.attach(p.add(node{kind: Scalar, start: at, end: at, flags: implied}), q), parent, key)
		}
	}
	var id int32
	switch c := p.skip(); c {
	case '"', '\'':
		id = p.quoted(c)
	case '{', '[':
		id = p.flowCollection(q)
	case '*':
		id = p.alias()
	default:
		id = p.plain(0, true)
	}
	p.attachScalar(id, q)
	return p.adopt(id, parent, key)
}

func (p *parser) flowSequence(id int32) {
	last := int32(0)
	for index := int32(0); p.skip() != ']'; index++ {
		start := p.pos
		child := p.flowNode(id, -1-index)
		if p.flowColon() {
			child = p.flowPair(id, -1-index, child, start)
		}
		p.link(id, last, child)
		last = child
		p.separator(']')
	}
}

// flowPair makes the mapping of [key: value], whose key has been read.
func (p *parser) flowPair(parent, key, k int32, start int) int32 {
	p.doc.unusual = true
	p.asKey(k, properties{}, start)
	id := p.adopt(p.add(node{kind: Mapping, style: flow, flags: pair, start: int32(start), first: k}), parent, key)
	p.adopt(k, id, 0)
	v := p.flowValue(id, k)
	p.nodes[k].next = v
	p.nodes[id].end = p.nodes[v].end
	p.keys(id, 1)
	return id
}
