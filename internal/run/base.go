package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/git"
	"github.com/kublr-encryption/kublr-encryption/internal/replace"
)

// CheckBase tells whether a git revision exists where a path lies.
func CheckBase(ctx context.Context, base, path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err == nil {
		err = checkBase(ctx, base, real)
	}
	if err != nil {
		return fmt.Errorf("--base %s, where %s lies: %w", base, path, err)
	}
	return nil
}

func checkBase(ctx context.Context, base, path string) error {
	if !isFolder(path) {
		path = filepath.Dir(path)
	}
	root := git.Roots{}.Of(path)
	if root == "" {
		return errNoRepository
	}
	_, err := git.Commit(ctx, root, base)
	return err
}

var errNoRepository = errors.New("not in the work tree of a git repository")

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// bases are the work trees of the files at hand as they were at a revision.
type bases struct {
	ctx      context.Context
	revision string

	mu    sync.Mutex
	roots git.Roots
	trees map[string]*baseTree // by their roots
}

// A baseTree is one of them.
type baseTree struct {
	*git.Tree
	err   error // why there is none
	root  string
	moved func() (generator.Base, error) // the clusters that files lost since
}

// tree gives that in which a folder lies.
func (b *bases) tree(folder string) (*baseTree, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	root := b.roots.Of(folder)
	if root == "" {
		return nil, errNoRepository
	}
	t := b.trees[root]
	if t == nil {
		t = &baseTree{root: root}
		t.Tree, t.err = git.OpenTree(b.ctx, root, b.revision)
		t.moved = sync.OnceValues(func() (generator.Base, error) { return b.movedIn(t) })
		b.trees[root] = t
	}
	return t, t.err
}

func (b *bases) close() {
	for _, t := range b.trees {
		if t.err == nil {
			t.Close()
		}
	}
}

// A fileBase is what clusters of one file looked like.
type fileBase struct {
	generator.Base
	mu  sync.Mutex
	err error // why it is not known
}

// of gives what the clusters of a file looked like.
func (b *bases) of(path string) *fileBase {
	f := &fileBase{}
	t, err := b.tree(filepath.Dir(path))
	if err != nil {
		f.err = err
		return f
	}
	name, err := filepath.Rel(t.root, path)
	if err != nil {
		f.err = err
		return f
	}
	text, err := t.Read(t.nameOf(filepath.ToSlash(name)))
	if err != nil {
		f.err = err
		return f
	}
	f.Base = generator.ReadBase(text, func() generator.Base {
		moved, err := t.moved()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.err = err
		return moved
	})
	return f
}

// nameOf gives the name that a file had, which may be spelled in another case where
// the file system sees no difference.
func (t *baseTree) nameOf(name string) string {
	if t.Has(name) {
		return name
	}
	info, err := os.Stat(t.at(name))
	if err != nil {
		return name
	}
	for other := range t.Paths() {
		if !strings.EqualFold(other, name) {
			continue
		}
		if was, err := os.Lstat(t.at(other)); err == nil && os.SameFile(was, info) {
			return other
		}
	}
	return name
}

// at gives where a file is now.
func (t *baseTree) at(name string) string { return filepath.Join(t.root, filepath.FromSlash(name)) }

// movedIn gives the clusters that are no longer in the files that held them.
func (b *bases) movedIn(t *baseTree) (generator.Base, error) {
	moved := generator.ReadBase(nil, nil)
	for name := range t.Paths() {
		if !isSpec(name) {
			continue
		}
		now := b.now(t.at(name))
		if t.IsText(name, now) {
			continue
		}
		before, err := t.Read(name)
		if err != nil {
			return generator.Base{}, err
		}
		moved = moved.With(generator.ReadBase(before, nil).Without(generator.ReadBase(now, nil)))
	}
	return moved, nil
}

// now gives what a file holds; nothing when it is gone, or is no file.
func (b *bases) now(path string) []byte {
	f, err := replace.Read(b.ctx, path)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, _ := io.ReadAll(f) // of half a text, the rest is gone
	return text
}
