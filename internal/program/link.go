package program

import (
	"fmt"
	"path"
	"slices"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
)

// Link reads a jsonnet file and what it imports, by names relative to the importing
// file, into one tree. Each imported file is a variable there, evaluated once and
// only if it is used, as an import is. importbin is refused.
func Link(read func(name string) ([]byte, error), name string) (ast.Node, error) {
	l := linker{read: read, seen: map[string]bool{}}
	main, err := l.file(name)
	if err != nil {
		return nil, err
	}
	if len(l.imported) == 0 {
		return main, nil
	}
	base := ast.NodeBase{LocRange: *main.Loc(), FreeVars: ast.Identifiers{"$std", "std"}}
	return &ast.Local{Binds: l.imported, Body: main, NodeBase: base}, nil
}

type linker struct {
	read     func(string) ([]byte, error)
	seen     map[string]bool
	imported ast.LocalBinds
}

func (l *linker) file(name string) (ast.Node, error) {
	src, err := l.read(name)
	if err != nil {
		return nil, err
	}
	node, err := jsonnet.SnippetToAST(name, string(src))
	if err != nil {
		return nil, err
	}
	w := walk{linker: l, file: name, used: ast.NewIdentifierSet()}
	w.node(&node)
	return node, w.err
}

// variable is the name that an imported file has in the tree: no source can have it,
// so that it neither hides a name nor is hidden.
func variable(file string) ast.Identifier { return ast.Identifier("import " + file) }

func (l *linker) take(file string) error {
	if l.seen[file] {
		return nil
	}
	l.seen[file] = true
	node, err := l.file(file)
	if err != nil {
		return err
	}
	l.imported = append(l.imported, ast.LocalBind{Variable: variable(file), Body: node, LocRange: *node.Loc()})
	return nil
}

// A walk puts variables in place of the imports of a file, and tells every node that
// holds one of them, for a node captures no variable that it does not list.
type walk struct {
	*linker
	file string
	used ast.IdentifierSet
	err  error
}

func (w *walk) node(n *ast.Node) {
	if w.err != nil {
		return
	}
	outer := w.used
	w.used = ast.NewIdentifierSet()
	switch it := (*n).(type) {
	case *ast.Import:
		file := path.Join(path.Dir(w.file), it.File.Value)
		if w.err = w.take(file); w.err != nil {
			return
		}
		*n = &ast.Var{Id: variable(file), NodeBase: it.NodeBase}
		w.used.Add(variable(file))
	case *ast.ImportStr:
		var text []byte
		if text, w.err = w.read(path.Join(path.Dir(w.file), it.File.Value)); w.err != nil {
			return
		}
		*n = &ast.LiteralString{Value: string(text), NodeBase: it.NodeBase}
	default:
		if !parts(w, *n) {
			w.err = fmt.Errorf("%s: %T cannot be built in", (*n).Loc(), *n)
			return
		}
	}
	if len(w.used) > 0 {
		all := append(slices.Clone((*n).FreeVariables()), w.used.ToOrderedSlice()...)
		(*n).SetFreeVariables(all)
	}
	for name := range w.used {
		outer.Add(name)
	}
	w.used = outer
}

func (w *walk) text(*string)             {}
func (w *walk) name(*ast.Identifier)     {}
func (w *walk) flag(*bool)               {}
func (w *walk) number(*int)              {}
func (w *walk) place(*ast.LocationRange) {}
func (w *walk) length(n int) int         { return n }
