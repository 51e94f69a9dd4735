//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestSignalEndsTheWaitForStdin holds that the first signal ends a run that waits for
// what never comes.
func TestSignalEndsTheWaitForStdin(t *testing.T) {
	t.Parallel()
	run := exec.Command(os.Args[0], "key", "plan", "-f", "-")
	run.Env = []string{asProgram + "=1"}
	in, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	run.Stderr = &told
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Process.Kill() })
	if _, err := in.Write(make([]byte, 1<<20)); err != nil { // more than a pipe holds: it is being read
		t.Fatal(err)
	}
	run.Process.Signal(os.Interrupt)
	if err := run.Wait(); run.ProcessState.ExitCode() != exitWorld || !strings.Contains(told.String(), "interrupted: ") {
		t.Errorf("%v: %s", err, &told)
	}
}
