package program

import (
	"errors"

	"github.com/google/go-jsonnet/ast"
)

// Decode reads what Encode gave. What Encode did not write gives an error or another
// tree.
func Decode(encoded string) (root ast.Node, err error) {
	defer func() {
		if recover() != nil { // a number that points behind what there is
			root, err = nil, errors.New("not what Encode writes")
		}
	}()
	r := &reader{in: encoded}
	for _, k := range kinds {
		r.next = append(r.next, k.make(r.length(0)))
	}
	r.texts = make([]string, r.length(0))
	r.files = make([]*ast.Source, len(r.texts))
	for i := range r.texts {
		n := r.length(0)
		r.texts[i], r.in = r.in[:n], r.in[n:]
	}
	r.lists = make([]ast.Identifiers, r.length(0))
	for i := range r.lists {
		each(r, &r.lists[i], r.name)
	}
	r.node(&root)
	return root, nil
}

// A reader is the pass that decodes.
type reader struct {
	in    string
	next  []func() ast.Node // by kind
	texts []string
	files []*ast.Source // by text
	lists []ast.Identifiers
	last  ast.NodeBase
}

func (r *reader) node(n *ast.Node) {
	*n = r.next[r.get()]()
	r.base(*n)
	parts(r, *n)
}

func (r *reader) base(n ast.Node) {
	changed := r.get()
	if changed&context != 0 {
		r.last.Ctx = nil
		if text := r.get(); text > 0 {
			r.last.Ctx = &r.texts[text-1]
		}
	}
	if changed&variables != 0 {
		r.last.FreeVars = r.lists[r.get()]
	}
	if changed&file != 0 {
		r.last.LocRange.FileName, r.last.LocRange.File = r.file(r.get())
	}
	if changed&lines != 0 {
		r.ranges(&r.last.LocRange, r.last.LocRange.Begin.Line)
	}
	n.SetContext(r.last.Ctx)
	n.SetFreeVariables(r.last.FreeVars)
	*n.Loc() = r.last.LocRange
}

func (r *reader) file(text uint64) (string, *ast.Source) {
	name := r.texts[text]
	if r.files[text] == nil && name != "" {
		r.files[text] = &ast.Source{DiagnosticFileName: ast.DiagnosticFileName(name)}
	}
	return name, r.files[text]
}

func (r *reader) ranges(loc *ast.LocationRange, near int) {
	loc.Begin.Line = near + r.signed()
	loc.Begin.Column = r.length(0)
	loc.End.Line = loc.Begin.Line + r.signed()
	loc.End.Column = r.length(0)
}

// get reads a number, seven bits a byte, the lowest first.
func (r *reader) get() (n uint64) {
	for shift := 0; ; shift += 7 {
		b := r.in[0]
		r.in = r.in[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

// signed reads a number whose lowest bit is its sign.
func (r *reader) signed() int {
	n := r.get()
	return int(n>>1) ^ -int(n&1)
}

func (r *reader) length(int) int            { return int(r.get()) }
func (r *reader) text(s *string)            { *s = r.texts[r.get()] }
func (r *reader) name(name *ast.Identifier) { r.text((*string)(name)) }
func (r *reader) flag(is *bool)             { *is = r.get() == 1 }
func (r *reader) number(n *int)             { *n = int(r.get()) }

func (r *reader) place(loc *ast.LocationRange) {
	loc.FileName, loc.File = r.last.LocRange.FileName, r.last.LocRange.File
	r.ranges(loc, r.last.LocRange.Begin.Line)
}
