// Package yamledit edits YAML text in place: it finds where a value stands,
// splices the bytes there, checks the outcome, and copies everything else. It
// knows YAML text and paths and nothing of what they mean.
//
// The way of the data: a [Splitter] cuts a stream into documents, [Parse] makes
// a [Document] of one, whose [Node] values read it, and [Document.Apply] turns
// [Edit] values into new bytes and a list of [Change] values.
//
// Laws: outside the edits the output equals the input byte for byte; applying
// the same edits again changes nothing; what a YAML decoder reads afterwards is
// what it read before plus the edits. What cannot be edited so is refused with
// a finding that has a place, a stable code and a hint. Its text never holds
// more of the source than the name of a key or an anchor: files hold credentials.
//
// Scalars are understood as go.yaml.in/yaml/v3 understands them: yes, no, on and
// off are strings, True is a boolean, 0o17, 1_000 and 1e5 are numbers.
package yamledit
