package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
)

// TestAsked holds that on a terminal each flag that would count is asked by itself, that
// only yes allows it, and that --yes allows none.
func TestAsked(t *testing.T) {
	tags := func(more ...string) []map[string]string {
		all := []map[string]string{{"TagKey": "kublr-encryption/key", "TagValue": "alias/kublr-ebs"}, {"TagKey": "kublr-encryption/run", "TagValue": "earlier"}, {"TagKey": "kublr-encryption/intent", "TagValue": "production"}}
		for i := 0; i < len(more); i += 2 {
			all = append(all, map[string]string{"TagKey": more[i], "TagValue": more[i+1]})
		}
		return all
	}
	key := func(f *front.Front, in map[string]any) string {
		return f.Call("us-east-1", "kms", "CreateKey", in)["KeyMetadata"].(map[string]any)["KeyId"].(string)
	}
	named := func(f *front.Front, in map[string]any) string {
		id := key(f, in)
		f.Call("us-east-1", "kms", "CreateAlias", map[string]any{"AliasName": "alias/kublr-ebs", "TargetKeyId": id})
		return id
	}
	foreign := func(f *front.Front) { named(f, map[string]any{}) }
	deleted := func(in map[string]any) func(f *front.Front) {
		return func(f *front.Front) {
			f.Call("us-east-1", "kms", "ScheduleKeyDeletion", map[string]any{"KeyId": named(f, in), "PendingWindowInDays": 7})
		}
	}
	for _, test := range []struct {
		name    string
		prepare func(*front.Front)
		flags   string
		answers string
		code    int
		asked   []string // flags, in order
		wrote   string   // an action, or nothing
	}{
		{"adopt", foreign, "", "yes\nyes\n", 0, []string{"adopt"}, "PutKeyPolicy"},
		{"adopt, declined", foreign, "", "y\n", exitFindings, []string{"adopt"}, ""},
		{"adopt, and then not", foreign, "", "yes\nno\n", exitFindings, []string{"adopt"}, ""},
		{"adopt by its flag", foreign, "--adopt", "yes\n", 0, nil, "PutKeyPolicy"},
		{"--yes does not adopt", foreign, "--yes", "", exitFindings, nil, ""},
		{"restore", deleted(map[string]any{"Tags": tags()}), "", "yes\nyes\n", 0, []string{"restore"}, "CancelKeyDeletion"},
		{"restore, and adopt", deleted(map[string]any{}), "", "yes\nyes\nyes\n", 0, []string{"restore", "adopt"}, "CancelKeyDeletion"},
		{"restore, and not adopt", deleted(map[string]any{}), "", "yes\nno\n", exitFindings, []string{"restore", "adopt"}, ""},
		{"--yes does not restore", deleted(map[string]any{"Tags": tags()}), "--yes", "", exitFindings, nil, ""},
		{"give back", abandoned(named, key, tags), "", "yes\nyes\n", 0, []string{"give-back"}, "ScheduleKeyDeletion"},
		{"give back, declined", abandoned(named, key, tags), "", "no\nyes\n", 0, []string{"give-back"}, "EnableKeyRotation"},
		{"--yes does not give back", abandoned(named, key, tags), "--yes", "", 0, nil, "EnableKeyRotation"},
	} {
		f := account(t)
		test.prepare(f)
		for _, variable := range f.Environ() {
			name, value, _ := strings.Cut(variable, "=")
			t.Setenv(name, value)
		}
		args := append([]string{"key", "apply", "-f", intentOf(t, f.Account, usual)}, strings.Fields(test.flags)...)
		f.Calls()
		var out, stderr bytes.Buffer
		if code := execute(t.Context(), args, std{strings.NewReader(test.answers), &out, &stderr, true}); code != test.code {
			t.Errorf("%s: exit %d, want %d: %s", test.name, code, test.code, &stderr)
		}
		var asked []string
		for line := range strings.Lines(stderr.String()) {
			if flag, ok := strings.CutPrefix(line, "With --"); ok {
				asked = append(asked, strings.SplitN(flag, ",", 2)[0])
			}
		}
		if strings.Join(asked, " ") != strings.Join(test.asked, " ") {
			t.Errorf("%s: asked for %v, want %v: %s", test.name, asked, test.asked, &stderr)
		}
		wrote := map[string]bool{}
		for _, c := range f.Calls() {
			if c.Writes {
				wrote[c.Action] = true
			}
		}
		if len(wrote) > 0 != (test.wrote != "") || test.wrote != "" && !wrote[test.wrote] || wrote["ScheduleKeyDeletion"] != (test.wrote == "ScheduleKeyDeletion") {
			t.Errorf("%s: wrote %v, want %q", test.name, wrote, test.wrote)
		}
	}
}

// abandoned gives an account with the key in use and one that lost the race for its
// alias two hours ago.
func abandoned(named, key func(*front.Front, map[string]any) string, tags func(...string) []map[string]string) func(*front.Front) {
	return func(f *front.Front) {
		named(f, map[string]any{"Tags": tags()})
		key(f, map[string]any{"Tags": tags("kublr-encryption/abandoned", time.Now().Add(-2*time.Hour).UTC().Format(time.RFC3339)+" lost to another")})
	}
}
