package yamledit

// properties reads the anchor and tag in front of a value, on the cursor's line.
func (p *parser) properties() (q properties) {
	for p.pos < len(p.src) {
		start := p.pos
		switch p.src[p.pos] {
		case '&':
			if q.anchorEnd != 0 {
				p.fail(start, codeYAML, "a second anchor on one value", "remove one")
			}
			q.anchor, q.anchorEnd = int32(start), int32(p.name())
		case '!':
			if q.tagEnd != 0 {
				p.fail(start, codeYAML, "a second tag on one value", "remove one")
			}
			q.tag, q.tagEnd = int32(start), int32(p.tagName())
		default:
			return q
		}
		p.blanks()
	}
	return q
}

func (q properties) end() int32 { return max(q.anchorEnd, q.tagEnd) }

// join puts properties of two lines together.
func (p *parser) join(a, b properties) properties {
	switch {
	case a.none():
		return b
	case b.none():
		return a
	case a.anchorEnd != 0 && b.anchorEnd != 0, a.tagEnd != 0 && b.tagEnd != 0:
		p.fail(int(b.end())-1, codeYAML, "two anchors or two tags on one value", "remove one")
	case a.anchorEnd != 0:
		return properties{a.anchor, a.anchorEnd, b.tag, b.tagEnd}
	}
	return properties{b.anchor, b.anchorEnd, a.tag, a.tagEnd}
}

// name reads the name of an anchor or alias and gives its end.
func (p *parser) name() int {
	start := p.pos
	for p.pos++; p.pos < len(p.src); p.pos++ {
		c := p.src[p.pos]
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || c == '-') {
			break
		}
	}
	follows := blankOrEnd(p.src, p.pos) || p.src[p.pos] == ',' || p.src[p.pos] == ']' || p.src[p.pos] == '}'
	if p.pos == start+1 || !follows {
		p.fail(start, codeYAML, "an anchor or alias whose name is not letters, digits, - and _", "rename it, or quote the value")
	}
	return p.pos
}

// tagName reads a tag and gives its end. Handles that a directive would have to
// declare are refused, as the directive is.
func (p *parser) tagName() int {
	start := p.pos
	p.doc.unusual = true
	for p.pos++; !blankOrEnd(p.src, p.pos); p.pos++ {
		switch c := p.src[p.pos]; {
		case c == '!' && p.pos != start+1,
			c == '{', c == '}', c == '[', c == ']', c == ',', c == '%', c == '"', c == '#', c >= 0x80:
			p.fail(start, codeYAML, "a tag in a form that is not understood", "write it as !name or !!name, with a blank after it")
		}
	}
	return p.pos
}

// attach gives a node its properties and makes its anchor known.
func (p *parser) attach(id int32, q properties) int32 {
	if q.none() {
		return id
	}
	if p.nodes[id].kind == alias {
		p.fail(int(p.nodes[id].start), codeYAML, "an alias with an anchor or tag", "remove the anchor or tag")
	}
	if p.doc.props == nil {
		p.doc.props = map[int32]properties{}
	}
	p.doc.props[id] = q
	x := &p.nodes[id]
	x.flags |= hasProperties
	if x.kind == Null {
		x.kind = Scalar // its tag decides
	}
	if p.doc.nodes = p.nodes; x.kind == Scalar && !p.doc.fitsTag(id) {
		p.fail(int(q.tag), codeYAML, "a value that does not fit its tag, or a tag that is not supported", "remove the tag")
	}
	if q.anchorEnd != 0 {
		if p.anchors == nil {
			p.anchors, p.sizes = map[string]int32{}, map[int32]int{}
		}
		p.anchors[string(p.src[q.anchor+1:q.anchorEnd])] = id
		p.sizes[id] = p.expanded
		if x.kind == Scalar {
			p.sizes[id] = 1
		}
	}
	return id
}

// attachScalar attaches, but for collections, which have their properties since
// they began: an alias inside them may name them.
func (p *parser) attachScalar(id int32, q properties) {
	if k := p.nodes[id].kind; k != Mapping && k != Sequence {
		p.attach(id, q)
	}
}

// close notes how much an anchored collection holds.
func (p *parser) close(id int32, q properties) {
	if q.anchorEnd != 0 {
		p.sizes[id] = p.expanded - p.sizes[id] + 1
	}
}

// alias reads *name and finds what it stands for: the last anchor of that name
// above it.
func (p *parser) alias() int32 {
	start := p.pos
	end := p.name()
	name := string(p.src[start+1 : end])
	target, known := p.anchors[name]
	if !known {
		p.fail(start, codeYAML, "an alias has no anchor of its name above it", "correct the name, or write the value out; put quotes around a text that begins with *")
	}
	if x := &p.nodes[target]; (x.kind == Mapping || x.kind == Sequence) && x.end == 0 {
		p.fail(start, codeAnchor, "the anchor "+named(name)+" contains itself", "write the value out")
	}
	if p.expanded += p.sizes[target]; p.expanded > maxExpanded+len(p.nodes) {
		p.fail(start, codeAnchor, "the aliases repeat too much", "write the values out")
	}
	id := p.add(node{kind: alias, start: int32(start), end: int32(end), first: target, col: int32(start - p.line)})
	p.nodes[target].flags |= isAliased
	p.doc.aliases = append(p.doc.aliases, id)
	return id
}
