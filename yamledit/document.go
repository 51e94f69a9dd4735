package yamledit

import (
	"bytes"
	"math"
	"unicode/utf8"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Document is one parsed YAML document and the bytes it was read from. It is
// not safe for concurrent use.
type Document struct {
	src     []byte
	start   diag.Position
	nodes   []node // nodes[0] stands for nothing
	root    int32
	props   map[int32]properties
	aliases []int32        // in order
	shared  map[int32]bool // nodes at or below which an alias refers to an anchor; made when first needed
	unusual bool           // read it with the decoder too before editing
	merges  bool           // a merge key stands in it
	lines   diag.Lines
	routes  map[route]int32 // the number of each route, which is its index in taken
	taken   []route
	lists   int // 1 more than listUnit gives; 0 before it is asked
}

// IsUnusual tells whether the text is written in ways that readers of YAML in use may
// differ about, such as tags and merge keys: what hangs on one of them is to be asked too.
func (d *Document) IsUnusual() bool { return d.unusual || d.merges }

// A node is one value or key. Children of a mapping are key, value, key, value, …
type node struct {
	kind   Kind
	style  style
	flags  flags
	start  int32 // its own text, without anchor and tag
	end    int32 // of a block collection: where its last value ends
	first  int32 // first child; of an alias: the node it stands for; of a block scalar: the column of its text
	next   int32
	parent int32
	key    int32 // of a mapping's value: the key; of a sequence's element: -1 - its index
	col    int32 // column its text starts in
}

type style uint8

const (
	plain style = iota
	singleQuoted
	doubleQuoted
	literal
	folded
	block
	flow
)

type flags uint16

const (
	hasProperties flags = 1 << iota // anchor or tag
	escaped                         // a quoted scalar that is not its own text
	multiline                       // a plain or quoted scalar on several lines
	implied                         // a null that is not written
	noColon                         // an implied null without a colon
	questioned                      // a key behind a question mark
	pair                            // a mapping of one entry without braces, in a flow sequence
	hasMerge                        // a mapping with a merge key
	isMerged                        // a mapping that a merge key merges
	isAliased                       // an alias refers to it
)

// properties are the anchor and tag of a node, as spans; a zero end is none.
type properties struct{ anchor, anchorEnd, tag, tagEnd int32 }

func (q properties) none() bool { return q.anchorEnd == 0 && q.tagEnd == 0 }

// Parse reads one document. Markers, comments and directives around it are
// allowed; a second document is not. start is the place of src's first byte in
// its file, the zero Position meaning the beginning. src must not be changed
// while the Document is used.
//
// The error is a [diag.Findings] of one. Positions in it and in the Document count from start.
func Parse(src []byte, start diag.Position) (d *Document, err error) {
	d = &Document{src: src, start: start, lines: diag.NewLines(src, start)}
	if len(src) > math.MaxInt32-1 {
		return nil, diag.Findings{codeYAML.Finding(start, nil, "the document is larger than 2 GiB", "split it")}
	}
	defer func() {
		if r := recover(); r != nil {
			e, ours := r.(diag.Finding)
			if !ours {
				panic(r)
			}
			d, err = nil, diag.Findings{e}
		}
	}()
	p := parser{src: src, doc: d}
	p.check()
	p.document()
	d.nodes = p.nodes
	return d, nil
}

// Bytes gives the text the document was parsed from.
func (d *Document) Bytes() []byte { return d.src }

// Root gives the document's value: a null when the document is empty.
func (d *Document) Root() Node { return d.node(d.root) }

func (d *Document) node(id int32) Node {
	if id == 0 {
		return Node{}
	}
	return Node{doc: d, id: id}
}

func (d *Document) position(at int) diag.Position { return d.lines.Position(at) }

const byteOrderMark = "\ufeff"

// ordinary marks the bytes that need no look in check.
var ordinary = func() (t [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		t[c] = true
	}
	t['\t'], t['\n'] = true, true
	return t
}()

// check refuses what no YAML text may hold, so that the parser need not care.
func (p *parser) check() {
	if p.doc.start.Byte == 0 && bytes.HasPrefix(p.src, []byte(byteOrderMark)) {
		p.pos = len(byteOrderMark)
	}
	for i := p.pos; i < len(p.src); i++ {
		c := p.src[i]
		if ordinary[c] {
			continue
		}
		if c >= utf8.RuneSelf {
			i += p.checkRune(i) - 1
			continue
		}
		if c == '\r' && i+1 < len(p.src) && p.src[i+1] == '\n' {
			continue
		}
		if c == '\r' {
			p.fail(i, codeEncoding, "a carriage return without a line feed", "end lines with \\n or \\r\\n")
		}
		p.badEncoding(i)
	}
}

func (p *parser) checkRune(at int) int {
	r, size := utf8.DecodeRune(p.src[at:])
	switch {
	case r == utf8.RuneError && size == 1, r < 0xa0 && r != 0x85, r == 0xfffe, r == 0xffff:
		p.badEncoding(at)
	case r == 0xfeff:
		p.fail(at, codeEncoding, "a byte order mark inside the text", "remove it")
	case r == 0x85, r == 0x2028, r == 0x2029: // line ends for some parsers
		p.doc.unusual = true
	}
	return size
}

func (p *parser) badEncoding(at int) {
	message, hint := "a control character, which YAML does not allow", "remove it, or write it as an escape in double quotes"
	if !utf8.Valid(p.src) || bytes.IndexByte(p.src, 0) >= 0 {
		message, hint = "the text is not UTF-8", "save the file as UTF-8"
	}
	p.fail(at, codeEncoding, message, hint)
}
