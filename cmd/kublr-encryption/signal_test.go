package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// TestSignalEndsTheWaitForStdin holds that a run whose stdin never ends is ended by
// its context, whatever stdin is wanted for.
func TestSignalEndsTheWaitForStdin(t *testing.T) {
	for _, args := range [][]string{
		{"verify", "-f", "testdata/intent.yaml", "-"},
		{"apply", "-f", "testdata/intent.yaml", "-"},
		{"apply", "-f", "-", "testdata/cluster.yaml"},
		{"policy", "check", "-"},
	} {
		ctx, signal := context.WithCancel(context.Background())
		never, open := io.Pipe()
		var out, beside bytes.Buffer
		in := &waited{ctx: ctx, in: io.MultiReader(strings.NewReader("kind: Cluster\n---\n"), onRead(signal), never)}
		if code := execute(ctx, args, in, &out, &beside); code != exitWorld || !strings.Contains(beside.String(), "interrupted") || out.Len() > 0 {
			t.Errorf("%v: exit code %d\n%s%s", args, code, &out, &beside)
		}
		open.Close()
	}
}

// onRead does something when it is read, and has no bytes.
type onRead func()

func (r onRead) Read([]byte) (int, error) {
	r()
	return 0, io.EOF
}
