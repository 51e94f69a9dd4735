// Package run takes a plan through files and reports what became of them: it finds
// those that may hold cluster specs, reads them document by document on all cores,
// and replaces a file whole or not at all. Reports come in the order of the files
// and their documents. Memory is bounded by the largest documents, not by their
// number.
package run
