package generator

import (
	"bytes"
	"io"
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A Base is what clusters looked like before: the same files at a git revision.
// The zero Base knows of no revision, and then what stands in the spec itself is
// taken for what runs.
type Base struct {
	clusters []cluster
	isWhole  bool        // nothing in it could not be read
	moved    func() Base // clusters that other files lost since
}

// ReadBase takes the clusters of an earlier state of a file; nil bytes mean that
// the file was not there. Of a cluster that is not in it, moved is asked, unless it
// is nil. Where something that may be a cluster cannot be read, what stands in the
// spec is taken for what runs, as without a base.
func ReadBase(src []byte, moved func() Base) Base {
	b := Base{isWhole: true, moved: moved}
	splitter := yamledit.NewSplitter(bytes.NewReader(src))
	for {
		chunk, err := splitter.Next()
		if err == io.EOF {
			return b
		}
		if err != nil {
			b.isWhole = false
			return b
		}
		chunk.Bytes = bytes.Clone(chunk.Bytes)
		_, items, outcome := read("", chunk)
		b.isWhole = b.isWhole && !outcome.Unread
		for _, item := range items {
			if c := clusterAt(item.Root); c.isAWS() && whose(item.Root) == kublrs {
				b.clusters = append(b.clusters, c)
			}
		}
	}
}

// HasClusters tells whether a cluster stands in it, or may.
func (b Base) HasClusters() bool { return len(b.clusters) > 0 || !b.isWhole }

// Without gives what is lacking in a later state of the file.
func (b Base) Without(now Base) Base {
	b.clusters = slices.DeleteFunc(slices.Clone(b.clusters), func(c cluster) bool {
		_, ok := now.find(c)
		return ok
	})
	return b
}

// With gives what is in either of two files.
func (b Base) With(more Base) Base {
	b.clusters = append(slices.Clip(b.clusters), more.clusters...)
	b.isWhole = b.isWhole && more.isWhole
	return b
}

// find gives a cluster as it was, by its name and its space. A spec that does not
// name its space may be of any.
func (b Base) find(c cluster) (root yamledit.Node, ok bool) {
	i := slices.IndexFunc(b.clusters, func(was cluster) bool {
		return was.name == c.name && (was.space == c.space || was.space == "" || c.space == "")
	})
	if i < 0 {
		return root, false
	}
	return b.clusters[i].root.node, true
}

// runningChanges warns of claims that change what a running cluster cannot simply
// take over: its etcd volumes and its StorageClass. Without a base only volumes
// that the spec describes count; with one, only clusters that were there.
func (b Base) runningChanges(c cluster, claims []claim) diag.Findings {
	var findings diag.Findings
	for _, claim := range claims {
		if claim.kind.Running == "" {
			continue
		}
		before, ok := b.before(c, claim)
		if !ok {
			continue
		}
		if _, isOpen := claim.firstGap(before); !isOpen {
			continue
		}
		findings = append(findings, claim.say("running-change", map[string]string{"wants": claim.wants(), "running": claim.kind.Running}))
	}
	return findings
}

// before gives the mapping a claim is about as it was; ok is false when nothing
// ran that it could change.
func (b Base) before(c cluster, claim claim) (n yamledit.Node, ok bool) {
	root, ok := b.find(c)
	isWhole := b.isWhole
	if !ok && isWhole && b.moved != nil {
		moved := b.moved()
		root, ok = moved.find(c)
		isWhole = moved.isWhole
	}
	switch {
	case !ok && isWhole: // it was not there
		return n, false
	case !ok:
		n = claim.target()
		return n, n.Kind() == yamledit.Mapping
	}
	walk(place{node: root, dims: map[string]string{}}, claim.kind.In, func(at place) {
		if sameGroup(at.dims, claim.place.dims) {
			n = at.node.Lookup(claim.kind.At...)
		}
	}, nil)
	return n, true
}

// sameGroup tells whether two places stand in the same group and location.
func sameGroup(a, b map[string]string) bool {
	return a["group"] == b["group"] && a["location"] == b["location"]
}
