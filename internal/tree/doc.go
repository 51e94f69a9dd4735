// Package tree takes a job through files: it finds those that may hold cluster
// specs, reads them document by document on all cores, and replaces a file whole
// or not at all. Memory is bounded by the largest documents, not by their number.
package tree
