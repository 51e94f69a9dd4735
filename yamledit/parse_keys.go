package yamledit

import "fmt"

// manyKeys is how many keys are compared one with another; more go into a map.
const manyKeys = 24

// keys refuses a key that stands twice in a mapping: parsers disagree on which
// one counts. Keys are the same when their text is, whatever their quotes.
func (p *parser) keys(id int32, count int) {
	p.doc.nodes = p.nodes
	if count > manyKeys {
		p.keysByMap(id)
	} else {
		for k := p.nodes[id].first; k != 0; k = p.nodes[p.nodes[k].next].next {
			for o := p.nodes[id].first; o != k; o = p.nodes[p.nodes[o].next].next {
				if p.sameKey(o, k) {
					p.duplicate(o, k)
				}
			}
		}
	}
	for k := p.nodes[id].first; k != 0; k = p.nodes[p.nodes[k].next].next {
		if p.doc.isMerge(k) {
			p.nodes[id].flags |= hasMerge
			p.doc.merges = true
			p.merge(k)
		}
	}
}

func (p *parser) keysByMap(id int32) {
	seen := make(map[string]int32, manyKeys*2)
	for k := p.nodes[id].first; k != 0; k = p.nodes[p.nodes[k].next].next {
		text := p.doc.text(k)
		if o, twice := seen[text]; twice {
			p.duplicate(o, k)
		}
		seen[text] = k
	}
}

func (p *parser) sameKey(a, b int32) bool {
	x, y := &p.nodes[a], &p.nodes[b]
	if x.style == plain && y.style == plain && (x.flags|y.flags)&multiline == 0 {
		return x.end-x.start == y.end-y.start && string(p.src[x.start:x.end]) == string(p.src[y.start:y.end])
	}
	return p.doc.keyIs(a, p.doc.text(b))
}

func (p *parser) duplicate(first, second int32) {
	line := p.doc.position(int(p.nodes[first].start)).Line
	p.fail(int(p.nodes[second].start), codeDuplicateKey,
		fmt.Sprintf("duplicate key %s, which stands on line %d already", named(p.doc.text(second)), line),
		"remove one of the two")
}

// merge checks that a merge key has mappings to merge, and marks them.
func (p *parser) merge(k int32) {
	v := p.nodes[k].next
	merged := []int32{v}
	if x := &p.nodes[v]; x.kind == Sequence {
		merged = nil
		for e := x.first; e != 0; e = p.nodes[e].next {
			merged = append(merged, e)
		}
	}
	for _, id := range merged {
		if x := &p.nodes[id]; x.kind == alias {
			id = x.first
		}
		if p.nodes[id].kind != Mapping {
			p.fail(int(p.nodes[k].start), codeMergeKey, "a merge key (<<) without a mapping to merge", "give it an alias of a mapping, or write the keys out")
		}
		p.nodes[id].flags |= isMerged
	}
}
