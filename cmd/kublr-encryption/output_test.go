package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/internal/report"
)

// A disk is full after so many bytes. It notes where writes begin and end.
type disk struct {
	left, at int
	edges    []int
	text     strings.Builder
}

func (d *disk) Write(p []byte) (int, error) {
	n := min(len(p), d.left)
	d.text.Write(p[:n])
	d.left -= n
	if n < len(p) {
		return n, errors.New("the disk is full")
	}
	d.edges = append(d.edges, d.at, d.at+n/2, d.at+n-1)
	d.at += n
	return n, nil
}

// ends gives where a disk may be full so that it is told: before the first byte of a
// write, in it and before its last one. Of many, some.
func (d *disk) ends() (some []int) {
	const few = 5
	all := slices.DeleteFunc(slices.Compact(d.edges), func(n int) bool { return n < 0 || n >= d.at })
	for i := 0; i < len(all); i += max(len(all)/few, 1) {
		some = append(some, all[i])
	}
	return append(some, all[max(len(all)-1, 0):]...)
}

// everyForm gives command lines for each command in each form, and how they end. Files
// are those that writtenForms makes; a blank in an argument is written as _.
func everyForm() map[string]int {
	forms := map[string]int{
		"apply -f intent.yaml specs":                      1, // in one of them is an error
		"apply -f intent.yaml -v specs":                   1,
		"apply --diff -f intent.yaml specs":               1,
		"apply --diff -U 0 -f intent.yaml specs":          1,
		"apply --diff -f intent.yaml secret.yaml":         3, // it is not whole
		"apply -f intent.yaml -":                          0,
		"apply --diff -f intent.yaml -":                   0,
		"verify -v -f intent.yaml specs":                  1,
		"verify -f intent.yaml right.yaml":                0,
		"policy -f intent.yaml":                           0,
		"expand -f intent.yaml":                           0,
		"expand -f intent.yaml -o json":                   0,
		"policy merge -f intent.yaml policy.json":         0,
		"policy merge --diff -f intent.yaml other.json":   0,
		"policy check -f intent.yaml other.json":          1,
		"explain":                                         0,
		"explain no-volume":                               0,
		"explain nothing":                                 2,
		"version":                                         0,
		"help":                                            0,
		"apply --help":                                    0,
		"completion bash":                                 0,
		"no-such-command":                                 2,
		"verify -f none.yaml specs":                       3,
		"verify -f wrong.yaml specs":                      1,
		"policy check --request a other.json":             2,
		"policy check policy.json --request root:kms:*":   2,
		"policy check --account 111122223333 policy.json": 2,
	}
	for _, f := range report.Formats {
		forms["apply --check -f intent.yaml -o "+f.Name+" specs"] = 1
		forms["verify -f intent.yaml -o "+f.Name+" specs"] = 1
		forms["policy check --account 111122223333 --region us-east-1 -o "+f.Name+" policy.json"] = 1
	}
	for _, f := range []string{"text", "json"} {
		forms["policy check --account 111122223333 --region us-east-1 -o "+f+" policy.json --request user/a_kms:Decrypt"] = 0
	}
	return forms
}

// writtenForms makes the files that command lines name, anew.
func writtenForms(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll("specs", 0o777); err != nil {
		t.Fatal(err)
	}
	intent := strings.Replace(read(t, "intent.yaml"), "volumes: [nodeRoot]", "volumes: [nodeRoot, masterEtcd]", 1)
	save(t, "wrong.yaml", intent+"  nothing: 1\n")
	for i := range 5 { // of which each has what is said of many
		save(t, filepath.Join("specs", fmt.Sprintf("c%d.yaml", i)), spec(fmt.Sprintf("prod-%d", i)))
	}
	save(t, filepath.Join("specs", "bad.yaml"), spec("bad")+"\t- tab\n")
	save(t, "secret.yaml", strings.Replace(spec("secret"), "size: 50", "password: x, size: 50", 1))
	save(t, "policy.json", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}`)
	save(t, "other.json", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]}`)
}

// runOn runs a command line on two disks.
func runOn(t *testing.T, line string, out, beside *disk) (code int) {
	t.Helper()
	writtenForms(t)
	args := strings.Fields(line)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "_", " ")
	}
	return execute(context.Background(), args, strings.NewReader(spec("prod-a")), out, beside)
}

// Test12NoOutputErrorIsLost holds, for every command in every form, that what it writes
// is whole, or it ends with 3 and says so, wherever the disk is full.
func Test12NoOutputErrorIsLost(t *testing.T) {
	here, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, name := range []string{"intent.yaml", "cluster.yaml", "right.yaml"} {
		save(t, name, read(t, filepath.Join(here, name)))
	}
	const plenty = 1 << 30
	for line, want := range everyForm() {
		out, beside := &disk{left: plenty}, &disk{left: plenty}
		if code := runOn(t, line, out, beside); code != want {
			t.Errorf("%s ended with %d, want %d\n%s%s", line, code, want, &out.text, &beside.text)
		}
		if out.at+beside.at == 0 {
			t.Errorf("%s writes nothing", line)
		}
		for _, n := range out.ends() {
			cut, told := &disk{left: n}, &disk{left: plenty}
			if code := runOn(t, line, cut, told); code != exitWorld || !strings.Contains(told.text.String(), "the disk is full") {
				t.Errorf("%s, of whose %d bytes %d were written, ended with %d\n%s", line, out.at, n, code, &told.text)
			}
		}
		for _, n := range beside.ends() {
			if code := runOn(t, line, &disk{left: plenty}, &disk{left: n}); code != exitWorld {
				t.Errorf("%s, of whose %d bytes on stderr %d were written, ended with %d", line, beside.at, n, code)
			}
		}
	}
}
