package yamledit

// An Edit is one mapping and what must and must not stand in it.
type Edit struct {
	In    Node     // a mapping, or a null that becomes one
	At    []string // keys below In; mappings that are missing or null are created when Set needs them
	Set   []Entry  // in the order in which missing keys are added
	Unset []string
}

// An Entry is a key and the value it must have: a bool or a string of one line.
type Entry struct {
	Key   string
	Value any
}

// A Change is one key that an edit set or removed.
type Change struct {
	Path             string // of the mapping, such as spec.nodes[0].aws
	Key              string
	Old, New         any // as Node.Value gives them; nil when there was or is none
	Removed, Created bool
	Position         Position // of the key in the input; of the deepest mapping that was there when it is new
}

// Apply makes the edits and gives the new bytes and what was changed. Nothing is
// half done: on an error, which joins an *[Error] for each thing found, there are
// no bytes. When every value is as wanted already, out is the document's own
// bytes, not a copy, however it is written.
func (d *Document) Apply(edits []Edit) (out []byte, changes []Change, err error) {
	return d.src, nil, nil
}
