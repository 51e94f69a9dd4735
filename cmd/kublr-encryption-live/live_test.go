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

	"github.com/kublr-encryption/kublr-encryption/internal/build"
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

// TestSavedPlan holds that a plan that was kept is done while it is true, and else
// refused.
func TestSavedPlan(t *testing.T) {
	t.Parallel()
	f := account(t)
	intent := intentOf(t, f.Account, usual)
	kept := filepath.Join(t.TempDir(), "plan.json")
	if r := program(t, f.Environ(), "", "key", "plan", "-f", intent, "--out", kept); r.code != 0 {
		t.Fatalf("plan: %+v", r)
	}
	if info, err := os.Stat(kept); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if r := program(t, f.Environ(), "", "key", "plan", "-f", intent, "--out", kept); r.code != exitWorld {
		t.Errorf("a plan is written over: %+v", r)
	}
	if r := program(t, f.Environ(), "", "key", "apply", kept, "--yes", "--adopt"); r.code != exitUsage {
		t.Errorf("more than was planned: %+v", r)
	}
	text, err := os.ReadFile(intent)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ text, says string }{{string(text) + "# a word\n", "has changed since the plan"}, {string(text), ""}} {
		if err := os.WriteFile(intent, []byte(test.text), 0o666); err != nil {
			t.Fatal(err)
		}
		if r := program(t, f.Environ(), "", "key", "apply", kept, "--yes"); (r.code == 0) != (test.says == "") || !strings.Contains(r.err, test.says) {
			t.Errorf("%+v", r)
		}
	}
	other := front.New(t)
	if r := program(t, other.Environ(), "", "key", "apply", kept, "--yes"); r.code != exitFindings || !strings.Contains(r.err, "the credentials are of account") {
		t.Errorf("another account: %+v", r)
	}
	// What is there is no longer what the plan was made of.
	f.Call("us-east-1", "kms", "DeleteAlias", map[string]any{"AliasName": "alias/kublr-ebs"})
	foreign := f.Call("us-east-1", "kms", "CreateKey", map[string]any{})["KeyMetadata"].(map[string]any)["KeyId"]
	f.Call("us-east-1", "kms", "CreateAlias", map[string]any{"AliasName": "alias/kublr-ebs", "TargetKeyId": foreign})
	f.Calls()
	if r := program(t, f.Environ(), "", "key", "apply", kept, "--yes"); r.code != exitFindings || !strings.Contains(r.err, "[plan-changed]") {
		t.Errorf("another key: %+v", r)
	}
	for _, c := range f.Calls() {
		if c.Writes {
			t.Errorf("%s was called", c)
		}
	}
	if r := program(t, nil, "", "key", "apply", intent, "--yes"); r.code != exitUsage {
		t.Errorf("no plan: %+v", r)
	}
}

// TestInterrupted holds that Ctrl-C says where it stood, and that the next run goes on.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	f := account(t)
	intent := intentOf(t, f.Account, usual)
	cmd := exec.Command(os.Args[0], "key", "apply", "-f", intent, "--yes")
	cmd.Env = append([]string{asProgram + "=1"}, f.Environ()...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	f.Arm("kms:CreateAlias", 1, front.During(func() {
		cmd.Process.Signal(os.Interrupt)
		time.Sleep(time.Second)
	}))
	cmd.Run() //nolint:errcheck // its exit code is looked at
	if cmd.ProcessState.ExitCode() != exitWorld || !strings.Contains(stderr.String(), "kms:CreateAlias on alias/kublr-ebs in us-east-1 was interrupted; run the command again") {
		t.Errorf("%v %s", cmd.ProcessState, &stderr)
	}
	if r := program(t, f.Environ(), "", "key", "apply", "-f", intent, "--yes"); r.code != 0 {
		t.Errorf("%+v", r)
	}
	if keys := f.Call("us-east-1", "kms", "ListKeys", map[string]any{})["Keys"].([]any); len(keys) != 1 {
		t.Errorf("%d keys", len(keys))
	}
}

// TestFullOutput holds that an answer that cannot be written is no success.
func TestFullOutput(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("SKIPPED: no /dev/full: ", err)
	}
	defer full.Close()
	f := account(t)
	cmd := exec.Command(os.Args[0], "key", "plan", "-f", intentOf(t, f.Account, usual))
	cmd.Env = append([]string{asProgram + "=1"}, f.Environ()...)
	cmd.Stdout = full
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Run() //nolint:errcheck // its exit code is looked at
	if cmd.ProcessState.ExitCode() != exitWorld || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("%v %s", cmd.ProcessState, &stderr)
	}
}

// TestBeside holds that kublr-encryption runs this program from beside itself and from
// nowhere else, and only in its own version.
func TestBeside(t *testing.T) {
	t.Parallel()
	here := t.TempDir()
	compile := func(name, version string) {
		out, err := exec.Command("go", "build", "-ldflags", "-X github.com/kublr-encryption/kublr-encryption/internal/build.version="+version, "-o", filepath.Join(here, name), "../kublr-encryption").CombinedOutput()
		if err != nil {
			t.Fatalf("%s", out)
		}
	}
	compile("kublr-encryption", build.Version())
	intent := intentOf(t, "111122223333", usual)
	start := func(env []string, dir string, args ...string) result {
		cmd := exec.Command(filepath.Join(here, "kublr-encryption"), args...)
		cmd.Dir, cmd.Env = dir, append([]string{asProgram + "=1", "PATH=" + dir}, env...)
		var out, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &stderr
		cmd.Run() //nolint:errcheck // its exit code is looked at
		return result{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	if err := os.Symlink(self, filepath.Join(elsewhere, "kublr-encryption-live")); err != nil {
		t.Fatal(err)
	}
	if r := start(nil, elsewhere, "key", "permissions", "-f", intent); r.code != exitWorld || !strings.Contains(r.err, "should stand at "+here) {
		t.Errorf("not beside: %+v", r)
	}
	if r := start(nil, elsewhere, "key", "--help"); r.code != 0 || !strings.Contains(r.out, "key apply") || !strings.Contains(r.err, "should stand at "+here) {
		t.Errorf("help without it: %+v", r)
	}
	if err := os.Symlink(self, filepath.Join(here, "kublr-encryption-live")); err != nil {
		t.Fatal(err)
	}
	if r := start(nil, elsewhere, "key", "permissions", "-f", intent, "--for", "plan"); r.code != 0 || !strings.Contains(r.out, "kms:DescribeKey") || strings.Contains(r.out, "kms:CreateKey") {
		t.Errorf("beside: %+v", r)
	}
	if r := start(nil, elsewhere, "key", "apply", "--help"); r.code != 0 || !strings.Contains(r.out, "--yes") {
		t.Errorf("its help: %+v", r)
	}
	if r := start(nil, elsewhere, "key", "plan"); r.code != exitUsage {
		t.Errorf("its exit code: %+v", r)
	}
	compile("kublr-encryption", "v9")
	if r := start(nil, elsewhere, "key", "permissions", "-f", intent); r.code != exitWorld || !strings.Contains(r.err, "beside kublr-encryption v9") {
		t.Errorf("another version: %+v", r)
	}
}

// TestKeyCheck holds what a check says, in each form and with each exit code, and where.
func TestKeyCheck(t *testing.T) {
	t.Parallel()
	f := account(t)
	intent := intentOf(t, f.Account, usual)
	spec := filepath.Join(t.TempDir(), "prod.yaml")
	const cluster = "kind: Cluster\nmetadata: {name: prod}\nspec:\n  locations: [{name: a, aws: {region: us-east-1}}]\n  master:\n    locations:\n    - locationRef: a\n      aws:\n        rootVolume:\n          encrypted: true\n          kmsKeyId: alias/kublr-ebz\n"
	if err := os.WriteFile(spec, []byte(cluster), 0o666); err != nil {
		t.Fatal(err)
	}
	before := program(t, f.Environ(), "", "key", "check", "-f", intent)
	if before.code != exitFindings || !strings.Contains(before.out, intent+":8:8: spec.key: alias/kublr-ebs in us-east-1 is not there") || !strings.Contains(before.out, "AWSServiceRoleForAutoScaling is not there") {
		t.Errorf("before the key is made: %+v", before)
	}
	if r := program(t, f.Environ(), "", "key", "apply", "-f", intent, "--yes"); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	f.Calls()
	if r := program(t, f.Environ(), "", "key", "check", "-f", intent); r.code != 0 || !strings.Contains(r.err, "1 key in account "+f.Account+" will do, named in 1 place") {
		t.Errorf("the intent alone: %+v", r)
	}
	says := spec + ":11:21: spec.master.locations[0].aws.rootVolume.kmsKeyId: alias/kublr-ebz in us-east-1 is not there"
	if r := program(t, f.Environ(), "", "key", "check", "-f", intent, spec); r.code != exitFindings || !strings.Contains(r.out, says) || strings.Contains(r.err, "will do") {
		t.Errorf("text: %+v", r)
	}
	var asJSON struct {
		Findings []struct {
			Code, File, Cluster string
			Line                int
		}
	}
	r := program(t, f.Environ(), "", "key", "check", "-f", intent, "-o", "json", spec)
	if err := json.Unmarshal([]byte(r.out), &asJSON); err != nil || r.code != exitFindings || len(asJSON.Findings) != 3 {
		t.Fatalf("JSON: %v %+v", err, r)
	}
	if got := asJSON.Findings[2]; got.Code != "key-missing" || got.File != spec || got.Line != 11 || got.Cluster != "prod" {
		t.Errorf("JSON: %+v", got)
	}
	var sarif struct {
		Runs []struct {
			Results []struct{ RuleID, Level string }
		}
	}
	r = program(t, f.Environ(), "", "key", "check", "-f", intent, "-o", "sarif", spec)
	if err := json.Unmarshal([]byte(r.out), &sarif); err != nil || r.code != exitFindings {
		t.Fatalf("SARIF: %v %+v", err, r)
	}
	if got := sarif.Runs[0].Results; len(got) != 3 || !strings.Contains(r.out, `"ruleId":"key-missing"`) {
		t.Errorf("SARIF: %+v", r.out)
	}
	f.Denied["kms:GetKeyPolicy"] = true
	if r := program(t, f.Environ(), "", "key", "check", "-f", intent); r.code != exitWorld || !strings.Contains(r.out, "[policy-unknown]") {
		t.Errorf("kept back: %+v", r)
	}
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"key", "check"}, exitUsage, "say which intent"},
		{[]string{"key", "check", "-f", intent, "-o", "xml"}, exitUsage, "expected text, json"},
		{[]string{"key", "check", "-f", intentOf(t, f.Account, "")}, exitFindings, "for which regions keys are named is not known"},
		{[]string{"key", "permissions", "-f", intent, "--for", "nothing"}, exitUsage, "expected one of"},
	} {
		if r := program(t, f.Environ(), "", test.args...); r.code != test.code || !strings.Contains(r.err, test.says) {
			t.Errorf("%v: %+v", test.args, r)
		}
	}
	if r := program(t, nil, "", "key", "permissions", "-f", intent, "--for", "check"); r.code != 0 || !strings.Contains(r.out, "iam:ListUserPolicies") || strings.Contains(r.out, "kms:CreateKey") {
		t.Errorf("permissions: %+v", r)
	}
	for _, c := range f.Calls() {
		if c.Writes {
			t.Errorf("%s was called", c)
		}
	}
}
