// Package yamledit edits YAML text in place: it finds where a value stands,
// splices the bytes there, checks the outcome, and copies everything else. It
// knows YAML text and paths and nothing of what they mean.
//
// [Edit] sets values in one document in one call. The way of the data where more is
// asked: a [Splitter] cuts a stream into documents, [Parse] makes a [Document] of
// one, whose [Node] values read it, and [Document.Apply] brings it to what [Want]
// values ask for and gives the new text, the splices and a list of [Change] values.
//
// # Laws
//
//   - Outside the edits the output equals the input byte for byte. What is new takes
//     the form of what it joins: block or flow, column, quotes and line ends.
//   - What a YAML decoder reads afterwards is what it read before plus what is
//     wanted. Each outcome is decoded by another parser than this one, yaml.v3,
//     before it is given out.
//   - The same wants again change nothing: a value that reads as wanted stays as it
//     is written, and an element that a list has is not appended.
//   - What several places share through an anchor is edited only when the outcome is
//     what the wants ask for in each of them.
//   - Nothing is half done. What cannot be edited so is refused with [diag.Findings],
//     each with a place, a hint and a code of [Codes]. Their text never holds more of
//     the source than the name of a key or an anchor: files hold credentials.
//
// # Limits
//
//   - Text on which parsers in use differ is refused, though YAML 1.2 may allow it:
//     tabs in the indentation, duplicate keys, keys on several lines or that are no
//     scalars, tags with a handle, directives but %YAML, a question mark in a plain
//     text in braces.
//   - A merge key may bring other keys than those that are edited; a mapping that is
//     merged elsewhere is not edited.
//   - A scalar never takes the place of a mapping or a list, nor one of these the
//     place of the other: remove the key first.
//   - The text is UTF-8 and shorter than 2 GiB, collections are nested at most a
//     thousand deep, and aliases blow a document up to a quarter of a million values
//     at most. Work grows with the text, not with its square, also on one line.
//
// Scalars are understood as go.yaml.in/yaml/v3 understands them: yes, no, on and
// off are strings, True is a boolean, 0o17, 1_000 and 1e5 are numbers.
package yamledit
