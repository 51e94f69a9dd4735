package replace

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
)

// Suffix ends the name of every file that a killed run may leave.
const Suffix = ".kublr-encryption"

var ours = regexp.MustCompile(`^\.[0-9a-f]{32}\.kublr-encryption$`)

// newName gives a name that no file has.
func newName(folder string) string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return filepath.Join(folder, "."+hex.EncodeToString(b[:])+Suffix)
}

// Sweep removes from a folder what killed runs left there, and nothing that a
// living one has open. What cannot be removed stays.
func Sweep(folder string) {
	dir, err := os.Open(folder)
	if err != nil {
		return
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return
	}
	for _, name := range names {
		if ours.MatchString(name) {
			remove(filepath.Join(folder, name))
		}
	}
}

func remove(path string) {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return
	}
	f, err := openRegular(path)
	if err != nil {
		return
	}
	defer f.Close()
	if isFree(f) && isNamed(f, path) {
		os.Remove(path)
	}
}

// isNamed tells whether a path leads to an open file.
func isNamed(f *os.File, path string) bool {
	here, err := stampOf(f)
	if err != nil {
		return false
	}
	there, err := stampAt(path)
	return err == nil && there.isFile(here)
}

// namedDraft makes a draft that has a name from the start.
func namedDraft(folder string) (*os.File, string, error) {
	for {
		name := newName(folder)
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, "", err
		}
		// Another run may have swept it before the lock.
		if isFree(f) && isNamed(f, name) {
			return f, name, nil
		}
		f.Close()
	}
}
