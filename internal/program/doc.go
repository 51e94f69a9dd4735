// Package program keeps a jsonnet program with all that it imports as bytes which
// are read much faster than its sources are parsed: for one that is built into a
// binary. What evaluates is go-jsonnet, and its errors name the sources' files and
// lines still.
//
//	Link    makes one tree of a file and of what it imports
//	Encode  gives the tree as bytes
//	Decode  reads them
//
// What only a formatter needs is left out: comments, spaces, the sources' lines.
package program
