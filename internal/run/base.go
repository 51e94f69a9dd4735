package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// CheckBase tells whether a git revision exists where a path lies.
func CheckBase(ctx context.Context, base, path string) error {
	if _, err := git(ctx, path, "rev-parse", "--verify", "--quiet", "--end-of-options", base+"^{commit}"); err != nil {
		return fmt.Errorf("--base %s: no such git revision where %s lies: %w", base, path, err)
	}
	return nil
}

// readBase gives what a file held at a revision; nothing when it was not there, or
// when there is no revision.
func readBase(ctx context.Context, base, file string) ([]byte, error) {
	if base == "" {
		return nil, nil
	}
	object := base + ":./" + filepath.Base(file)
	if _, err := git(ctx, file, "cat-file", "-e", object); err != nil {
		return nil, nil //nolint:nilerr // it was not there
	}
	return git(ctx, file, "cat-file", "blob", object)
}

// git runs git in the folder of a path.
func git(ctx context.Context, path string, args ...string) ([]byte, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "git", args...)
	if cmd.Dir = real; !isFolder(real) {
		cmd.Dir = filepath.Dir(real)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && stderr.Len() > 0 {
		err = errors.New(strings.TrimSpace(stderr.String()))
	}
	return out, err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
