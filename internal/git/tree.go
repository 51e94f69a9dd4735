package git

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"maps"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// A Tree is what a work tree held at a revision.
type Tree struct {
	ctx   context.Context
	root  string
	blobs map[string]string // the object of each file, by its slashed path

	mu     sync.Mutex
	batch  *exec.Cmd // one git that gives objects
	ask    io.WriteCloser
	answer *bufio.Reader
}

// OpenTree gives the work tree at root as a revision has it. Close ends it, and so
// does the context.
func OpenTree(ctx context.Context, root, revision string) (*Tree, error) {
	commit, err := Commit(ctx, root, revision)
	if err != nil {
		return nil, err
	}
	out, err := run(command(ctx, root, "ls-tree", "-r", "-z", commit))
	if err != nil {
		return nil, cmp.Or(ctx.Err(), fmt.Errorf("%w%s", err, partial(root)))
	}
	t := &Tree{ctx: ctx, root: root, blobs: map[string]string{}}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		about, path, _ := strings.Cut(entry, "\t")
		if parts := strings.Fields(about); len(parts) == 3 && strings.HasPrefix(parts[0], "100") { // a file, no link or submodule
			t.blobs[path] = parts[2]
		}
	}
	return t, nil
}

// Commit gives the hash of the commit that a revision names.
func Commit(ctx context.Context, root, revision string) (string, error) {
	out, err := run(command(ctx, root, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}"))
	if err != nil {
		return "", cmp.Or(ctx.Err(), fmt.Errorf("no such git revision%s", because(ctx, root, err)))
	}
	return strings.TrimSpace(string(out)), nil
}

// because says why a revision may be missing.
func because(ctx context.Context, root string, err error) string {
	if f, ok := errors.AsType[*failure](err); ok {
		return ": " + f.text
	}
	if out, err := run(command(ctx, root, "rev-parse", "--is-shallow-repository")); err == nil && strings.TrimSpace(string(out)) == "true" {
		return fmt.Sprintf(": the clone is shallow; fetch the revision, or run `git -C %s fetch --unshallow`", root)
	}
	return ""
}

// partial says how to get what a clone left out.
func partial(root string) string {
	return fmt.Sprintf("; in a partial clone, run `git -C %s fetch --refetch --no-filter` first", root)
}

// Paths gives the slashed paths of the files, in no order.
func (t *Tree) Paths() iter.Seq[string] { return maps.Keys(t.blobs) }

// Has tells whether a file was there.
func (t *Tree) Has(path string) bool {
	_, ok := t.blobs[path]
	return ok
}

// IsText tells whether a file held exactly this text.
func (t *Tree) IsText(path string, text []byte) bool {
	object, ok := t.blobs[path]
	if !ok {
		return false
	}
	var h hash.Hash = sha1.New() //nolint:gosec // git's name for an object
	if len(object) == hex.EncodedLen(sha256.Size) {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", len(text))
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil)) == object
}

// Read gives what a file held; nothing when it was not there.
func (t *Tree) Read(path string) ([]byte, error) {
	object, ok := t.blobs[path]
	if !ok {
		return nil, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.batch == nil {
		if err := t.start(); err != nil {
			return nil, err
		}
	}
	return t.get(object)
}

func (t *Tree) start() (err error) {
	batch := command(t.ctx, t.root, "cat-file", "--batch")
	if t.ask, err = batch.StdinPipe(); err != nil {
		return err
	}
	out, err := batch.StdoutPipe()
	if err != nil {
		return err
	}
	t.batch, t.answer = batch, bufio.NewReader(out)
	return batch.Start()
}

// get asks for an object: git answers "OBJECT TYPE SIZE", the text and a line end, or
// "OBJECT missing".
func (t *Tree) get(object string) ([]byte, error) {
	if _, err := fmt.Fprintln(t.ask, object); err != nil {
		return nil, cmp.Or(t.ctx.Err(), err)
	}
	line, err := t.answer.ReadString('\n')
	if err != nil {
		return nil, cmp.Or(t.ctx.Err(), fmt.Errorf("git cat-file ended%s", partial(t.root)))
	}
	parts := strings.Fields(line)
	if len(parts) != 3 {
		return nil, fmt.Errorf("git: %s%s", strings.TrimSpace(line), partial(t.root))
	}
	size, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if _, err := io.CopyN(&text, t.answer, size); err != nil {
		return nil, cmp.Or(t.ctx.Err(), err)
	}
	_, err = t.answer.Discard(1)
	return text.Bytes(), err
}

// Close ends the tree.
func (t *Tree) Close() {
	if t.batch != nil {
		t.ask.Close()
		t.batch.Wait() // what it gave was checked as it came
	}
}
