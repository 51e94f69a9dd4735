package main

// Nobody's work is lost: not to a killed run, not to a second one, not to an editor.

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// spec gives a cluster with an etcd volume and a node's root volume in the clear.
func spec(name string) string {
	return "kind: Cluster\nmetadata: {name: " + name + `}
spec:
  locations: [{name: aws1, aws: {region: us-east-1}}]
  master:
    locations: [{locationRef: aws1, aws: {masterVolume: {size: 20}}}]
  nodes:
    - name: web
      locations: [{locationRef: aws1, aws: {rootVolume: {size: 50}}}]
`
}

// intentFor writes an intent for one kind of volume.
func intentFor(t *testing.T, volume string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), volume+".yaml")
	save(t, path, `apiVersion: kublr-encryption.github.io/v1alpha1
kind: EncryptionIntent
metadata: {name: `+volume+`}
spec: {account: "111122223333", key: alias/kublr-ebs, kublr: {user: kublr}, volumes: [`+volume+`]}
`)
	return path
}

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// applied gives what becomes of a text.
func applied(t *testing.T, text string, intents ...string) string {
	t.Helper()
	var out, beside bytes.Buffer
	for _, intent := range intents {
		out.Reset()
		if code := execute(context.Background(), []string{"apply", "-f", intent, "-"}, strings.NewReader(text), &out, &beside); code != 0 {
			t.Fatalf("exit code %d: %s", code, beside.String())
		}
		text = out.String()
	}
	return text
}

// many writes a folder of files.
func many(t *testing.T, count int) (folder string, paths []string) {
	t.Helper()
	folder = t.TempDir()
	for i := range count {
		paths = append(paths, filepath.Join(folder, fmt.Sprintf("c%d.yaml", i)))
		save(t, paths[i], spec("prod-a"))
	}
	return folder, paths
}

// TestKilled kills 30 runs over 300 files, each a file further on. Every file is
// always whole, and after the next run nothing is left beside them.
func TestKilled(t *testing.T) {
	const kills, files = 30, 300
	intent := intentFor(t, "nodeRoot")
	before, after := spec("prod-a"), applied(t, spec("prod-a"), intent)
	folder, paths := many(t, files)
	for kill := range kills {
		ctx, stop := context.WithCancel(context.Background()) // ends it with SIGKILL
		run := exec.CommandContext(ctx, "kublr-encryption", "apply", "-f", intent, folder)
		told, err := run.StderrPipe()
		if err == nil {
			err = run.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(told)
		for range kill {
			lines.Scan()
		}
		stop()
		io.Copy(io.Discard, told)
		if run.Wait() == nil {
			t.Errorf("run %d came to its end", kill)
		}
		for _, path := range paths {
			switch text := read(t, path); text {
			case before:
			case after:
				save(t, path, before)
			default:
				t.Fatalf("%s is torn:\n%s", path, text)
			}
		}
	}
	if code := execute(context.Background(), []string{"apply", "-f", intent, folder}, nil, io.Discard, io.Discard); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, path := range paths {
		if read(t, path) != after {
			t.Errorf("%s is not edited", path)
		}
	}
	if all, _ := os.ReadDir(folder); len(all) != files {
		t.Errorf("%d files, of %d, in the folder: %v", len(all), files, all)
	}
}

// TestTwoRuns lets two runs edit one tree, 50 times: each edit of both is there.
func TestTwoRuns(t *testing.T) {
	roots, etcd := intentFor(t, "nodeRoot"), intentFor(t, "masterEtcd")
	want := applied(t, spec("prod-a"), roots, etcd)
	for range 50 {
		folder, paths := many(t, 4)
		var runs sync.WaitGroup
		for _, intent := range []string{roots, etcd} {
			runs.Go(func() {
				var told bytes.Buffer
				if code := execute(context.Background(), []string{"apply", "-f", intent, folder}, nil, io.Discard, &told); code != 0 {
					t.Errorf("exit code %d: %s", code, &told)
				}
			})
		}
		runs.Wait()
		for _, path := range paths {
			if got := read(t, path); got != want {
				t.Errorf("%s became\n%s\nwant\n%s", path, got, want)
			}
		}
	}
}

// TestSavesDuringApply saves a file again and again, as editors do, while runs edit
// it: no save is ever gone.
func TestSavesDuringApply(t *testing.T) {
	const saves = 300
	intent := intentFor(t, "nodeRoot")
	folder, paths := many(t, 1)
	path, draft := paths[0], filepath.Join(t.TempDir(), "draft")
	text := func(n int) string { return fmt.Sprintf("# save %d\n%s", n, spec("prod-a")) }
	done := make(chan bool)
	go func() {
		defer close(done)
		for n := range saves {
			save(t, draft, text(n))
			if err := os.Rename(draft, path); err != nil {
				t.Error(err)
				return
			}
			isThere := func() bool { return strings.HasPrefix(read(t, path), fmt.Sprintf("# save %d\n", n)) }
			for range n { // so that the next comes at another moment of the run
				isThere()
			}
			for tries := 0; !isThere(); tries++ { // it may be about to be given back
				if tries > 1_000_000 {
					t.Errorf("save %d is lost:\n%s", n, read(t, path))
					return
				}
			}
		}
	}()
	for isOver := false; !isOver; {
		select {
		case <-done:
			isOver = true
		default:
		}
		var told bytes.Buffer
		if code := execute(context.Background(), []string{"apply", "-f", intent, folder}, nil, io.Discard, &told); code != 0 && !strings.Contains(told.String(), "[changed-meanwhile]") {
			t.Errorf("exit code %d: %s", code, &told)
		}
	}
	if got, want := read(t, path), applied(t, text(saves-1), intent); got != want {
		t.Errorf("in the end it is\n%s\nwant\n%s", got, want)
	}
}
