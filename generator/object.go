package generator

import (
	"iter"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// objects gives the objects of a document: its root, or what stands in it when it
// is a list, as `kubectl get` prints one, or a sequence. Lists may hold lists.
func objects(root yamledit.Node) iter.Seq[yamledit.Node] {
	return func(yield func(yamledit.Node) bool) { eachObject(root, yield) }
}

func eachObject(n yamledit.Node, yield func(yamledit.Node) bool) bool {
	list := n
	if n.Kind() == yamledit.Mapping {
		list = n.Get("items")
		if !strings.HasSuffix(text(n.Get("kind")), "List") || list.Kind() != yamledit.Sequence {
			return yield(n)
		}
	}
	for _, element := range list.Elements() {
		if !eachObject(element, yield) {
			return false
		}
	}
	return true
}
