package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/generator"
)

// A gitBase is the git revision with which specs are compared, so that a warning
// about running clusters is about what changed since then. Empty: none.
type gitBase string

// of gives what a file held at the revision; nothing when it was not there.
func (b gitBase) of(ctx context.Context, file string, plan *generator.Plan) (generator.Base, error) {
	if b == "" {
		return generator.Base{}, nil
	}
	src, err := b.show(ctx, file)
	if err != nil {
		return generator.Base{}, err
	}
	return plan.ReadBase(src), nil
}

// check tells whether the revision exists where a path lies.
func (b gitBase) check(ctx context.Context, path string) error {
	if b == "" {
		return nil
	}
	if path == "-" {
		return usage("--base compares files with a git revision, and stdin is none")
	}
	if _, err := b.git(ctx, path, "rev-parse", "--verify", "--quiet", "--end-of-options", string(b)+"^{commit}"); err != nil {
		return fmt.Errorf("--base %s: no such git revision where %s lies: %w", b, path, err)
	}
	return nil
}

func (b gitBase) show(ctx context.Context, file string) ([]byte, error) {
	object := string(b) + ":./" + filepath.Base(file)
	if _, err := b.git(ctx, file, "cat-file", "-e", object); err != nil {
		return nil, nil //nolint:nilerr // it was not there
	}
	return b.git(ctx, file, "cat-file", "blob", object)
}

// git runs git in the folder of a path.
func (b gitBase) git(ctx context.Context, path string, args ...string) ([]byte, error) {
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
