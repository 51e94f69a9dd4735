package replace

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func newDraft(folder string) (f *os.File, name string, err error) { return namedDraft(folder) }

func link(*os.File, string) (string, error) { return "", errors.ErrUnsupported }

// exchange gives each of two files the other's name, in one step.
func exchange(a, b string) error {
	return retry(func() error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) })
}
