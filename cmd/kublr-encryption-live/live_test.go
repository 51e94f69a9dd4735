package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
)

const asProgram = "LIVE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(front.Main(m))
}

// A result is what a run of the program came to.
type result struct {
	out, err string
	code     int
}

// program runs the program in an environment with nothing of AWS but what is given.
func program(t *testing.T, env []string, stdin string, args ...string) result {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir}, env...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	return result{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// intentOf writes an intent for an account, with more fields of spec.
func intentOf(t *testing.T, account, more string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "intent.yaml")
	text := "apiVersion: kublr-encryption.github.io/v1alpha1\nkind: EncryptionIntent\nmetadata:\n  name: production\nspec:\n  account: \"" + account + "\"\n  kublr: {user: kublr}\n" + more
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

const usual = "  key: alias/kublr-ebs\n  regions: [us-east-1]\n  create: {tags: {team: platform}}\n"

func account(t *testing.T) *front.Front {
	t.Helper()
	f := front.New(t)
	f.Call("us-east-1", "iam", "CreateUser", map[string]any{"UserName": "kublr"})
	return f
}

func TestKey(t *testing.T) {
	t.Parallel()
	f := account(t)
	intent := intentOf(t, f.Account, usual)
	if r := program(t, f.Environ(), "", "key", "plan", "-f", intent, "--detailed-exitcode"); r.code != 2 || !strings.Contains(r.out, "+ make a key for alias/kublr-ebs") {
		t.Fatalf("plan: %+v", r)
	}
	if r := program(t, f.Environ(), "yes\n", "key", "apply", "-f", intent); r.code != exitUsage || !strings.Contains(r.err, "--yes") {
		t.Errorf("apply without a terminal: %+v", r)
	}
	for _, c := range f.Calls() {
		if c.Writes {
			t.Fatalf("%s was called before anyone said yes", c)
		}
	}
	arn := regexp.MustCompile(`^us-east-1 alias/kublr-ebs arn:aws:kms:us-east-1:` + f.Account + `:key/[0-9a-f-]{36}\n$`)
	if r := program(t, f.Environ(), "", "key", "apply", "-f", intent, "--yes"); r.code != 0 || !arn.MatchString(r.out) {
		t.Fatalf("apply: %+v", r)
	}
	f.Calls()
	for _, args := range [][]string{{"plan", "-f", intent, "--detailed-exitcode"}, {"apply", "-f", intent, "--yes"}} {
		if r := program(t, f.Environ(), "", append([]string{"key"}, args...)...); r.code != 0 {
			t.Errorf("%v: %+v", args, r)
		}
	}
	for _, c := range f.Calls() {
		if c.Writes {
			t.Errorf("%s was called, and all is as wanted", c)
		}
	}
	r := program(t, f.Environ(), "", "key", "plan", "-f", intent, "-o", "json")
	var plan struct {
		Account string
		Slots   []struct {
			Key     string
			Changes []any
		}
	}
	if err := json.Unmarshal([]byte(r.out), &plan); err != nil || plan.Account != f.Account || len(plan.Slots) != 1 || plan.Slots[0].Key == "" || plan.Slots[0].Changes != nil {
		t.Errorf("%v: %+v", err, r)
	}
	for _, secret := range []string{"Signature", "AWS4-HMAC", "test"} {
		if strings.Contains(r.out+r.err, secret) {
			t.Errorf("%s is in the output", secret)
		}
	}
}

// TestKeyRefuses holds how the commands end when there is nothing to do or nobody to
// ask.
func TestKeyRefuses(t *testing.T) {
	t.Parallel()
	f := account(t)
	good := intentOf(t, f.Account, usual)
	for _, test := range []struct {
		name string
		env  []string
		args []string
		code int
		says string
	}{
		{"no intent", nil, []string{"key", "plan"}, exitUsage, "say which intent"},
		{"no intent, with detailed codes", nil, []string{"key", "plan", "--detailed-exitcode"}, exitFindings, "say which intent"},
		{"no file", nil, []string{"key", "plan", "-f", "absent.yaml"}, exitWorld, "no such file"},
		{"another form", nil, []string{"key", "plan", "-f", good, "-o", "xml"}, exitUsage, "expected text or json"},
		{"a bad intent", nil, []string{"key", "plan", "-f", intentOf(t, f.Account, "  key: my key\n")}, exitFindings, ":8:8: spec.key: "},
		{"no alias", nil, []string{"key", "plan", "-f", intentOf(t, f.Account, "  key: 1234abcd-12ab-34cd-56ef-1234567890ab\n  regions: [us-east-1]\n")}, exitUsage, "no key by an alias"},
		{"no region", nil, []string{"key", "plan", "-f", intentOf(t, f.Account, "  key: alias/kublr-ebs\n")}, exitFindings, "spec.regions"},
		{"another account", f.Environ(), []string{"key", "apply", "--yes", "-f", intentOf(t, "111122223333", usual)}, exitFindings, "the credentials are of account " + f.Account},
		{"no credentials", []string{"AWS_EC2_METADATA_DISABLED=true"}, []string{"key", "plan", "-f", good}, exitWorld, "no credentials of AWS were found; set AWS_PROFILE"},
		{"an unknown profile", []string{"AWS_PROFILE=nobody"}, []string{"key", "plan", "-f", good}, exitWorld, "nobody"},
		{"an endpoint without scheme", []string{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_ENDPOINT_URL=localhost:1"}, []string{"key", "plan", "-f", good}, exitWorld, "sts:GetCallerIdentity"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := program(t, test.env, "", test.args...)
			if r.code != test.code || r.out != "" || !strings.Contains(r.err, test.says) {
				t.Errorf("%+v, want %d and %q", r, test.code, test.says)
			}
		})
	}
	t.Cleanup(func() {
		for _, c := range f.Calls() {
			if c.Writes {
				t.Errorf("%s was called", c)
			}
		}
	})
}

// TestSilentMetadata holds that a metadata service that takes connections and never
// answers holds nobody up for long.
func TestSilentMetadata(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	intent := intentOf(t, "111122223333", usual)
	refused := "http://127.0.0.1:1"
	for _, endpoint := range []string{"http://" + silent.Addr().String(), refused} {
		start := time.Now()
		r := program(t, []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=" + endpoint}, "", "key", "plan", "-f", intent)
		if r.code != exitWorld || !strings.Contains(r.err, "no credentials") {
			t.Errorf("%+v", r)
		}
		t.Logf("%s: %v", endpoint, time.Since(start).Round(time.Millisecond))
	}
}
