package program

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-jsonnet/ast"
)

// What Encode writes, all numbers as varints:
//
//	how many nodes there are of each kind
//	the texts, each once: how many, then length and bytes
//	the lists of names, each once: how many, then length and places among the texts
//	the tree, from its root: the node's kind, what changes against the node before
//	(changes), and the parts
type changes = uint64

const (
	context changes = 1 << iota
	variables
	file
	lines
)

// Encode gives a tree that Link made as bytes.
func Encode(root ast.Node) ([]byte, error) {
	w := &writer{texts: table[string]{}, lists: table[string]{}, counts: make([]uint64, len(kinds))}
	w.texts.number("") // both are what the node before the first has
	w.list(nil)
	w.node(&root)
	if w.err != nil {
		return nil, w.err
	}
	var out []byte
	for _, n := range w.counts {
		out = binary.AppendUvarint(out, n)
	}
	out = binary.AppendUvarint(out, uint64(len(w.texts)))
	for _, text := range w.texts.inOrder() {
		out = binary.AppendUvarint(out, uint64(len(text)))
		out = append(out, text...)
	}
	out = binary.AppendUvarint(out, uint64(len(w.lists)))
	for _, list := range w.lists.inOrder() {
		out = append(out, list...)
	}
	return append(out, w.tree...), nil
}

// A table numbers values as they come.
type table[T comparable] map[T]uint64

func (t table[T]) number(value T) uint64 {
	if n, ok := t[value]; ok {
		return n
	}
	n := uint64(len(t))
	t[value] = n
	return n
}

func (t table[T]) inOrder() []T {
	all := make([]T, len(t))
	for value, n := range t {
		all[n] = value
	}
	return all
}

// A writer is the pass that encodes.
type writer struct {
	counts []uint64
	texts  table[string]
	lists  table[string] // the bytes of each
	tree   []byte
	last   base
	err    error
}

// base is what every node has, as it is written.
type base struct {
	context, variables uint64
	place
}

type place struct {
	file   uint64
	ranges [4]int // line and column, from and to
}

func (w *writer) node(n *ast.Node) {
	kind := slices.IndexFunc(kinds, func(k kind) bool { return k.is(*n) })
	if kind < 0 || w.err != nil {
		w.err = fmt.Errorf("%s: %T cannot be encoded", (*n).Loc(), *n)
		return
	}
	w.counts[kind]++
	w.put(uint64(kind))
	w.base(*n)
	parts(w, *n)
}

func (w *writer) base(n ast.Node) {
	now := base{variables: w.list(n.FreeVariables()), place: w.placed(n.Loc())}
	if c := n.Context(); c != nil {
		now.context = 1 + w.texts.number(*c)
	}
	var changed changes
	for bit, is := range map[changes]bool{
		context: now.context != w.last.context, variables: now.variables != w.last.variables,
		file: now.file != w.last.file, lines: now.ranges != w.last.ranges,
	} {
		if is {
			changed |= bit
		}
	}
	w.put(changed)
	if changed&context != 0 {
		w.put(now.context)
	}
	if changed&variables != 0 {
		w.put(now.variables)
	}
	if changed&file != 0 {
		w.put(now.file)
	}
	if changed&lines != 0 {
		w.ranges(now.ranges, w.last.ranges[0])
	}
	w.last = now
}

func (w *writer) placed(loc *ast.LocationRange) place {
	return place{
		file:   w.texts.number(loc.FileName),
		ranges: [4]int{loc.Begin.Line, loc.Begin.Column, loc.End.Line, loc.End.Column},
	}
}

// ranges writes lines against one nearby.
func (w *writer) ranges(r [4]int, near int) {
	w.tree = binary.AppendVarint(w.tree, int64(r[0]-near))
	w.put(uint64(r[1]))
	w.tree = binary.AppendVarint(w.tree, int64(r[2]-r[0]))
	w.put(uint64(r[3]))
}

func (w *writer) list(names ast.Identifiers) uint64 {
	var b strings.Builder
	b.Write(binary.AppendUvarint(nil, uint64(len(names))))
	for _, name := range names {
		b.Write(binary.AppendUvarint(nil, w.texts.number(string(name))))
	}
	return w.lists.number(b.String())
}

func (w *writer) put(n uint64)              { w.tree = binary.AppendUvarint(w.tree, n) }
func (w *writer) text(s *string)            { w.put(w.texts.number(*s)) }
func (w *writer) name(name *ast.Identifier) { w.text((*string)(name)) }
func (w *writer) number(n *int)             { w.put(uint64(*n)) }

func (w *writer) length(n int) int {
	w.put(uint64(n))
	return n
}

func (w *writer) flag(is *bool) {
	n := 0
	if *is {
		n = 1
	}
	w.number(&n)
}

// place of a part that is no node itself stands in the file of its node.
func (w *writer) place(loc *ast.LocationRange) {
	w.ranges(w.placed(loc).ranges, w.last.ranges[0])
}
