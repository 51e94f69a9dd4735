package run

import (
	"bufio"
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// A replacement is a file's new text, in a hidden file beside it. It begins with
// the first document that changed: a file in which nothing does is not touched.
type replacement struct {
	path    string
	in      *os.File
	pending *renameio.PendingFile
	out     *bufio.Writer
}

// add takes the file's next document.
func (r *replacement) add(d document) error {
	if r.pending == nil {
		if !d.isChanged() {
			return nil
		}
		if err := r.begin(int64(d.chunk.Start.Byte)); err != nil {
			return err
		}
	}
	_, err := r.out.Write(d.Output)
	return err
}

// begin copies what stands before the first document that changed.
func (r *replacement) begin(size int64) (err error) {
	if r.pending, err = renameio.NewPendingFile(r.path, renameio.WithExistingPermissions(), renameio.WithTempDir(filepath.Dir(r.path))); err != nil {
		return err
	}
	r.out = bufio.NewWriter(r.pending)
	_, err = io.Copy(r.out, io.NewSectionReader(r.in, 0, size))
	return err
}

// commit puts the new text in the file's place, if there is one.
func (r *replacement) commit() error {
	if r.pending == nil {
		return nil
	}
	if err := r.out.Flush(); err != nil {
		return err
	}
	return r.pending.CloseAtomicallyReplace()
}

// abandon removes a new text that was not put in place.
func (r *replacement) abandon() {
	if r.pending != nil {
		r.pending.Cleanup() // nothing to do for an error: the file itself is as it was
	}
}
