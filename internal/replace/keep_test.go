//go:build linux

package replace

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// An access control list as the kernel has it: user 1 may read and write.
var list = []byte{2, 0, 0, 0,
	1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff, // the owner rw-
	2, 0, 6, 0, 1, 0, 0, 0, // user 1 rw-
	4, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, // the group r--
	16, 0, 6, 0, 0xff, 0xff, 0xff, 0xff, // mask rw-
	32, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, // others ---
}

func set(t *testing.T, path, name string, value []byte) {
	t.Helper()
	if err := unix.Setxattr(path, name, value, 0); errors.Is(err, errors.ErrUnsupported) {
		t.Skipf("%s: no %s here", path, name)
	} else if err != nil {
		t.Fatal(err)
	}
}

func replaced(t *testing.T, path string) os.FileInfo {
	t.Helper()
	f := shout(t, path)
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	only(t, path, "A\n")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestModeIsKept(t *testing.T) {
	for _, mode := range []os.FileMode{0o600, 0o444, 0o777, 0o755 | os.ModeSetuid, 0o775 | os.ModeSetgid, 0o644 | os.ModeSticky} {
		path := newFile(t, "a\n")
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if got := replaced(t, path).Mode(); got != mode {
			t.Errorf("mode %v became %v", mode, got)
		}
	}
}

func TestAttributesAreKept(t *testing.T) {
	path := newFile(t, "a\n")
	set(t, path, "user.note", []byte("mine"))
	set(t, path, "user.empty", nil)
	set(t, path, "system.posix_acl_access", list)
	replaced(t, path)
	f := open(t, path)
	all, err := attributes(int(f.Fd()))
	if err != nil || len(all) != 3 || string(all["user.note"]) != "mine" || !bytes.Equal(all["system.posix_acl_access"], list) {
		t.Errorf("%v, %v", all, err)
	}
}

// TestListOfTheFolder holds that a folder's default access control list does not
// come to a file that had none.
func TestListOfTheFolder(t *testing.T) {
	path := newFile(t, "a\n")
	before, _ := os.Stat(path)
	set(t, filepath.Dir(path), "system.posix_acl_default", list)
	after := replaced(t, path)
	f := open(t, path)
	if all, err := attributes(int(f.Fd())); err != nil || len(all) != 0 || before.Mode() != after.Mode() {
		t.Errorf("%v, %v, mode %v", all, err, after.Mode())
	}
}

func TestOwnerIsKept(t *testing.T) {
	path := newFile(t, "a\n")
	if err := os.Chown(path, 12345, 23456); err != nil {
		t.Skip(err)
	}
	got := replaced(t, path).Sys().(*syscall.Stat_t)
	if got.Uid != 12345 || got.Gid != 23456 {
		t.Errorf("owner %d, group %d", got.Uid, got.Gid)
	}
}

// TestDraftsArePrivate holds that nobody reads a draft who does not read the file,
// whatever has it a name.
func TestDraftsArePrivate(t *testing.T) {
	path := newFile(t, "a\n")
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	draft, _, err := namedDraft(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Close()
	if info, err := draft.Stat(); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := keep(draft, f); err != nil {
		t.Fatal(err)
	}
	if info, err := draft.Stat(); err != nil || info.Mode() != 0o604 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestReadRegular(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe.yaml")
	link := filepath.Join(folder, "link.yaml")
	if err := errors.Join(unix.Mkfifo(pipe, 0o644), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link, folder} {
		for _, open := range []func(context.Context, string) (*File, error){Read, Open} {
			if _, err := open(context.Background(), path); err == nil {
				t.Errorf("%s was opened", path)
			}
		}
	}
}

func TestLinks(t *testing.T) {
	path := newFile(t, "a\n")
	if err := os.Link(path, filepath.Join(t.TempDir(), "b.yaml")); err != nil {
		t.Skip(err)
	}
	f := shout(t, path)
	if f.Links() != 2 {
		t.Errorf("%d links", f.Links())
	}
}
