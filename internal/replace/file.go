package replace

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ErrChanged means that a file is no longer what was read.
var ErrChanged = errors.New("it was changed by somebody else meanwhile")

// A File is a file that is read, and the text that takes its place.
type File struct {
	*os.File
	path  string
	seen  stamp
	draft *os.File
	name  string // of the draft, or of what it was exchanged for; empty when there is none
	out   *bufio.Writer
}

// Read opens a regular file that is only read. What is no regular file, a symbolic
// link too, is an error, and a pipe is not waited for.
func Read(_ context.Context, path string) (*File, error) {
	in, err := openRegular(path)
	return &File{File: in, path: path}, err
}

// Open opens a regular file that may be replaced. It waits until no other run has it
// open, and ends with an error when that takes long or the context is done.
func Open(ctx context.Context, path string) (*File, error) {
	const often = 100
	for range often {
		in, err := openRegular(path)
		if err != nil {
			return nil, err
		}
		f := &File{File: in, path: path}
		if err := lock(ctx, in); err != nil {
			in.Close() // it was only opened
			return nil, err
		}
		if f.seen, err = stampOf(in); err != nil {
			in.Close()
			return nil, err
		}
		// Whoever had the lock may have put another file here.
		if now, err := stampAt(path); err == nil && now.isFile(f.seen) {
			return f, nil
		}
		in.Close()
	}
	return nil, ErrChanged
}

func openRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|regularOnly, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Links tells how many names the file has.
func (f *File) Links() int { return f.seen.links() }

// Add takes the next piece of the text: where it stands, what it was and what it
// becomes. The new text begins with the first piece that changes: until then
// nothing is written.
func (f *File) Add(at int64, old, text []byte) error {
	if f.draft == nil {
		if bytes.Equal(old, text) {
			return nil
		}
		if err := f.begin(at); err != nil {
			return err
		}
	}
	_, err := f.out.Write(text)
	return err
}

// begin makes the draft, and copies what stands before the first change.
func (f *File) begin(size int64) (err error) {
	if f.draft, f.name, err = newDraft(filepath.Dir(f.path)); err != nil {
		return err
	}
	if err := keep(f.draft, f.File); err != nil {
		return err
	}
	f.out = bufio.NewWriter(f.draft)
	_, err = io.Copy(f.out, io.NewSectionReader(f.File, 0, size))
	return err
}

// Commit puts the new text in the file's place, if anything changes; ErrChanged
// when the file is not the one that was read.
func (f *File) Commit() error {
	if f.draft == nil {
		return nil
	}
	if err := f.out.Flush(); err != nil {
		return err
	}
	if err := keepMode(f.draft, f.File); err != nil { // writing clears some bits of it
		return err
	}
	if err := f.draft.Sync(); err != nil {
		return err
	}
	read, err := stampOf(f.File)
	if err != nil {
		return err
	}
	now, err := stampAt(f.path)
	if err != nil || read != f.seen || now != f.seen {
		return ErrChanged
	}
	if f.name == "" {
		if f.name, err = link(f.draft, filepath.Dir(f.path)); err != nil {
			return err
		}
	}
	return f.place()
}

// place gives the draft the file's name.
func (f *File) place() error {
	err := exchange(f.name, f.path)
	if errors.Is(err, errors.ErrUnsupported) {
		return f.rename()
	}
	if errors.Is(err, os.ErrNotExist) {
		return ErrChanged
	}
	if err != nil {
		return err
	}
	if taken, err := stampAt(f.name); err != nil || !taken.isText(f.seen) {
		return errors.Join(ErrChanged, f.giveBack())
	}
	return nil
}

// giveBack undoes an exchange that took out what was saved in the moment before it.
// What is saved in the moment of giving back is given back too: the last save stays.
func (f *File) giveBack() error {
	there, err := stampOf(f.draft)
	if err != nil {
		return err
	}
	for {
		back, err := stampAt(f.name)
		if err != nil {
			return err
		}
		if err := exchange(f.name, f.path); err != nil {
			return err
		}
		taken, err := stampAt(f.name)
		if err != nil || taken.isFile(there) {
			return err
		}
		there = back
	}
}

// Close ends the lock, and removes a draft that was not put in place and what it
// replaced.
func (f *File) Close() error {
	if f.name != "" {
		os.Remove(f.name) // else the next run does it
	}
	if f.draft != nil {
		f.draft.Close() // synced, or dropped
	}
	return f.File.Close()
}
