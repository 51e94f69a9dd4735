//go:build linux || darwin

package replace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const regularOnly = unix.O_NONBLOCK | unix.O_NOFOLLOW

// A stamp is what tells one state of a file from another.
type stamp struct {
	device, inode, names uint64
	size                 int64
	modified, changed    unix.Timespec
}

func newStamp(s unix.Stat_t) stamp {
	return stamp{uint64(s.Dev), s.Ino, uint64(s.Nlink), s.Size, s.Mtim, s.Ctim}
}

func stampOf(f *os.File) (stamp, error) {
	var s unix.Stat_t
	err := retry(func() error { return unix.Fstat(int(f.Fd()), &s) })
	return newStamp(s), err
}

func stampAt(path string) (stamp, error) {
	var s unix.Stat_t
	err := retry(func() error { return unix.Lstat(path, &s) })
	return newStamp(s), err
}

func (s stamp) links() int { return int(s.names) }

// isFile tells whether both are of one file, whatever it holds.
func (s stamp) isFile(of stamp) bool { return s.device == of.device && s.inode == of.inode }

// isText tells whether a file that was just moved holds what it held. Moving changes
// its time of change, and on an overlay its inode.
func (s stamp) isText(of stamp) bool { return s.size == of.size && s.modified == of.modified }

// rename gives the draft the file's name, where two files cannot be exchanged.
func (f *File) rename() error {
	if err := os.Rename(f.name, f.path); err != nil {
		return err
	}
	f.name = ""
	return nil
}

// patience is how long a lock is waited for. A run of ours holds it for as long as
// one file takes; who holds it longer may be waiting for us.
const patience = 10 * time.Second

// lock waits for the lock of a file. A file system that has none, as some network
// ones, is gone on with: then stamps alone keep runs apart.
func lock(ctx context.Context, f *os.File) error {
	for tries := 0; ; tries++ {
		err := retry(func() error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) })
		const pause = 2 * time.Millisecond
		switch {
		case err != unix.EWOULDBLOCK:
			return nil
		case tries > int(patience/pause):
			return errors.New("another program keeps a lock on it")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// isFree takes the lock of a file of ours; it has none when its run is gone.
func isFree(f *os.File) bool {
	return retry(func() error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }) == nil
}

// keep gives a draft the owner, group, attributes, access control list and mode of
// a file.
func keep(draft, of *os.File) error {
	var want, has unix.Stat_t
	if err := errors.Join(unix.Fstat(int(of.Fd()), &want), unix.Fstat(int(draft.Fd()), &has)); err != nil {
		return err
	}
	if want.Uid != has.Uid || want.Gid != has.Gid {
		if err := unix.Fchown(int(draft.Fd()), int(want.Uid), int(want.Gid)); err != nil {
			return fmt.Errorf("its owner %d and group %d cannot be kept: %w", want.Uid, want.Gid, err)
		}
	}
	if err := keepAttributes(int(draft.Fd()), int(of.Fd())); err != nil {
		return err
	}
	return keepMode(draft, of)
}

func keepMode(draft, of *os.File) error {
	var want, has unix.Stat_t
	if err := errors.Join(unix.Fstat(int(of.Fd()), &want), unix.Fstat(int(draft.Fd()), &has)); err != nil {
		return err
	}
	if want.Mode == has.Mode {
		return nil
	}
	if err := unix.Fchmod(int(draft.Fd()), uint32(want.Mode&0o7777)); err != nil {
		return fmt.Errorf("its mode cannot be kept: %w", err)
	}
	return nil
}

// ofKernel are attributes that the kernel makes from a file's text or its writer.
var ofKernel = []string{"security.ima", "security.evm", "com.apple.provenance"}

// keepAttributes makes a draft's extended attributes, of which access control lists
// are some, those of a file. A folder may have given it others.
func keepAttributes(draft, of int) error {
	want, err := attributes(of)
	if err != nil {
		return err
	}
	has, err := attributes(draft)
	if err != nil {
		return err
	}
	for name, value := range want {
		if old, ok := has[name]; ok && bytes.Equal(old, value) {
			continue
		}
		if err := unix.Fsetxattr(draft, name, value, 0); err != nil {
			return fmt.Errorf("its attribute %s cannot be kept: %w", name, err)
		}
	}
	for name := range has {
		if _, ok := want[name]; ok || strings.HasPrefix(name, "security.") {
			continue
		}
		if err := unix.Fremovexattr(draft, name); err != nil {
			return fmt.Errorf("it would get the attribute %s: %w", name, err)
		}
	}
	return nil
}

func attributes(f int) (map[string][]byte, error) {
	list, err := sized(func(b []byte) (int, error) { return unix.Flistxattr(f, b) })
	if err != nil || len(list) == 0 {
		return nil, err
	}
	all := map[string][]byte{}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		if slices.Contains(ofKernel, name) {
			continue
		}
		value, err := sized(func(b []byte) (int, error) { return unix.Fgetxattr(f, name, b) })
		if err != nil {
			return nil, fmt.Errorf("its attribute %s cannot be read: %w", name, err)
		}
		all[name] = value
	}
	return all, nil
}

// sized gives what a call fills a buffer with that is as large as it says; nothing
// where attributes are not known.
func sized(call func([]byte) (int, error)) ([]byte, error) {
	size, err := call(nil)
	if errors.Is(err, errors.ErrUnsupported) || size == 0 {
		return nil, ignoreUnsupported(err)
	}
	if err != nil {
		return nil, err
	}
	b := make([]byte, size)
	size, err = call(b)
	return b[:max(size, 0)], err
}

func ignoreUnsupported(err error) error {
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// retry calls again what a signal interrupted.
func retry(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}
