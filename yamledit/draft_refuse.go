package yamledit

import (
	"fmt"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// refuse says why nothing can be edited at a node.
func (d *Document) refuse(id int32, code diag.Code, message, hint string) *diag.Finding {
	n := d.node(id)
	finding := code.Finding(n.Position(), n.Field(), message, hint)
	return &finding
}

// shared refuses a node that an anchor, an alias or a merge key shares with
// another place, so that an edit of one would change both.
func (d *Document) shared(id int32) *diag.Finding {
	x := &d.nodes[id]
	if x.kind == alias {
		return d.sharedWith(id, x.first, x.first)
	}
	if x.key > 0 && d.isMerge(x.key) {
		return d.refuse(id, codeMergeKey, "stands under a merge key (<<), so an edit here would change what it is merged into", "write the keys out")
	}
	user, shared := d.aliased[id]
	if !shared {
		return nil
	}
	problem := d.sharedWith(id, user, id)
	problem.Position = d.position(int(d.props[id].anchor))
	return problem
}

// sharedWith refuses a node for what it shares with another through an anchor.
func (d *Document) sharedWith(id, other, anchored int32) *diag.Finding {
	message := fmt.Sprintf("is shared with %s through the anchor %s, so an edit here would change both", d.node(other).Field(), d.anchor(anchored))
	return d.refuse(id, codeAnchor, message, "write the value out in both places")
}

// anchor gives the anchor of a node as it is written, shortened.
func (d *Document) anchor(id int32) string {
	q := d.props[id]
	return "&" + shortened(string(d.src[q.anchor+1:q.anchorEnd]))
}

// merges refuses a mapping with a merge key, when a key is to be set or removed
// that does not stand in it: parsers disagree on what a merge key brings.
func (d *Document) merges(mapping int32) *diag.Finding {
	x := &d.nodes[mapping]
	if x.kind != Mapping {
		return nil
	}
	for k := x.first; k != 0; k = d.nodes[d.nodes[k].next].next {
		if d.isMerge(k) {
			problem := d.refuse(mapping, codeMergeKey, "takes keys from elsewhere through a merge key (<<), so what a new key here does depends on the parser", "write the keys out")
			problem.Position = d.position(int(d.nodes[k].start))
			return problem
		}
	}
	return nil
}

// growable refuses a mapping, or a null that would become one, which cannot take
// a new key.
func (d *Document) growable(id int32) *diag.Finding {
	x := &d.nodes[id]
	switch {
	case x.kind != Mapping && d.tag(id) != "":
		return d.refuse(id, codeNotAMapping, "has a tag that says it is none", "remove the tag")
	case x.flags&noColon != 0 && d.nodes[x.parent].style != flow:
		return d.refuse(id, codeNotAMapping, "is a key without a colon", "write it as \"key:\"")
	case x.flags&pair != 0:
		return d.refuse(id, codeNotAMapping, "is a mapping without braces", "put it in braces")
	case x.kind == Mapping && x.style == block && d.openEnd(id):
		return d.refuse(id, codeYAML, "ends in a block scalar at the end of a file without a line end, which a new key would change", "end the file with a line end")
	}
	return d.merges(id)
}

// openEnd tells whether a node ends in a block scalar that the end of the text
// ends: a line end after it would become part of it.
func (d *Document) openEnd(id int32) bool {
	for x := &d.nodes[id]; ; {
		switch {
		case x.first == 0 || x.kind == alias || x.style == flow:
			return false
		case x.kind == Scalar:
			return int(x.end) == len(d.src)
		}
		id = x.first
		for d.nodes[id].next != 0 {
			id = d.nodes[id].next
		}
		x = &d.nodes[id]
	}
}
