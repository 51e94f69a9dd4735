package run

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// A Selection says which files of folders are looked at. The zero value: those
// ending in .yaml, .yml and .json that git does not ignore. A file that is named
// itself is looked at always.
//
// A glob without a slash is matched with the names of files and folders, one with a
// slash with paths from the folder that is named; ** stands for any number of
// folders. What stands in a folder that matches, matches.
type Selection struct {
	Include  []string // globs; when there are any, of the files that match, whatever they end in
	Exclude  []string // globs
	NoIgnore bool     // look at what git ignores too
}

// Check tells of the first glob that is none.
func (s Selection) Check() error {
	for _, glob := range slices.Concat(s.Include, s.Exclude) {
		for part := range strings.SplitSeq(glob, "/") {
			if _, err := path.Match(part, ""); err != nil || glob == "" {
				return fmt.Errorf("%q is no glob", glob)
			}
		}
	}
	return nil
}

// takes tells whether a file is looked at, by its slashed path below the folder.
func (s Selection) takes(below string) bool {
	isIn := func(glob string) bool { return matches(glob, below) }
	if len(s.Include) > 0 {
		return slices.ContainsFunc(s.Include, isIn) && !slices.ContainsFunc(s.Exclude, isIn)
	}
	return isSpec(below) && !slices.ContainsFunc(s.Exclude, isIn)
}

// matches tells whether a glob is about a path, or about a folder above it.
func matches(glob, below string) bool {
	parts := strings.Split(strings.Trim(glob, "/"), "/")
	if !strings.Contains(glob, "/") {
		parts = []string{"**", glob}
	}
	return lead(parts, strings.Split(below, "/"))
}

// lead tells whether globs match the first names of a path.
func lead(globs, names []string) bool {
	switch {
	case len(globs) == 0:
		return true
	case globs[0] == "**":
		return lead(globs[1:], names) || len(names) > 0 && lead(globs, names[1:])
	case len(names) == 0:
		return false
	}
	ok, _ := path.Match(globs[0], names[0]) // Check has seen it
	return ok && lead(globs[1:], names[1:])
}
