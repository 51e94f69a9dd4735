package run

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/git"
	"github.com/kublr-encryption/kublr-encryption/internal/replace"
	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

// kept parts the files of a folder into those that are looked at and those that git
// ignores. Without git, or outside a work tree, it ignores none.
func kept(ctx context.Context, roots git.Roots, folder string, files []File) (all, ignored []File, err error) {
	i := ignoring{roots: roots, folder: folder, asked: map[string][]string{}, answers: map[string]map[string]bool{}}
	for _, f := range files {
		i.ask(f.path)
	}
	for root, paths := range i.asked {
		if i.answers[root], err = git.Ignored(ctx, root, paths); errors.Is(err, exec.ErrNotFound) {
			return files, nil, nil
		} else if err != nil {
			return files, nil, err
		}
	}
	for _, f := range files {
		if i.ignores(f.path) {
			ignored = append(ignored, f)
		} else {
			all = append(all, f)
		}
	}
	return all, ignored, nil
}

// An ignoring is what git says of the paths in a folder. Each is asked about in its
// own work tree, and the root of a work tree inside another one in that.
type ignoring struct {
	roots   git.Roots
	folder  string
	asked   map[string][]string // slashed paths, by the root they are below
	answers map[string]map[string]bool
}

// at gives where a path is asked about; an empty root: nowhere.
func (i ignoring) at(path string) (root, below string) {
	root = i.roots.Of(filepath.Dir(path))
	if root == "" {
		return "", ""
	}
	below, err := filepath.Rel(root, path)
	if err != nil {
		return "", ""
	}
	return root, filepath.ToSlash(below)
}

// isInside tells whether a path is below the folder.
func (i ignoring) isInside(path string) bool {
	return strings.HasPrefix(path, strings.TrimSuffix(i.folder, string(filepath.Separator))+string(filepath.Separator))
}

func (i ignoring) ask(path string) {
	root, below := i.at(path)
	if root == "" {
		return
	}
	isNew := i.asked[root] == nil
	i.asked[root] = append(i.asked[root], below)
	switch {
	case !isNew:
	case i.isInside(root):
		i.ask(root)
	case root != i.folder:
		i.ask(i.folder)
	}
}

// ignores tells whether git ignores a path, but not because it ignores the folder,
// which was named.
func (i ignoring) ignores(path string) bool {
	root, below := i.at(path)
	if root == "" {
		return false
	}
	if i.isInside(root) {
		return i.answers[root][below] || i.ignores(root)
	}
	if _, named := i.at(i.folder); root != i.folder && i.answers[root][named] {
		return false
	}
	return i.answers[root][below]
}

// WithClusters counts the files in which Kublr clusters stand.
func WithClusters(ctx context.Context, files []File) (count int) {
	for _, f := range files {
		in, err := replace.Read(ctx, f.path)
		if err != nil {
			continue
		}
		var text []byte
		if isText(in) {
			text, err = io.ReadAll(in)
		}
		in.Close() // it was only read
		if err == nil && generator.ReadBase(text, nil).HasClusters() {
			count++
		}
	}
	return count
}

// unasked is the finding about a folder of which git does not say what it ignores.
func unasked(folder string, err error) diag.Finding {
	f := report.IgnoredUnknown.Finding(diag.Position{}, nil, "git does not say which files it ignores, so none is left out: "+err.Error(), "mend what git says, or give --no-ignore")
	f.File = folder
	return f
}
