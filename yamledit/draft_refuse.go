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

// needed tells of each kind what is refused where another is needed.
var needed = map[Kind]struct {
	code       diag.Code
	what, hint string
}{
	Mapping:  {codeNotAMapping, "a mapping", "write a mapping there"},
	Sequence: {codeNotAList, "a list", "write a list there"},
	Scalar:   {codeNotAScalar, "a plain value", "write the value there, or remove the key"},
	Null:     {codeNotAScalar, "a plain value", "write the value there, or remove the key"},
}

// unlike refuses a value of one kind where another is needed.
func (d *Document) unlike(id int32, have, want Kind) *diag.Finding {
	n := needed[want]
	return d.refuse(id, n.code, "is "+have.String()+" where "+n.what+" is needed", n.hint)
}

// sharedWith refuses a place for the other one with which it shares what is
// anchored; n is the anchored node itself or an alias of it.
func (d *Document) sharedWith(n Node, other int32) *diag.Finding {
	anchored := d.follow(n.id)
	message := fmt.Sprintf("is shared with %s through the anchor %s, so an edit here would change both", d.node(other).Field(), d.anchor(anchored))
	finding := codeAnchor.Finding(n.Position(), n.Field(), message, "write the value out in both places")
	if n.id == anchored {
		finding.Position = d.position(int(d.props[anchored].anchor))
	}
	return &finding
}

// anchor gives the anchor of a node as it is written, shortened.
func (d *Document) anchor(id int32) string {
	q := d.props[id]
	return "&" + shortened(string(d.src[q.anchor+1:q.anchorEnd]))
}

// merged refuses what a merge key merges into another mapping.
func (d *Document) merged(id int32) *diag.Finding {
	if d.nodes[id].flags&isMerged == 0 {
		return nil
	}
	return d.refuse(id, codeMergeKey, "is merged into another mapping by a merge key (<<), so an edit here would change that too", "write the keys out there")
}

// brings refuses a mapping into which a merge key brings a key that is to be edited:
// parsers disagree on what counts then.
func (d *Document) brings(mapping int32, key string) *diag.Finding {
	if d.node(mapping).merged(key).id == 0 {
		return nil
	}
	k := d.nodes[mapping].first
	for !d.isMerge(k) {
		k = d.nodes[d.nodes[k].next].next
	}
	problem := d.refuse(mapping, codeMergeKey, "takes "+named(key)+" from elsewhere through a merge key (<<), so what an edit of it here does depends on the parser", "write the keys out")
	problem.Position = d.position(int(d.nodes[k].start))
	return problem
}

// fillable refuses a null that cannot become a mapping or list.
func (d *Document) fillable(id int32, kind Kind) *diag.Finding {
	switch x := &d.nodes[id]; {
	case d.tag(id) != "":
		return d.refuse(id, needed[kind].code, "has a tag that says it is none", "remove the tag")
	case x.flags&noColon != 0 && d.nodes[x.parent].style != flow:
		return d.refuse(id, needed[kind].code, "is a key without a colon", "write it as \"key:\"")
	}
	return nil
}

// replaceable refuses a value of a mapping for which no other can be put.
func (d *Document) replaceable(v int32, kind Kind) *diag.Finding {
	x := &d.nodes[v]
	if x.flags&noColon != 0 && d.nodes[x.parent].style != flow {
		return d.refuse(v, needed[kind].code, "is a key without a colon", "write it as \"key: value\"")
	}
	if problem := d.merged(d.follow(v)); problem != nil {
		return problem
	}
	return d.anchors(d.follow(v), false)
}

// removable refuses an entry that cannot go.
func (d *Document) removable(mapping, v int32) *diag.Finding {
	switch {
	case d.nodes[mapping].flags&pair != 0:
		return d.refuse(mapping, codeNotAMapping, "is a mapping without braces", "put it in braces")
	case d.nodes[d.nodes[v].key].flags&questioned != 0:
		return d.refuse(v, codeYAML, "stands under a key behind a question mark, which is not removed", "write it as \"key: value\"")
	}
	return d.anchors(v, true)
}

// anchors refuses to take out what holds an anchor that an alias refers to: below a
// node, or at it too.
func (d *Document) anchors(top int32, too bool) *diag.Finding {
	if !d.isShared(top) {
		return nil
	}
	for _, user := range d.aliases {
		if a := d.nodes[user].first; (too || a != top) && d.within(a, top) {
			return d.sharedWith(d.node(a), user)
		}
	}
	return nil
}

// isShared tells whether an alias refers to an anchor at or below a node.
func (d *Document) isShared(id int32) bool {
	if d.shared == nil && d.aliases != nil {
		d.shared = map[int32]bool{}
		for _, user := range d.aliases {
			for up := d.nodes[user].first; up != 0 && !d.shared[up]; up = d.nodes[up].parent {
				d.shared[up] = true
			}
		}
	}
	return d.shared[id]
}
