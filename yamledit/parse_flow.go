package yamledit

// flowCollection reads a mapping in braces or a sequence in brackets. Line ends
// and indentation mean nothing inside.
func (p *parser) flowCollection(q properties) int32 {
	p.enter()
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
				p.fail(p.pos, "yaml", "a comment without a blank before it", "put a blank before the #")
			}
			p.pos = p.lineAfter(p.pos)
			p.line = p.pos
		default:
			if p.marker() != 0 {
				p.fail(p.pos, "yaml", "a document marker inside braces or brackets", "close them first")
			}
			return c
		}
	}
	p.fail(p.pos, "yaml", "the text ends inside braces or brackets", "close them")
	return 0
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
	switch p.skip() {
	case ',':
		p.pos++
	case closing:
	default:
		p.fail(p.pos, "yaml", "a comma or "+string(closing)+" is missing", "check the braces, brackets and quotes around here")
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
		p.fail(p.pos, "yaml", "a key that is a mapping, a list or an alias", "use a plain or quoted key")
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
