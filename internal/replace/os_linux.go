package replace

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// newDraft makes an empty file that only its owner reads, in a folder: one without a
// name where the file system has such, which is gone when the process is.
func newDraft(folder string) (f *os.File, name string, err error) {
	var fd int
	err = retry(func() error {
		fd, err = unix.Open(folder, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
		return err
	})
	if err != nil {
		return namedDraft(folder)
	}
	f = os.NewFile(uintptr(fd), filepath.Join(folder, "draft"))
	if _, err := os.Stat(ownPath(f)); err != nil || !isFree(f) {
		f.Close() // without /proc it never gets a name
		return namedDraft(folder)
	}
	return f, "", nil
}

func ownPath(f *os.File) string { return "/proc/self/fd/" + strconv.Itoa(int(f.Fd())) }

// link gives a draft without a name one.
func link(f *os.File, folder string) (name string, err error) {
	name = newName(folder)
	err = retry(func() error {
		return unix.Linkat(unix.AT_FDCWD, ownPath(f), unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW)
	})
	if err != nil {
		return "", &os.LinkError{Op: "linkat", Old: f.Name(), New: name, Err: err}
	}
	return name, nil
}

// exchange gives each of two files the other's name, in one step.
func exchange(a, b string) error {
	err := retry(func() error { return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE) })
	if err == unix.EINVAL { // what file systems say that know the call and not the flag
		return errors.ErrUnsupported
	}
	return err
}
