package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os/exec"
	"strings"
)

// plainly begins a path of which git takes no character for a pattern.
const plainly = "./"

// Ignored gives those of paths that git ignores: what .gitignore files, the
// repository's and the user's exclude files name and the index does not. Paths are
// slashed, and below the root of a work tree.
func Ignored(ctx context.Context, root string, paths []string) (map[string]bool, error) {
	cmd := command(ctx, root, "check-ignore", "-z", "--stdin")
	var in bytes.Buffer
	for _, path := range paths {
		in.WriteString(plainly + path + "\x00")
	}
	cmd.Stdin = &in
	out, err := run(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 { // it ignores none
		return nil, nil
	}
	if err != nil {
		return nil, cmp.Or(ctx.Err(), err)
	}
	ignored := map[string]bool{}
	for path := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		ignored[strings.TrimPrefix(path, plainly)] = true
	}
	return ignored, nil
}
