// Package report has what a run came to as plain data, the formats it is written
// in, and the one table of codes.
//
// A [Report] is about one document, file, intent or key policy. Reports are handed
// to a [Writer] one by one, in the order of the files; a writer keeps none of them,
// so memory does not grow with their number. A format is a row of [Formats] and a
// file format_*.go; every command offers all of them.
//
// Each room has the rows of its own codes; [Codes] joins them. From the rows come
// `explain`, docs/findings.md and SARIF's rules.
package report
