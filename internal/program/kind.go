package program

import "github.com/google/go-jsonnet/ast"

// A kind is a type of node that is left when go-jsonnet has desugared a file.
type kind struct {
	is func(ast.Node) bool

	// make gives the next of n nodes, which lie in one piece of memory.
	make func(n int) (next func() ast.Node)
}

// kinds are numbered by their place, in what Encode writes too.
var kinds = []kind{
	kindOf[ast.Apply](), kindOf[ast.Array](), kindOf[ast.Binary](), kindOf[ast.Conditional](),
	kindOf[ast.DesugaredObject](), kindOf[ast.Error](), kindOf[ast.Function](), kindOf[ast.InSuper](),
	kindOf[ast.Index](), kindOf[ast.LiteralBoolean](), kindOf[ast.LiteralNull](), kindOf[ast.LiteralNumber](),
	kindOf[ast.LiteralString](), kindOf[ast.Local](), kindOf[ast.Self](), kindOf[ast.SuperIndex](),
	kindOf[ast.Unary](), kindOf[ast.Var](),
}

func kindOf[T any, P interface {
	*T
	ast.Node
}]() kind {
	return kind{
		is: func(n ast.Node) bool { _, ok := n.(P); return ok },
		make: func(n int) func() ast.Node {
			nodes := make([]T, n)
			return func() ast.Node {
				node := P(&nodes[0])
				nodes = nodes[1:]
				return node
			}
		},
	}
}

// A pass is what is done with each part of a node that counts when it is evaluated:
// it is read into the node, written from it, or looked at.
type pass interface {
	node(*ast.Node)
	text(*string)
	name(*ast.Identifier)
	flag(*bool)
	number(*int)
	place(*ast.LocationRange)

	// length takes how many parts of a sort there are, and gives how many it finds.
	length(int) int
}

// parts takes a pass over a node's own parts. It says whether the node is of one of
// the kinds.
func parts(p pass, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Apply:
		p.node(&n.Target)
		each(p, &n.Arguments.Positional, func(a *ast.CommaSeparatedExpr) { p.node(&a.Expr) })
		each(p, &n.Arguments.Named, func(a *ast.NamedArgument) { p.name(&a.Name); p.node(&a.Arg) })
		p.flag(&n.TailStrict)
	case *ast.Array:
		each(p, &n.Elements, func(e *ast.CommaSeparatedExpr) { p.node(&e.Expr) })
	case *ast.Binary:
		p.number((*int)(&n.Op))
		p.node(&n.Left)
		p.node(&n.Right)
	case *ast.Conditional:
		p.node(&n.Cond)
		p.node(&n.BranchTrue)
		p.node(&n.BranchFalse)
	case *ast.DesugaredObject:
		each(p, &n.Asserts, p.node)
		each(p, &n.Fields, func(f *ast.DesugaredObjectField) {
			p.node(&f.Name)
			p.node(&f.Body)
			p.number((*int)(&f.Hide))
			p.flag(&f.PlusSuper)
		})
		binds(p, &n.Locals)
	case *ast.Error:
		p.node(&n.Expr)
	case *ast.Function:
		each(p, &n.Parameters, func(a *ast.Parameter) {
			p.name(&a.Name)
			p.place(&a.LocRange)
			if optional := a.DefaultArg != nil; has(p, optional) {
				p.node(&a.DefaultArg)
			}
		})
		p.node(&n.Body)
	case *ast.InSuper:
		p.node(&n.Index)
	case *ast.Index:
		p.node(&n.Target)
		p.node(&n.Index)
	case *ast.LiteralBoolean:
		p.flag(&n.Value)
	case *ast.LiteralNumber:
		p.text(&n.OriginalString)
	case *ast.LiteralString:
		p.text(&n.Value)
	case *ast.Local:
		binds(p, &n.Binds)
		p.node(&n.Body)
	case *ast.SuperIndex:
		p.node(&n.Index)
	case *ast.Unary:
		p.number((*int)(&n.Op))
		p.node(&n.Expr)
	case *ast.Var:
		p.name(&n.Id)
	case *ast.LiteralNull, *ast.Self:
	default:
		return false
	}
	return true
}

func binds(p pass, all *ast.LocalBinds) {
	each(p, all, func(b *ast.LocalBind) { p.name(&b.Variable); p.node(&b.Body) })
}

func has(p pass, it bool) bool {
	p.flag(&it)
	return it
}

func each[T any, S ~[]T](p pass, all *S, part func(*T)) {
	if n := p.length(len(*all)); n != len(*all) {
		*all = make(S, n)
	}
	for i := range *all {
		part(&(*all)[i])
	}
}
