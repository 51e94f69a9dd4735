package generator

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// An owner says whose an object is, by its kind and its shape.
type owner int

const (
	nobodys  owner = iota // of another kind
	anothers              // another project's Cluster
	kublrs                // a Kublr cluster, or a patch of one
)

// whose tells a Kublr cluster by its shape, whatever its apiVersion is: users of kpt
// must give it some.
func whose(object yamledit.Node) owner {
	switch {
	case !isCluster(object):
		return nobodys
	case isKublr(object):
		return kublrs
	}
	return anothers
}

// isCluster tells an object of the kind, whosever it is.
func isCluster(object yamledit.Node) bool { return text(object.Get("kind")) == shapeOf().Kind }

// isKublr tells the shape of a Kublr cluster, in which words may be misspelt: the spec has
// locations, or some mapping refers to one, or a list of them names our provider.
func isKublr(object yamledit.Node) bool {
	list := object.Lookup(shapeOf().list...)
	if list.Kind() == yamledit.Null {
		return true
	}
	count := 0
	for _, element := range list.Elements() {
		if element.Kind() == yamledit.Mapping || element.Kind() == yamledit.Null {
			return true
		}
		count++
	}
	return count == 0 && list.Kind() == yamledit.Sequence || mentionsLocation(object)
}

// mentionsLocation tells whether a mapping at or below a node refers to a location, or a
// field that is called as the locations are names our provider.
func mentionsLocation(n yamledit.Node) bool {
	return hasKey(n, func(key, value yamledit.Node) bool {
		switch word := key.Text(); {
		case slices.ContainsFunc(shapeOf().refs, func(ref string) bool { return isAlike(word, ref) }):
			return true
		case isAlike(word, last(shapeOf().list)):
			return hasKey(value, func(key, _ yamledit.Node) bool { return isAlike(key.Text(), shapeOf().Locations.Provider) })
		}
		return false
	})
}

// hasKey tells whether some entry of a mapping at or below a node is so.
func hasKey(n yamledit.Node, is func(key, value yamledit.Node) bool) bool {
	for key, value := range n.Entries() {
		if is(key, value) || hasKey(value, is) {
			return true
		}
	}
	for _, element := range n.Elements() {
		if hasKey(element, is) {
			return true
		}
	}
	return false
}

func isAlike(word, want string) bool { return word == want || isNear(word, want) }
