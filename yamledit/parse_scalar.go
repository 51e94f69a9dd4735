package yamledit

// What ends a run of a plain scalar's characters.
var (
	plainStops = stops(":#\r\n")
	flowStops  = stops(":#\r\n,[]{}?")
)

func stops(chars string) (t [256]bool) {
	for _, c := range []byte(chars) {
		t[c] = true
	}
	return t
}

// plain reads a plain scalar; outside of flow, its further lines must be indented
// more than indent.
func (p *parser) plain(indent int, inFlow bool) int32 {
	start, src := p.pos, p.src
	p.plainStart(inFlow)
	n := node{kind: Scalar, start: int32(start), col: int32(start - p.line)}
	table := &plainStops
	if inFlow {
		table = &flowStops
	}
	for {
		end := p.plainRun(table)
		n.end = int32(end)
		p.pos = end
		if i := skipBlanks(src, end); i < len(src) && (src[i] == '\n' || src[i] == '\r') && p.continues(i, indent, inFlow) {
			n.flags |= multiline
			p.doc.unusual = true
			continue
		}
		break
	}
	if inFlow && src[n.end-1] == ':' {
		p.fail(int(n.end)-1, codeYAML, "a colon without a blank after it", "put a blank after the colon, or quote the text")
	}
	return p.add(n)
}

func skipBlanks(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\t') {
		i++
	}
	return i
}

// plainRun reads to the end of the scalar's text on this line and gives it, with
// the blanks after it left out.
func (p *parser) plainRun(table *[256]bool) int {
	src, i := p.src, p.pos
	for i < len(src) {
		c := src[i]
		if !table[c] {
			i++
			continue
		}
		if c == ':' && !blankOrEnd(src, i+1) || c == '#' && i > p.pos && src[i-1] != ' ' && src[i-1] != '\t' {
			i++
			continue
		}
		break
	}
	for i > p.pos && (src[i-1] == ' ' || src[i-1] == '\t') {
		i--
	}
	return i
}

// plainStart refuses what cannot begin a plain scalar.
func (p *parser) plainStart(inFlow bool) {
	c := p.src[p.pos]
	follows := p.pos+1 < len(p.src) && !blankOrEnd(p.src, p.pos+1)
	switch c {
	case '-':
		if follows {
			return
		}
		p.fail(p.pos, codeYAML, "a list item where none can stand", "put the list on lines of its own")
	case '?', ':':
		if follows && !inFlow {
			return
		}
		p.fail(p.pos, codeYAML, "a key indicator where none can stand", "check this line, or quote the text")
	case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		p.fail(p.pos, codeYAML, "a character that cannot begin a value", "quote the text")
	}
}

// continues tells whether a plain scalar goes on after the line end at i, and
// goes to where it does.
func (p *parser) continues(i, indent int, inFlow bool) bool {
	src := p.src
	for {
		if src[i] == '\r' {
			i++
		}
		i++
		line := i
		i = skipBlanks(src, i)
		if i == len(src) {
			return false
		}
		if src[i] == '\n' || src[i] == '\r' {
			continue
		}
		if src[i] == '#' || !inFlow && i-line <= indent {
			return false
		}
		if markerAt(src[line:]) != 0 {
			return false
		}
		if inFlow && flowStops[src[i]] && !(src[i] == ':' && !blankOrEnd(src, i+1)) {
			return false
		}
		if !inFlow && src[i] == ':' && blankOrEnd(src, i+1) {
			return false
		}
		for j := line; j < i; j++ {
			if src[j] == '\t' && !inFlow {
				p.tab(j)
			}
		}
		p.pos, p.line = i, line
		return true
	}
}

// quoted reads a scalar in quotes.
func (p *parser) quoted(quote byte) int32 {
	start, src := p.pos, p.src
	n := node{kind: Scalar, style: singleQuoted, start: int32(start), col: int32(start - p.line)}
	if quote == '"' {
		n.style = doubleQuoted
	}
	for i := start + 1; i < len(src); i++ {
		switch c := src[i]; {
		case c == quote && quote == '\'' && i+1 < len(src) && src[i+1] == '\'':
			n.flags |= escaped
			i++
		case c == quote:
			p.pos = i + 1
			n.end = int32(p.pos)
			return p.add(n)
		case c == '\\' && quote == '"':
			n.flags |= escaped
			i = p.escape(i) - 1
		case c == '\n':
			n.flags |= multiline
			p.doc.unusual = true
			p.pos, p.line = i+1, i+1
			if p.marker() != 0 {
				p.fail(p.pos, codeYAML, "a document marker inside quotes", "close the quotes first")
			}
		}
	}
	p.fail(start, codeYAML, "the quotes are not closed", "close them")
	return 0
}

// blockScalar reads a literal (|) or folded (>) scalar and goes on to the next
// line with content.
func (p *parser) blockScalar(indent int) int32 {
	start, src := p.pos, p.src
	n := node{kind: Scalar, style: literal, start: int32(start), col: int32(start - p.line)}
	if src[start] == '>' {
		n.style = folded
	}
	width, keep := p.blockHeader()
	if width > 0 {
		width += max(indent, 0)
	}
	line := p.lineAfter(p.pos)
	n.end = int32(p.lineEnd(line))
	longest := 0
	for i := line; i < len(src); {
		j := i
		for j < len(src) && src[j] == ' ' && (width == 0 || j-i < width) {
			j++
		}
		empty := j == len(src) || src[j] == '\n' || src[j] == '\r'
		switch {
		case empty && width == 0:
			longest = max(longest, j-i)
		case !empty && width == 0:
			if src[j] == '\t' {
				p.tab(j)
			}
			if j-i < max(indent+1, 1) {
				width = max(longest, indent+1, 1) // it has no text
				break
			}
			if width = j - i; longest > width {
				p.fail(i, codeYAML, "the blank lines at the start of a block scalar are indented more than its text", "remove their blanks")
			}
		}
		if !empty && j-i < width {
			if src[j] == '\t' {
				p.tab(j)
			}
			break
		}
		next := p.lineAfter(j)
		if !empty || keep && (next < len(src) || src[len(src)-1] == '\n') {
			n.end = int32(p.lineEnd(next))
		}
		line = next
		i = next
	}
	if width == 0 {
		width = max(longest, indent+1, 1)
	}
	n.first = int32(width)
	p.pos = line
	p.lines()
	return p.add(n)
}

// lineEnd gives the end of the text before an offset where a line starts.
func (p *parser) lineEnd(next int) int {
	if next > 0 && p.src[next-1] == '\n' {
		next--
		if next > 0 && p.src[next-1] == '\r' {
			next--
		}
	}
	return next
}

// blockHeader reads the indentation and chomping indicators; they come in either
// order.
func (p *parser) blockHeader() (width int, keep bool) {
	chomped := false
	for p.pos++; p.pos < len(p.src); p.pos++ {
		c := p.src[p.pos]
		switch {
		case c >= '1' && c <= '9' && width == 0:
			width = int(c - '0')
			p.doc.unusual = true
			continue
		case (c == '+' || c == '-') && !chomped:
			chomped, keep = true, c == '+'
			continue
		}
		break
	}
	p.blanks()
	if !p.endOfLine() {
		p.fail(p.pos, codeYAML, "text after the indicator of a block scalar", "put it on the next line")
	}
	return width, keep
}
