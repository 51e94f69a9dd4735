//go:build !linux && !darwin

package replace

import (
	"context"
	"errors"
	"os"
	"time"
)

const regularOnly = 0

// A stamp is what tells one state of a file from another.
type stamp struct {
	size     int64
	modified time.Time
}

func newStamp(info os.FileInfo, err error) (stamp, error) {
	if err != nil {
		return stamp{}, err
	}
	return stamp{info.Size(), info.ModTime()}, nil
}

func stampOf(f *os.File) (stamp, error) { return newStamp(f.Stat()) }

func stampAt(path string) (stamp, error) { return newStamp(os.Lstat(path)) }

func (s stamp) links() int { return 1 }

func (s stamp) isFile(of stamp) bool { return s == of }

func (s stamp) isText(of stamp) bool { return s == of }

// rename gives the draft the file's name. Windows moves no file that is open.
func (f *File) rename() error {
	if err := errors.Join(f.draft.Close(), f.File.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.name, f.path); err != nil {
		return err
	}
	f.name = ""
	return nil
}

func lock(context.Context, *os.File) error { return nil }

func isFree(*os.File) bool { return true }

func keep(draft, of *os.File) error { return keepMode(draft, of) }

func keepMode(draft, of *os.File) error {
	info, err := of.Stat()
	if err != nil {
		return err
	}
	return os.Chmod(draft.Name(), info.Mode().Perm())
}

func newDraft(folder string) (f *os.File, name string, err error) { return namedDraft(folder) }

func link(*os.File, string) (string, error) { return "", errors.ErrUnsupported }

func exchange(string, string) error { return errors.ErrUnsupported }
