package fn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
	"github.com/sebdah/goldie/v2"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

// TestRun runs testdata: what becomes of in.yaml is out.yaml, and stderr.txt has
// how it ended.
func TestRun(t *testing.T) {
	names, err := filepath.Glob("testdata/*/in.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		dir := filepath.Dir(name)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			in, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var out, stderr bytes.Buffer
			exit := Run(bytes.NewReader(in), &out, &stderr)
			golden := goldie.New(t, goldie.WithFixtureDir(dir), goldie.WithNameSuffix(""))
			golden.Assert(t, "out.yaml", out.Bytes())
			golden.Assert(t, "stderr.txt", fmt.Appendf(nil, "%s-- exit %d --\n", stderr.Bytes(), exit))
			check(t, in, out.Bytes(), stderr.String(), exit)
		})
	}
}

// check holds what must be true of every run.
func check(t *testing.T, in, out []byte, stderr string, exit int) {
	t.Helper()
	if strings.Contains(stderr, "AKIA") {
		t.Error("a credential on stderr")
	}
	if exit != 0 {
		if stderr == "" {
			t.Error("a failure without a word")
		}
		if len(out) > 0 && !reflect.DeepEqual(items(t, out), items(t, in)) {
			t.Error("a failure that changes items")
		}
		return
	}
	// kyaml is what kustomize and kpt read it with.
	if _, err := (&kio.ByteReader{Reader: bytes.NewReader(out)}).Read(); err != nil {
		t.Errorf("kyaml does not read it: %v", err)
	}
	var again, stderr2 bytes.Buffer
	if exit := Run(bytes.NewReader(out), &again, &stderr2); exit != 0 || !bytes.Equal(beforeResults(again.Bytes()), beforeResults(out)) {
		t.Errorf("a second run ends with %d: %s\n%s", exit, stderr2.String(), again.String())
	}
}

// beforeResults gives a list without what was found: a second run sets no values.
func beforeResults(list []byte) []byte {
	return bytes.TrimSuffix(regexp.MustCompile(`(?s)(\n|,")results"?:.*`).ReplaceAll(list, nil), []byte("\n"))
}

// Test8VerifyMode holds for each case that a validator changes nothing, fails where the
// function would set something or fails itself, and passes what it makes.
func Test8VerifyMode(t *testing.T) {
	names, err := filepath.Glob("testdata/*/in.yaml")
	if err != nil {
		t.Fatal(err)
	}
	failed, passed := 0, 0
	for _, name := range names {
		in, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		validator, ok := inVerifyMode(in)
		if !ok {
			continue
		}
		var made, out, stderr bytes.Buffer
		exit := Run(bytes.NewReader(in), &made, io.Discard)
		isSame := reflect.DeepEqual(items(t, in), items(t, made.Bytes()))
		verified := Run(bytes.NewReader(validator), &out, &stderr)
		if (exit != 0 || !isSame) && verified == 0 {
			t.Errorf("%s: a validator passes what is not as intended", name)
		}
		if !reflect.DeepEqual(items(t, out.Bytes()), items(t, in)) {
			t.Errorf("%s: a validator changes items", name)
		}
		if failed++; exit != 0 || strings.Contains(made.String(), `"no-cluster"`) {
			continue
		}
		right, _ := inVerifyMode(made.Bytes())
		if out.Reset(); Run(bytes.NewReader(right), &out, &stderr) != 0 {
			t.Errorf("%s: a validator refuses what the function makes: %s", name, out.String())
		}
		passed++
	}
	if failed < 20 || passed < 10 {
		t.Errorf("%d cases, %d with what is made of them", failed, passed)
	}
}

// inVerifyMode gives a list whose functionConfig asks for the mode of validators.
func inVerifyMode(list []byte) ([]byte, bool) {
	doc, err := parseItems(list)
	if err != nil || doc.Root().Get("kind").Text() != "ResourceList" {
		return nil, false
	}
	w := yamledit.Want{In: doc.Root(), At: []string{"functionConfig", "metadata", "annotations"}, Set: []yamledit.Entry{{Key: generator.ModeAnnotation, Value: "verify"}}}
	switch config := doc.Root().Get("functionConfig"); {
	case config.Get("kind").Text() == "ConfigMap":
		w.At, w.Set[0].Key = []string{"functionConfig", "data"}, "mode"
	case !isIntent(config):
		return nil, false
	}
	made, err := doc.Apply([]yamledit.Want{w})
	return made.Text, err == nil
}

// Test3ResultsSayOnce holds that of what says the same of many items three are named and
// the rest are counted, and that an error always stands with its place.
func Test3ResultsSayOnce(t *testing.T) {
	list := func(volume string) string {
		var b strings.Builder
		b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
		for i := range 9 {
			fmt.Fprintf(&b, "- kind: Cluster\n  metadata: {name: c%d, annotations: {config.kubernetes.io/path: c%[1]d.yaml}}\n  spec:\n    locations: [{name: a, aws: {region: us-east-1}}]\n    master: {locations: [{locationRef: a, aws: {%s}}]}\n    nodes: [{name: n, locations: [{locationRef: a, aws: {masterVolume: {encrypted: true}}}]}]\n", i, volume)
		}
		return b.String() + "functionConfig:\n  apiVersion: kublr-encryption.github.io/v1alpha1\n  kind: EncryptionIntent\n  metadata: {name: x}\n" +
			"  spec: {account: \"111122223333\", key: alias/a, kublr: {user: kublr}}\n"
	}
	for volume, want := range map[string]struct{ warned, counted, refused int }{"": {3, 1, 0}, "rootVolume: 1": {3, 1, 9}} {
		var out, stderr bytes.Buffer
		exit := Run(strings.NewReader(list(volume)), &out, &stderr)
		warned := regexp.MustCompile(`"message":"is an etcd volume.*"path":"c\d.yaml".*"etcd-under-nodes"`).FindAllString(out.String(), -1)
		counted := regexp.MustCompile(`"message":"at 9 places, 6 more than above: is an etcd volume`).FindAllString(out.String(), -1)
		refused := regexp.MustCompile(`"severity":"error".*"path":"c\d.yaml"`).FindAllString(out.String(), -1)
		if len(warned) != want.warned || len(counted) != want.counted || len(refused) != want.refused || (exit != 0) != (want.refused > 0) {
			t.Errorf("%q: %d warnings, %d counts, %d errors in\n%s", volume, len(warned), len(counted), len(refused), out.String())
		}
	}
}

// Test1ReaderOfReference holds that an item which the reader of reference takes for
// another is refused, in whatever style the list is written.
func Test1ReaderOfReference(t *testing.T) {
	const cluster = `{kind: Cluster, metadata: {name: a}, spec: {locations: [{name: a, aws: {region: us-east-1}}], master: {locations: [{locationRef: a, aws: {rootVolume: %s}}]}}}`
	config := "functionConfig: {apiVersion: kublr-encryption.github.io/v1alpha1, kind: EncryptionIntent, metadata: {name: x, annotations: {kublr-encryption.github.io/mode: verify}}, " +
		"spec: {account: \"111122223333\", key: alias/a, kublr: {user: kublr}, volumes: [masterRoot]}}\n"
	for _, list := range []string{"items:\n- %s\n", "items: [%s]\n", "items:\n- kind: X\n  a: 'x\n\n- y'\n- %s\n"} {
		for volume, isRight := range map[string]bool{
			"{encrypted: true, kmsKeyId: alias/a}":                         true,
			"{<<: {size: 1}, encrypted: true, kmsKeyId: alias/a}":          true,
			"{encrypted: true, kmsKeyId: alias/a, <<: {encrypted: false}}": false,
			"{encrypted: !!str true, kmsKeyId: alias/a}":                   false,
		} {
			in := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n" + fmt.Sprintf(list, fmt.Sprintf(cluster, volume)) + config
			var out, stderr bytes.Buffer
			exit := Run(strings.NewReader(in), &out, &stderr)
			plan, _ := generator.NewPlan([]generator.Intent{generator.IntentOf("x", must(t, config).Get("functionConfig"))})
			asFile := plan.Verify("c.yaml", yamledit.Chunk{Bytes: fmt.Appendf(nil, cluster, volume)}, generator.Base{})
			if (exit == 0) == asFile.HasErrors() {
				t.Errorf("%s: the function ends with %d, a file with %v\n%s", in, exit, asFile.Outcomes[0].Findings, stderr.String())
			}
			if isRight != (exit == 0) {
				t.Errorf("%s: ends with %d: %s", in, exit, stderr.String())
			}
		}
	}
}

func must(t *testing.T, text string) yamledit.Node {
	t.Helper()
	doc, err := yamledit.Parse([]byte(text), diag.Position{})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

// items gives a list's items, decoded.
func items(t *testing.T, list []byte) any {
	t.Helper()
	doc, err := parseItems(list)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root().Get("items").Value()
}

func TestArguments(t *testing.T) {
	for args, want := range map[string]int{"--help": 0, "--version": 0, "intent.yaml": 2} {
		var out, stderr bytes.Buffer
		if exit := Main([]string{args}, strings.NewReader(""), &out, &stderr); exit != want || out.Len()+stderr.Len() == 0 {
			t.Errorf("%s: exit %d, %q, %q", args, exit, out.String(), stderr.String())
		}
	}
}

// FuzzRun holds that nothing makes the function panic, that a failure says why,
// and that what comes out can be read again.
func FuzzRun(f *testing.F) {
	names, err := filepath.Glob("testdata/*/in.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		in, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var out, stderr bytes.Buffer
		if exit := Run(bytes.NewReader(in), &out, &stderr); exit != 0 && stderr.Len() == 0 {
			t.Fatal("a failure without a word")
		}
		if out.Len() > 0 {
			if _, err := parseItems(out.Bytes()); err != nil {
				t.Fatalf("%v in\n%s\nfrom\n%s", err, out.String(), in)
			}
		}
	})
}

// A disk is full after so many bytes.
type disk struct{ left, at int }

func (d *disk) Write(p []byte) (int, error) {
	n := min(len(p), d.left)
	d.left, d.at = d.left-n, d.at+n
	if n < len(p) {
		return n, errors.New("the disk is full")
	}
	return n, nil
}

// Test12NoOutputErrorIsLost holds that what the function writes is whole, or it ends
// with 1 and says so.
func Test12NoOutputErrorIsLost(t *testing.T) {
	for _, name := range []string{"intent-among-items", "warnings-for-kpt", "warnings-for-kustomize", "conflict-in-cluster", "--help", "--version"} {
		run := func(out, stderr io.Writer) int { return Main([]string{name}, nil, out, stderr) }
		if !strings.HasPrefix(name, "--") {
			in, err := os.ReadFile(filepath.Join("testdata", name, "in.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			run = func(out, stderr io.Writer) int { return Run(bytes.NewReader(in), out, stderr) }
		}
		out, stderr := disk{left: 1 << 30}, disk{left: 1 << 30}
		run(&out, &stderr)
		for n := 0; n < out.at; n += out.at/8 + 1 {
			var told bytes.Buffer
			if exit := run(&disk{left: n}, &told); exit != 1 || !strings.Contains(told.String(), "the disk is full") {
				t.Errorf("%s, of whose %d bytes %d were written, ended with %d\n%s", name, out.at, n, exit, &told)
			}
		}
		for n := 0; n < stderr.at; n += stderr.at/8 + 1 {
			if exit := run(io.Discard, &disk{left: n}); exit != 1 {
				t.Errorf("%s, of whose %d bytes on stderr %d were written, ended with %d", name, stderr.at, n, exit)
			}
		}
	}
}
