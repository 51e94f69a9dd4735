//go:build unix

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/internal/interrupt"
)

// TestSignalEndsTheWaitForStdin holds that a run whose stdin never ends is ended by
// its context, whatever stdin is wanted for.
func TestSignalEndsTheWaitForStdin(t *testing.T) {
	for _, args := range [][]string{
		{"verify", "-f", "testdata/intent.yaml", "-"},
		{"apply", "-f", "testdata/intent.yaml", "-"},
		{"apply", "-f", "-", "testdata/cluster.yaml"},
		{"expand", "-f", "-"},
		{"policy", "-f", "testdata/intent.yaml", "-"},
		{"policy", "check", "-"},
		{"policy", "merge", "-f", "testdata/intent.yaml", "-"},
	} {
		ctx, signal := context.WithCancel(context.Background())
		never, open := io.Pipe()
		var out, beside bytes.Buffer
		in := interrupt.Reader(ctx, io.MultiReader(strings.NewReader("kind: Cluster\n---\n"), onRead(signal), never))
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

// A signalled is a run that is sent signals.
type signalled struct {
	*exec.Cmd
	stdout, stderr io.ReadCloser
}

// begin starts the program. Its stdin is a pipe into which nothing is written.
func begin(t *testing.T, args ...string) signalled {
	t.Helper()
	s := signalled{Cmd: exec.Command("kublr-encryption", args...)}
	var err, failed, lost error
	_, err = s.StdinPipe()
	s.stdout, failed = s.StdoutPipe()
	s.stderr, lost = s.StderrPipe()
	if err := cmp.Or(err, failed, lost); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
	return s
}

// first waits for the first line that the run says.
func (s signalled) first(t *testing.T) {
	t.Helper()
	if _, err := bufio.NewReaderSize(s.stderr, 16).ReadByte(); err != nil {
		t.Fatal(err)
	}
}

// reading waits until a run asks for what a named pipe has, and gives where to write it.
func reading(t *testing.T, pipe string) *os.File {
	t.Helper()
	in, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	return in
}

// namedPipe gives a named pipe.
func namedPipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe.yaml")
	if err := exec.Command("mkfifo", path).Run(); err != nil {
		t.Skip("no named pipes here:", err)
	}
	return path
}

// endsInterrupted sends the first signal, and holds that the run ends by it.
func (s signalled) endsInterrupted(t *testing.T, what string) {
	t.Helper()
	began := time.Now()
	s.Process.Signal(os.Interrupt)
	told, _ := io.ReadAll(s.stderr)
	err := s.Wait()
	if s.ProcessState.ExitCode() != exitWorld || !strings.Contains(string(told), "interrupted: ") {
		t.Errorf("%s: %v: %s", what, err, told)
	}
	t.Logf("%s: ended after %v", what, time.Since(began))
}

// TestFirstSignalEnds holds that the first signal ends a run that would go on for
// ever, or for long: it waits for a pipe, for a reader, or thinks about much.
func TestFirstSignalEnds(t *testing.T) {
	pipe := namedPipe(t)
	for _, args := range [][]string{
		{"verify", "-f", "testdata/intent.yaml", pipe},
		{"apply", "--diff", "-f", "testdata/intent.yaml", pipe},
		{"policy", "-f", "testdata/intent.yaml", pipe},
		{"expand", "-f", pipe},
		{"policy", "check", pipe},
		{"policy", "merge", "-f", "testdata/intent.yaml", pipe},
		{"verify", "-f", pipe, "testdata/cluster.yaml"},
	} {
		run := begin(t, args...)
		reading(t, pipe)
		run.endsInterrupted(t, strings.Join(args, " "))
	}
	for what, text := range map[string]string{
		"many groups":      spec("prod-a") + strings.Repeat("    - {name: web, locations: [{locationRef: aws1, aws: {rootVolume: {size: 50}}}]}\n", 600_000),
		"many documents":   strings.Repeat(spec("prod-a")+"---\n", 30_000),
		"many levels":      "kind: Cluster\nspec: " + strings.Repeat("[", 5_000_000),
		"one line":         "kind: Cluster\nspec: {" + strings.Repeat("a: {}, ", 700_000) + "}\n",
		"one block scalar": "kind: Cluster\nspec: |\n" + strings.Repeat("  locations\n", 400_000),
	} {
		run := begin(t, "verify", "-f", "testdata/intent.yaml", pipe)
		in := reading(t, pipe)
		io.WriteString(in, text) // whole, but for what a pipe holds
		in.Close()
		run.endsInterrupted(t, what)
	}
	huge := begin(t, "verify", "-f", pipe, "testdata/cluster.yaml")
	in := reading(t, pipe)
	io.WriteString(in, read(t, "testdata/intent.yaml")+"  overrides:\n"+strings.Repeat("    - {match: {group: g}, mode: plain}\n", 100_000))
	in.Close()
	huge.endsInterrupted(t, "a huge intent")
}

// TestSignalDuringApply holds that the first signal leaves each file as it was or
// edited, and nothing beside it.
func TestSignalDuringApply(t *testing.T) {
	const files = 1000
	intent := intentFor(t, "nodeRoot")
	before, after := spec("prod-a"), applied(t, spec("prod-a"), intent)
	folder, paths := many(t, files)
	run := begin(t, "apply", "-f", intent, folder)
	run.first(t)
	run.endsInterrupted(t, "apply")
	edited := 0
	for _, path := range paths {
		switch read(t, path) {
		case before:
		case after:
			edited++
		default:
			t.Errorf("%s is torn:\n%s", path, read(t, path))
		}
	}
	if edited == 0 || edited == files {
		t.Errorf("%d files of %d are edited", edited, files)
	}
	if all, _ := os.ReadDir(folder); len(all) != files {
		t.Errorf("%d files, of %d, in the folder", len(all), files)
	}
}

// TestSignalDuringBase holds that git, too, is not waited for.
func TestSignalDuringBase(t *testing.T) {
	folder, _ := many(t, 1)
	pipe := namedPipe(t)
	slow := t.TempDir()
	save(t, filepath.Join(slow, "git"), "#!/bin/sh\nread line <"+pipe+"\n")
	if err := os.Chmod(filepath.Join(slow, "git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", slow+string(filepath.ListSeparator)+os.Getenv("PATH"))
	run := begin(t, "verify", "--base", "HEAD", "-f", "testdata/intent.yaml", folder)
	reading(t, pipe)
	run.endsInterrupted(t, "verify --base")
}

// TestSecondSignalEndsAtOnce holds that a run which the first signal does not end at
// once, since nobody reads what it writes, is ended by the second.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	folder, _ := many(t, 1000)
	run := begin(t, "apply", "--diff", "-U", "100", "-f", intentFor(t, "nodeRoot"), folder)
	run.first(t)
	time.Sleep(200 * time.Millisecond) // until what it writes has filled the pipe
	for run.Process.Signal(os.Interrupt) == nil {
		var status syscall.WaitStatus
		if pid, _ := syscall.Wait4(run.Process.Pid, &status, syscall.WNOHANG, nil); pid != 0 {
			if !status.Signaled() || status.Signal() != syscall.SIGINT {
				t.Errorf("it ended with %d, %v", status.ExitStatus(), status)
			}
			return
		}
	}
}
