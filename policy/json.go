package policy

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// JSON with places. encoding/json keeps neither the place of a value, nor the
// order of fields, nor a field that stands twice, and matches names in any case.

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}[k]
}

// A node is a JSON value and where it stands in the text.
type node struct {
	kind       kind
	start, end int
	text       string // of a string, decoded; of a number or boolean, as it stands
	items      []*node
	members    []member
}

type member struct {
	name  string
	start int // of the name
	value *node
}

// maxDepth is more than twice what the deepest policy needs.
const maxDepth = 16

// A scanner reads one JSON text. It stops at the first mistake of syntax;
// fields that stand twice are reported, and reading goes on.
type scanner struct {
	*report
	pos   int
	depth int
	field diag.Field
}

// errSyntax ends the scanning. The report has what was wrong.
type errSyntax struct{}

// scan reads source. It gives nil when the report says why it is no JSON.
func scan(r *report) (root *node) {
	s := &scanner{report: r}
	defer func() {
		switch e := recover(); e.(type) {
		case nil:
		case errSyntax:
			root = nil
		default:
			panic(e)
		}
	}()
	root = s.value()
	s.blanks()
	if s.pos < len(s.source) {
		s.fail("something follows the policy", "remove it")
	}
	return root
}

func (s *scanner) fail(message, hint string) {
	s.add(notJSON, s.field, s.pos, message, hint)
	panic(errSyntax{})
}

func (s *scanner) blanks() {
	for s.pos < len(s.source) {
		switch s.source[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// next gives the byte that follows the blanks, 0 at the end.
func (s *scanner) next() byte {
	s.blanks()
	if s.pos == len(s.source) {
		return 0
	}
	return s.source[s.pos]
}

func (s *scanner) value() *node {
	c := s.next()
	n := &node{start: s.pos}
	switch {
	case c == '{':
		s.object(n)
	case c == '[':
		s.list(n)
	case c == '"':
		n.kind, n.text = text, s.string()
	case c == '-' || c >= '0' && c <= '9':
		n.kind, n.text = number, s.word("not a number")
	case c == 't' || c == 'f':
		n.kind, n.text = boolean, s.word("neither true nor false")
	case c == 'n':
		s.word("not null")
	case c == 0 && s.pos == len(s.source):
		s.fail("the text ends where a value is needed", "it may have been cut off")
	default:
		s.fail(fmt.Sprintf("not JSON: %q where a value is needed", rune(c)), "strings stand in double quotes, and a list or object ends without a comma")
	}
	n.end = s.pos
	return n
}

// enter counts an opening bracket in, and gives what counts it out.
func (s *scanner) enter() (leave func()) {
	if s.depth++; s.depth > maxDepth {
		s.fail(fmt.Sprintf("more than %d lists and objects inside each other", maxDepth), "a key policy needs six")
	}
	s.pos++
	return func() { s.depth-- }
}

func (s *scanner) object(n *node) {
	defer s.enter()()
	outer := s.field
	n.kind = object
	seen := map[string]bool{}
	for c := s.next(); c != '}'; c = s.next() {
		if len(n.members) > 0 {
			s.comma(c, '}')
		}
		if s.next() != '"' {
			s.fail("an object's field has no name in double quotes", "write \"Name\": value, and no comma after the last")
		}
		m := member{start: s.pos}
		m.name = s.string()
		s.field = outer.Key(m.name)
		if s.next() != ':' {
			s.fail("a colon is missing after the field's name", "write \"Name\": value")
		}
		if s.pos++; seen[m.name] {
			s.add(duplicateElement, s.field, m.start, fmt.Sprintf("%q stands twice in one object, so one of them is lost", m.name), "put both into one")
		}
		seen[m.name] = true
		m.value = s.value()
		n.members = append(n.members, m)
		s.field = outer
	}
	s.pos++
}

func (s *scanner) list(n *node) {
	defer s.enter()()
	outer := s.field
	n.kind = list
	for c := s.next(); c != ']'; c = s.next() {
		if len(n.items) > 0 {
			s.comma(c, ']')
		}
		s.field = outer.At(len(n.items))
		n.items = append(n.items, s.value())
		s.field = outer
	}
	s.pos++
}

func (s *scanner) comma(c byte, end rune) {
	if c == 0 && s.pos == len(s.source) {
		s.fail(fmt.Sprintf("the text ends where %q or a comma is needed", end), "it may have been cut off")
	}
	if c != ',' {
		s.fail(fmt.Sprintf("%q where a comma or %q is needed", rune(c), end), "put a comma between two values")
	}
	s.pos++
}

// word reads a number, true, false or null.
func (s *scanner) word(otherwise string) string {
	start := s.pos
	for s.pos < len(s.source) {
		c := s.source[s.pos]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '+' || c == '-' || c == '.' || c == 'E') {
			break
		}
		s.pos++
	}
	w := s.source[start:s.pos]
	if !json.Valid(w) {
		s.pos = start
		s.fail("not JSON: "+shown(string(w))+" is "+otherwise, "put text in double quotes")
	}
	return string(w)
}

func (s *scanner) string() string {
	start, escaped := s.pos, false
	for s.pos++; ; s.pos++ {
		if s.pos >= len(s.source) || s.source[s.pos] == '\n' {
			s.pos = start
			s.fail("a string does not end on its line", "close it with a double quote")
		}
		c := s.source[s.pos]
		if c == '"' {
			break
		}
		if c == '\\' {
			escaped = true
			s.pos++
		}
	}
	s.pos++
	raw := s.source[start:s.pos]
	if !escaped && utf8.Valid(raw) && !hasControl(raw) {
		return string(raw[1 : len(raw)-1])
	}
	var decoded string
	if json.Unmarshal(raw, &decoded) != nil {
		s.pos = start
		s.fail("a string with a control character or an unknown escape", `write \n, \t, \" or \\`)
	}
	return decoded
}

func hasControl(b []byte) bool {
	for _, c := range b {
		if c < 0x20 {
			return true
		}
	}
	return false
}

// shown quotes what stands in a document, cut when it is long.
func shown(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strconv.Quote(s)
}
