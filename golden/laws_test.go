package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-jsonnet"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/yamledit"
)

// TestEverywhereTheSame holds the command line, the function and the library to
// one outcome: for each cluster of the cases either all give the same value, or
// all refuse it.
func TestEverywhereTheSame(t *testing.T) {
	vm := jsonnet.MakeVM()
	compared := 0
	for _, name := range cases(t) {
		intent := document(t, name, "intent.yaml")
		if intent == nil {
			continue // several, or none that can be read
		}
		files, err := filepath.Glob(filepath.Join(name, "in", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			cluster := document(t, "", file)
			if m, ok := cluster.(map[string]any); !ok || m["kind"] != "Cluster" {
				continue
			}
			compared++
			text := encode(t, cluster)
			vm.TLAVar("intent", string(encode(t, intent)))
			vm.TLAVar("cluster", string(text))
			want, err := vm.EvaluateAnonymousSnippet("same.jsonnet", `function(intent, cluster)
				(import '../jsonnet/kublr-encryption/main.libsonnet').apply(std.parseJson(intent), std.parseJson(cluster))`)
			refused := err != nil
			if refused && strings.Contains(err.Error(), "[not-a-cluster]\n") {
				want, refused = string(text), false // the library is given it by name, the programs leave it alone
			}
			if refused && !strings.HasPrefix(err.Error(), "RUNTIME ERROR: kublr-encryption: ") {
				t.Fatal(err)
			}
			out, exit := pipe(t, "", []string{"kublr-encryption", "apply", "-f", filepath.Join(name, "intent.yaml"), "-"}, text)
			same(t, "apply on "+file, out, exit, []byte(want), refused)

			list := fmt.Appendf(nil, `{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[%s],"functionConfig":%s}`, text, encode(t, intent))
			out, exit = pipe(t, "", []string{"kublr-encryption-fn"}, list)
			if exit == 0 {
				var made struct{ Items []json.RawMessage }
				if err := json.Unmarshal(out, &made); err != nil {
					t.Fatal(err)
				}
				out = made.Items[0]
			}
			same(t, "the function on "+file, out, exit, []byte(want), refused)
		}
	}
	if compared < 40 {
		t.Errorf("only %d clusters were compared", compared)
	}
}

func same(t *testing.T, what string, out []byte, exit int, want []byte, refused bool) {
	t.Helper()
	switch {
	case refused != (exit != 0):
		t.Errorf("%s ended with %d, where the library refuses: %v", what, exit, refused)
	case !refused && !reflect.DeepEqual(decode(t, out), decode(t, want)):
		t.Errorf("%s gives\n%s\nand the library\n%s", what, out, want)
	}
}

// document reads a file of one document; nil when it is not that.
func document(t *testing.T, dir, file string) any {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	d, err := yamledit.Parse(src, diag.Position{})
	if err != nil || d.Root().Kind() != yamledit.Mapping {
		return nil
	}
	return d.Root().Value()
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decode(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return v
}

func pipe(t *testing.T, dir string, args []string, in []byte) (out []byte, exit int) {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, args[0]), args[1:]...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(in)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return out, cmd.ProcessState.ExitCode()
}

// TestNoCredentialIsPrinted holds that nothing of a Secret reaches any output.
func TestNoCredentialIsPrinted(t *testing.T) {
	for _, name := range cases(t) {
		printed, err := filepath.Glob(filepath.Join(name, "*.txt"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range printed {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI", "K7MDENG"} {
				if strings.Contains(string(text), secret) {
					t.Errorf("%s holds %s", file, secret)
				}
			}
		}
	}
}
