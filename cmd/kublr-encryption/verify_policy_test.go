//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"testing"
)

// TestPolicyOfAPipe holds that a key policy is read once: a shell's <(aws kms
// get-key-policy …) has it no second time.
func TestPolicyOfAPipe(t *testing.T) {
	var policy, out, beside bytes.Buffer
	if code := execute(context.Background(), []string{"policy", "-f", "testdata/intent.yaml", "--region", "us-east-1"}, nil, &policy, &beside); code != 0 {
		t.Fatal(code, beside.String())
	}
	pipe := namedPipe(t)
	go func() {
		in, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
		if err == nil {
			in.Write(policy.Bytes())
			in.Close()
		}
	}()
	args := []string{"verify", "-f", "testdata/intent.yaml", "--policy", pipe, "testdata/cluster.yaml"}
	execute(context.Background(), args, nil, &out, &beside)
	if text := out.String() + beside.String(); !bytes.Contains([]byte(text), []byte(notSeen)) {
		t.Errorf("it is not proved:\n%s", text)
	}
}
