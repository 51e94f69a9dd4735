package generator

import "github.com/kublr-encryption/kublr-encryption/yamledit"

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
	case hasLocations(object) || refers(object):
		return kublrs
	}
	return anothers
}

// isCluster tells an object of the kind, whosever it is.
func isCluster(object yamledit.Node) bool { return text(object.Get("kind")) == shapeOf().Kind }

// hasLocations tells whether a spec has a list of locations as Kublr's are.
func hasLocations(object yamledit.Node) bool {
	steps := shapeOf().Places["location"]
	list := object.Lookup(keysOf(steps[:len(steps)-1])...)
	isEmpty := true
	for _, element := range list.Elements() {
		if element.Kind() == yamledit.Mapping {
			return true
		}
		isEmpty = false
	}
	return isEmpty && list.Kind() == yamledit.Sequence
}

// refers tells whether a group of a spec says in which location it stands.
func refers(object yamledit.Node) bool {
	found := false
	for _, name := range []string{"master", "node"} {
		steps := shapeOf().Places[name]
		ref := steps[len(steps)-1].Each
		walk(place{node: object, dims: map[string]string{}}, steps, func(at place) {
			found = found || at.node.Get(ref).Kind() != yamledit.None
		}, ignore)
	}
	return found
}
