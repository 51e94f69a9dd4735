package livekey

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
)

// A scenario is what is there before a key is applied.
type scenario struct {
	name    string
	regions []string
	allowed Allowed
	prepare func(*testing.T, *front.Front)
	keys    int  // live keys at the end
	foreign bool // a statement of others is in the policy, and stays
}

var scenarios = []scenario{
	{name: "empty account", regions: []string{"us-east-1"}, keys: 1},
	{name: "key with alias", regions: []string{"us-east-1"}, keys: 1, prepare: func(t *testing.T, f *front.Front) {
		id := makeKey(t, f, rootOnly(f.Account), map[string]string{tagKey: alias, tagRun: "earlier", tagIntent: "production"})
		name(t, f, id)
	}},
	{name: "key without alias", regions: []string{"us-east-1"}, keys: 1, prepare: func(t *testing.T, f *front.Front) {
		makeKey(t, f, rootOnly(f.Account), map[string]string{tagKey: alias, tagRun: "earlier", tagIntent: "production"})
	}},
	{name: "two candidates", regions: []string{"us-east-1"}, keys: 2, prepare: func(t *testing.T, f *front.Front) {
		makeKey(t, f, rootOnly(f.Account), map[string]string{tagKey: alias, tagRun: "earlier", tagIntent: "production"})
		makeKey(t, f, rootOnly(f.Account), map[string]string{tagKey: alias, tagRun: "later", tagIntent: "production"})
	}},
	{name: "foreign policy", regions: []string{"us-east-1"}, keys: 1, foreign: true, allowed: Allowed{Adopt: true}, prepare: func(t *testing.T, f *front.Front) {
		name(t, f, makeKey(t, f, theirs(f.Account), nil))
	}},
	{name: "two replicas", regions: []string{"us-east-1", "eu-west-1", "us-west-2"}, keys: 1},
	{name: "pending deletion", regions: []string{"us-east-1"}, keys: 1, allowed: Allowed{Restore: true}, prepare: func(t *testing.T, f *front.Front) {
		id := makeKey(t, f, rootOnly(f.Account), map[string]string{tagKey: alias, tagRun: "earlier", tagIntent: "production"})
		name(t, f, id)
		called(t, f, "ScheduleKeyDeletion", map[string]any{"KeyId": id, "PendingWindowInDays": 7})
	}},
}

func called(t *testing.T, f *front.Front, action string, in map[string]any) map[string]any {
	t.Helper()
	out := f.Call("us-east-1", "kms", action, in)
	if out == nil {
		t.Fatalf("%s was refused", action)
	}
	return out
}

func makeKey(t *testing.T, f *front.Front, policy string, tags map[string]string) string {
	t.Helper()
	list := []map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, map[string]string{"TagKey": name, "TagValue": tags[name]})
	}
	out := called(t, f, "CreateKey", map[string]any{"Policy": policy, "Tags": list})
	return out["KeyMetadata"].(map[string]any)["KeyId"].(string)
}

func name(t *testing.T, f *front.Front, id string) {
	t.Helper()
	called(t, f, "CreateAlias", map[string]any{"AliasName": alias, "TargetKeyId": id})
}

// rootOnly is the first statement of our policy alone.
func rootOnly(account string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"Allow administration of the key","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"kms:*","Resource":"*"}]}`
}

// theirs is a policy of others.
func theirs(account string) string {
	return `{"Version":"2012-10-17","Id":"theirs","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"kms:*","Resource":"*"},` +
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"kms:Decrypt","Resource":"*"}]}`
}

// A job is what the process that is killed does.
type job struct {
	URL     string
	Wanted  Wanted
	Allowed Allowed
}

const jobVariable = "LIVEKEY_TEST_JOB"

// work does a job, in the process that is killed.
func work(text string) int {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	a, err := openAs(j.URL, j.Wanted.Account, j.Wanted.Account, "secret", skip(time.Now()), j.Wanted.Slots[0].Regions...)
	if err == nil {
		_, err = apply(context.Background(), a, j.Wanted, j.Allowed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// killed runs a job in a process of its own, which the front kills at a call.
func killed(t *testing.T, f *front.Front, j job, at at, fault func(func()) front.Fault) {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), jobVariable+"="+string(text))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	f.Arm(at.action, at.nth, fault(func() { cmd.Process.Kill() }))
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Errorf("was not killed: %v %s", err, &stderr)
	}
}

// at is a call: the nth of its action.
type at struct {
	action string
	nth    int
}

// calls gives the calls of a scenario that nothing disturbs.
func (s scenario) calls(t *testing.T) (all []at, writing map[string]bool) {
	f := account(t)
	if s.prepare != nil {
		s.prepare(t, f)
	}
	if _, err := apply(t.Context(), open(t, f, skip(time.Now()), s.regions...), wantedOf(f.Account, s.regions...), s.allowed); err != nil {
		t.Fatal(err)
	}
	counts, writing := map[string]int{}, map[string]bool{}
	for _, c := range f.Calls() {
		action := c.Service + ":" + c.Action
		counts[action]++
		all = append(all, at{action, counts[action]})
		writing[action] = c.Writes
	}
	return all, writing
}

// A cell is one scenario whose call goes wrong, and what is there after one more run.
func (s scenario) cell(t *testing.T, where at, fault string) string {
	f := account(t)
	if s.prepare != nil {
		s.prepare(t, f)
	}
	w := wantedOf(f.Account, s.regions...)
	switch fault {
	case "killed before":
		killed(t, f, job{f.URL, w, s.allowed}, where, front.KilledBefore)
	case "killed after":
		killed(t, f, job{f.URL, w, s.allowed}, where, front.KilledAfter)
	default:
		a, err := openAs(f.URL, f.Account, f.Account, "secret", skip(time.Now()), s.regions...)
		if err != nil {
			return err.Error()
		}
		f.Arm(where.action, where.nth, front.FaultNamed(fault))
		apply(t.Context(), a, w, s.allowed)
	}
	f.Disarm()
	a := open(t, f, skip(time.Now()), s.regions...)
	if _, err := apply(t.Context(), a, w, s.allowed); err != nil {
		return "one more run: " + err.Error()
	}
	return s.wrong(t, f, a, w)
}

// wrong says what is not as wanted, in the words of a cell; empty when all is.
func (s scenario) wrong(t *testing.T, f *front.Front, a *Account, w Wanted) string {
	slot := w.Slots[0]
	state, err := a.Read(t.Context(), slot)
	if err != nil {
		return err.Error()
	}
	plan := NewPlan(state, w, Allowed{}, time.Now())
	if len(plan.Changes) > 0 || len(plan.Refusals) > 0 {
		return fmt.Sprintf("not as wanted: %v %v", plan.Changes, plan.Refusals)
	}
	live := map[string]bool{}
	for _, entry := range called(t, f, "ListKeys", map[string]any{})["Keys"].([]any) {
		id := entry.(map[string]any)["KeyId"].(string)
		if called(t, f, "DescribeKey", map[string]any{"KeyId": id})["KeyMetadata"].(map[string]any)["KeyState"] == "Enabled" {
			live[id] = true
		}
	}
	if len(live) != s.keys {
		return fmt.Sprintf("%d keys", len(live))
	}
	delete(live, plan.Key)
	for _, l := range plan.LeftOver {
		delete(live, l.Key)
	}
	if len(live) > 0 {
		return fmt.Sprintf("keys that nothing names: %v", live)
	}
	for _, region := range slot.Regions {
		key, there := state.in(region, plan.Key)
		if !there || state.Aliases[region] != plan.Key {
			return "no key in " + region
		}
		for _, statement := range []string{`"Allow use of the key by Kublr"`} {
			if !strings.Contains(key.Policy.Value, statement) {
				return "policy without " + statement
			}
		}
		if s.foreign && (!strings.Contains(key.Policy.Value, `"Theirs"`) || !strings.Contains(key.Policy.Value, "999988887777")) {
			return "a foreign statement is gone"
		}
		if s.foreign && key.Tags.Value[tagKey] != "" {
			return "a foreign key is tagged as ours"
		}
	}
	return ""
}

// TestCrashes holds that whatever goes wrong at whatever call, one more run ends with
// one key in use, as wanted, and every other key of ours named. It prints the table.
// With LIVEKEY_CRASH=all it takes every call and every fault.
func TestCrashes(t *testing.T) {
	everything := os.Getenv("LIVEKEY_CRASH") == "all"
	deaths := []string{"killed before", "killed after"}
	var faults []string
	for _, f := range front.Faults {
		faults = append(faults, f.Name)
	}
	var mu sync.Mutex
	cells, bad := map[string]int{}, map[string]int{}
	t.Cleanup(func() {
		table := "\nscenario | cells | bad\n"
		for _, s := range scenarios {
			table += fmt.Sprintf("%s | %d | %d\n", s.name, cells[s.name], bad[s.name])
		}
		t.Log(table)
	})
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			calls, writing := s.calls(t)
			for _, c := range calls {
				var strike []string
				switch {
				case everything || i == 0 && writing[c.action]:
					strike = append(deaths[:2:2], faults...)
				case writing[c.action]:
					strike = []string{"killed after", "500 after applied"}
				case i == 0 && c.nth == 1:
					strike = []string{"killed before", "throttle for ever", "500", "access denied"}
				}
				for _, fault := range strike {
					wrong := s.cell(t, c, fault)
					mu.Lock()
					cells[s.name]++
					if wrong != "" {
						bad[s.name]++
					}
					mu.Unlock()
					if wrong != "" {
						t.Errorf("%s at %s %d: %s", fault, c.action, c.nth, wrong)
					}
				}
			}
		})
	}
}

// mutants are changes of the program that make cells bad. Each takes out one thing
// that the protocol rests on.
var mutants = []struct{ name, file, old, new string }{
	{"CreateKey with the SDK's retries", "slot.go", ", func(o *kms.Options) { o.Retryer = aws.NopRetryer{} })", ")"},
	{"no search by tags", "state.go", "tagged, err := a.search(ctx, &s, region)", "tagged, err := []string(nil), error(nil)"},
	{"the loser's key deleted at once", "slot.go", "r.regions[region].kms.TagResource(ctx, &kms.TagResourceInput{KeyId: &id, Tags: []types.Tag{{TagKey: aws.String(tagAbandoned), TagValue: &value}}})",
		"r.regions[region].kms.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(int32(7+len(value)%2))})"},
	{"each run's own order of regions", "wanted.go", "return slices.Sorted(slices.Values(s.Regions))", "return slices.Clone(s.Regions)"},
	{"a merge that drops a statement", "keypolicy.go", "policy.Merge(from, to, replaces)", "to.Source(), error(nil)"},
	{"no read before the policy is put", "apply.go", "if !there || len(problems) > 0 || !same(text, c.policy) {", "if !there || len(problems) > 0 || text == \"\" {"},
	{"no second look at who uses a key", "apply.go", "if !there || !offered(slot, key, a.clock.Now()) {", "if !there || key.ID == \"\" {"},
}

// TestMutants holds that these tests can fail: with each mutant they do. It builds and
// runs them again, so it is left to make crash.
func TestMutants(t *testing.T) {
	if os.Getenv("LIVEKEY_CRASH") != "all" {
		t.Skip("left to make crash")
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			source, err := os.ReadFile(m.file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(string(source), m.old) != 1 {
				t.Fatalf("%s does not have it once: %s", m.file, m.old)
			}
			here, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			mutated := filepath.Join(t.TempDir(), m.file)
			overlay := filepath.Join(t.TempDir(), "overlay.json")
			text, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(here, m.file): mutated}})
			if err != nil {
				t.Fatal(err)
			}
			for path, content := range map[string]string{mutated: strings.Replace(string(source), m.old, m.new, 1), overlay: string(text)} {
				if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("go", "test", "-count=1", "-vet=off", "-overlay", overlay, "-run", "TestCrashes|TestAtOnce|TestGiveBack|Meanwhile", ".")
			cmd.Env = append(os.Environ(), "LIVEKEY_CRASH=")
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Error("all tests pass")
			}
			if !strings.Contains(string(out), "--- FAIL") {
				t.Errorf("no test fails:\n%s", out)
			}
			for line := range strings.Lines(string(out)) {
				if strings.Contains(line, "_test.go:") {
					t.Log(strings.TrimSpace(line))
					break
				}
			}
		})
	}
}
