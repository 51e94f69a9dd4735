// Package diag is how every part of kublr-encryption says what is wrong: a
// [Finding] has a severity, a stable code, a place and what to do. It also has what
// a place is made of, a [Position] in a text and a [Field] in its value, the
// [Splice] that puts bytes in place of bytes, and [Safe], through which whatever
// came from a file or a network is printed.
//
// It imports nothing of ours and knows nothing of YAML, Kublr or AWS.
package diag
