package generator

import (
	"bytes"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// A Base is what clusters looked like before, by name: the same file at a git
// revision. The zero Base knows of no revision, and then what stands in the spec
// itself is taken for what runs.
type Base struct {
	clusters map[string]yamledit.Node
}

// ReadBase takes the clusters of an earlier state of a file; nil bytes mean that
// the file was not there. What cannot be read is taken as not there.
func (p *Plan) ReadBase(src []byte) Base {
	b := Base{clusters: map[string]yamledit.Node{}}
	splitter := yamledit.NewSplitter(bytes.NewReader(src))
	for {
		chunk, err := splitter.Next()
		if err != nil {
			return b
		}
		doc, err := yamledit.Parse(bytes.Clone(chunk.Bytes), chunk.Start)
		if err != nil {
			continue
		}
		for object := range objects(doc.Root()) {
			if c, skipped := clusterAt(object); skipped == "" && whose(object) == kublrs {
				b.clusters[c.name] = object
			}
		}
	}
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
	if b.clusters == nil {
		n = claim.target()
		return n, n.Kind() == yamledit.Mapping
	}
	root, ok := b.clusters[c.name]
	if !ok {
		return n, false
	}
	walk(place{node: root, dims: map[string]string{}}, claim.kind.In, func(at place) {
		if sameGroup(at.dims, claim.place.dims) {
			n = at.node.Lookup(claim.kind.At...)
		}
	}, func(place, string) {})
	return n, true
}

// sameGroup tells whether two places stand in the same group and location.
func sameGroup(a, b map[string]string) bool {
	return a["group"] == b["group"] && a["location"] == b["location"]
}
