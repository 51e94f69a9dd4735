// Package git asks git about work trees. It only reads: no program that a
// repository names is run, nothing is fetched, and of the environment only the
// user's configuration counts, so that a path is always asked about in its own
// repository.
package git

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// quiet are the options of every call. What runs programs, by git-config(1), is off
// here or belongs to commands that are not called: filters, drivers of diffs and
// merges, editors, signing. Whatever fetches, with its ssh command, proxy, askpass and
// credential helpers, ends at protocol.allow.
var quiet = []string{
	"--no-pager", "--no-optional-locks",
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "credential.helper=",
	"-c", "protocol.allow=never",
	"-c", "safe.bareRepository=explicit",
}

// usersOwn are the variables of git that say where the user's configuration is, and
// what belongs to it. Others, which git sets for its hooks, say which repository.
var usersOwn = []string{"GIT_EXEC_PATH=", "GIT_CONFIG_GLOBAL=", "GIT_CONFIG_SYSTEM=", "GIT_CONFIG_NOSYSTEM=", "GIT_CONFIG_COUNT=", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"}

func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "GIT_") && !slices.ContainsFunc(usersOwn, func(own string) bool { return strings.HasPrefix(entry, own) })
	})
	// GIT_ALLOW_PROTOCOL goes before what a repository allows one protocol.
	return append(env, "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
}

func command(ctx context.Context, root string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", slices.Concat(quiet, args)...)
	cmd.Dir, cmd.Env = root, environment()
	return cmd
}

// run gives what a call writes. The error is what it says of itself, on one line.
func run(cmd *exec.Cmd) ([]byte, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if text := strings.Join(strings.Fields(stderr.String()), " "); errors.As(err, &exit) && text != "" {
		err = &failure{exit, text}
	}
	return out, err
}

// A failure is a call that ended badly, and what it said.
type failure struct {
	*exec.ExitError
	text string
}

func (f *failure) Error() string { return f.text }

func (f *failure) Unwrap() error { return f.ExitError }

// Roots remembers the roots of work trees, by folder.
type Roots map[string]string

// Of gives the root of the work tree that a folder lies in, by its absolute path
// without symbolic links; empty when there is none. A submodule, a linked work tree
// and a repository in another are work trees of their own.
func (r Roots) Of(folder string) string {
	if root, ok := r[folder]; ok {
		return root
	}
	var root string
	if _, err := os.Lstat(filepath.Join(folder, ".git")); err == nil {
		root = folder
	} else if parent := filepath.Dir(folder); parent != folder {
		root = r.Of(parent)
	}
	r[folder] = root
	return root
}
