package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLogin holds which credentials a command uses, and that they are held against the
// intent's account before anything is written.
func TestLogin(t *testing.T) {
	t.Parallel()
	f := account(t)
	intent := intentOf(t, f.Account, usual)
	config := filepath.Join(t.TempDir(), "credentials")
	profile := func(name, account string) string {
		return "[" + name + "]\naws_access_key_id = " + account + "\naws_secret_access_key = test\n"
	}
	if err := os.WriteFile(config, []byte(profile("ours", f.Account)+profile("theirs", "111122223333")), 0o600); err != nil {
		t.Fatal(err)
	}
	env := slices.DeleteFunc(f.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "AWS_ACCESS_KEY_ID") || strings.HasPrefix(v, "AWS_SECRET") || strings.HasPrefix(v, "AWS_SHARED")
	})
	env = append(env, "AWS_SHARED_CREDENTIALS_FILE="+config)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + f.Account + `:root"},"Action":"sts:AssumeRole"}]}`
	if f.Call("us-east-1", "iam", "CreateRole", map[string]any{"RoleName": "keys", "AssumeRolePolicyDocument": trust}) == nil ||
		f.Call("us-east-1", "iam", "PutRolePolicy", map[string]any{"RoleName": "keys", "PolicyName": "all", "PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`}) == nil {
		t.Fatal("no role could be made")
	}
	for _, test := range []struct {
		flags []string
		code  int
		says  string
	}{
		{nil, exitWorld, "no credentials"},
		{[]string{"--profile", f.Account + "=ours"}, 0, "arn:aws:iam::" + f.Account + ":root"},
		{[]string{"--profile", "111122223333=theirs", "--profile", f.Account + "=ours"}, 0, "arn:aws:iam::" + f.Account + ":root"},
		{[]string{"--profile", f.Account + "=theirs"}, exitFindings, "the credentials are of account 111122223333"},
		{[]string{"--profile", f.Account + "=nobody"}, exitWorld, "nobody"},
		{[]string{"--profile", "111122223333=theirs"}, exitUsage, "no --profile is for account " + f.Account},
		{[]string{"--profile", "ours"}, exitUsage, "expected ACCOUNT=NAME"},
		{[]string{"--profile", f.Account + "=ours", "--assume-role", "keys"}, 0, ":assumed-role/keys/kublr-encryption"},
		{[]string{"--profile", f.Account + "=ours", "--assume-role", "absent"}, exitWorld, "sts:AssumeRole on arn:aws:iam::" + f.Account + ":role/absent"},
		{[]string{"--assume-role", "no such name"}, exitUsage, "expected the name of a role"},
	} {
		r := program(t, env, "", append([]string{"key", "plan", "-f", intent}, test.flags...)...)
		if r.code != test.code || !strings.Contains(r.out+r.err, test.says) {
			t.Errorf("%v: %+v, want %d and %q", test.flags, r, test.code, test.says)
		}
	}
	for _, c := range f.Calls() {
		if c.Writes {
			t.Errorf("%s was called", c)
		}
	}
}
