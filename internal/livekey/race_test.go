package livekey

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
)

// TestAtOnce holds that applies at once end with the same key, one in use, and that
// who lost the race says so on its own key and deletes nothing.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ actors, times int }{{2, 10}, {3, 5}} {
		for range test.times {
			f := account(t)
			w := wantedOf(f.Account, "us-east-1")
			arns := make([]string, test.actors)
			var wait sync.WaitGroup
			for i := range test.actors {
				a := open(t, f, skip(time.Now()), "us-east-1")
				wait.Go(func() {
					made, err := apply(t.Context(), a, w, Allowed{})
					if err != nil {
						t.Error(err)
					}
					arns[i] = made["us-east-1"]
				})
			}
			wait.Wait()
			for _, arn := range arns {
				if arn == "" || arn != arns[0] {
					t.Fatalf("they end with %v", arns)
				}
			}
			for _, c := range f.Calls() {
				if c.Action == "ScheduleKeyDeletion" {
					t.Error("a key is deleted")
				}
			}
			plan, err := open(t, f, skip(time.Now()), "us-east-1").Plan(t.Context(), w, w.Slots[0], Allowed{})
			if err != nil || len(plan.Changes) > 0 {
				t.Errorf("%v %v", plan.Changes, err)
			}
			if left := len(called(t, f, "ListKeys", map[string]any{})["Keys"].([]any)) - 1; left != len(plan.LeftOver) {
				t.Errorf("%d keys are left over and the plan names %v", left, plan.LeftOver)
			}
		}
	}
}

// TestAtOnceSwapped holds that applies at once that list the regions in another order
// meet in one region, and end with one key in all.
func TestAtOnceSwapped(t *testing.T) {
	t.Parallel()
	for range 10 {
		f := account(t)
		lists := [][]string{{"us-east-1", "eu-west-1"}, {"eu-west-1", "us-east-1"}}
		ends := make([]map[string]string, len(lists))
		var wait sync.WaitGroup
		for i, regions := range lists {
			a := open(t, f, skip(time.Now()), regions...)
			wait.Go(func() {
				var err error
				if ends[i], err = apply(t.Context(), a, wantedOf(f.Account, regions...), Allowed{}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if len(ends[0]) != 2 || !maps.Equal(ends[0], ends[1]) {
			t.Fatalf("they end with %v", ends)
		}
	}
}

// TestOverlap holds that an intent whose regions overlap with those of a key, and lack
// that of its primary, is refused and changes nothing.
func TestOverlap(t *testing.T) {
	t.Parallel()
	f := account(t)
	regions := []string{"eu-west-1", "us-east-1", "us-west-2"}
	for _, test := range []struct {
		regions []string
		refused string
	}{{regions[:2], ""}, {regions[1:], "whose primary is in eu-west-1; name that region"}, {regions, ""}} {
		a := open(t, f, skip(time.Now()), regions...)
		f.Calls()
		_, err := apply(t.Context(), a, wantedOf(f.Account, test.regions...), Allowed{})
		if (err == nil) != (test.refused == "") || err != nil && (!strings.Contains(err.Error(), test.refused) || len(writes(f.Calls())) > 0) {
			t.Errorf("%v: %v", test.regions, err)
		}
	}
}

// TestElsewhere holds that a key of ours whose primary is not where keys are made is
// taken, with a replica where the lock is.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	f := account(t)
	w := wantedOf(f.Account, "eu-west-1", "us-east-1")
	id := called(t, f, "CreateKey", map[string]any{"MultiRegion": true, "Policy": rootOnly(f.Account), "Tags": []map[string]string{
		{"TagKey": tagKey, "TagValue": alias}, {"TagKey": tagRun, "TagValue": "earlier"}, {"TagKey": tagIntent, "TagValue": "production"},
	}})["KeyMetadata"].(map[string]any)["KeyId"].(string)
	a := open(t, f, skip(time.Now()), w.Slots[0].Regions...)
	f.Calls()
	arns, err := apply(t.Context(), a, w, Allowed{})
	if err != nil || !strings.HasSuffix(arns["eu-west-1"], id) || !strings.HasSuffix(arns["us-east-1"], id) {
		t.Fatalf("%v %v, want %s", arns, err, id)
	}
	want := []string{"us-east-1 iam:CreateServiceLinkedRole", "us-east-1 kms:ReplicateKey", "eu-west-1 kms:CreateAlias", "us-east-1 kms:CreateAlias"}
	if got := writes(f.Calls()); !slices.Equal(got[1:4], want[1:]) {
		t.Errorf("wrote %v, want %v", got, want)
	}
}

// TestGiveBack holds that a key is given back only when a person says so, more than
// an hour after it was abandoned, and only if nothing names, holds or ever used it.
func TestGiveBack(t *testing.T) {
	t.Parallel()
	abandoned := map[string]string{tagKey: alias, tagRun: "lost", tagIntent: "production", tagAbandoned: time.Now().UTC().Format(time.RFC3339) + " lost to another"}
	for _, test := range []struct {
		name    string
		tags    map[string]string
		after   time.Duration
		prepare func(f *front.Front, id string)
		offered bool
	}{
		{"offered", abandoned, 2 * time.Hour, nil, true},
		{"too early", abandoned, 59 * time.Minute, nil, false},
		{"not abandoned", map[string]string{tagKey: alias, tagRun: "lost", tagIntent: "production"}, 2 * time.Hour, nil, false},
		{"without a run", map[string]string{tagKey: alias, tagAbandoned: abandoned[tagAbandoned]}, 2 * time.Hour, nil, false},
		{"no time in its tag", map[string]string{tagKey: alias, tagRun: "lost", tagIntent: "production", tagAbandoned: "yes"}, 2 * time.Hour, nil, false},
		{"used", abandoned, 2 * time.Hour, func(f *front.Front, id string) { f.Used[id] = true }, false},
		{"use not known", abandoned, 2 * time.Hour, func(f *front.Front, id string) { f.Denied["kms:GetKeyLastUsage"] = true }, false},
		{"named", abandoned, 2 * time.Hour, func(f *front.Front, id string) {
			f.Call("us-east-1", "kms", "CreateAlias", map[string]any{"AliasName": "alias/other", "TargetKeyId": id})
		}, false},
		{"aliases not known", abandoned, 2 * time.Hour, func(f *front.Front, id string) { f.Denied["kms:ListAliases"] = true }, false},
		{"a grant", abandoned, 2 * time.Hour, func(f *front.Front, id string) {
			f.Call("us-east-1", "kms", "CreateGrant", map[string]any{"KeyId": id, "GranteePrincipal": "arn:aws:iam::" + f.Account + ":root", "Operations": []string{"Decrypt"}})
		}, false},
		{"grants not known", abandoned, 2 * time.Hour, func(f *front.Front, id string) { f.Denied["kms:ListGrants"] = true }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := account(t)
			w := wantedOf(f.Account, "us-east-1")
			a := open(t, f, skip(time.Now()), "us-east-1")
			if _, err := apply(t.Context(), a, w, Allowed{}); err != nil {
				t.Fatal(err)
			}
			id := makeKey(t, f, rootOnly(f.Account), test.tags)
			if test.prepare != nil {
				test.prepare(f, id)
			}
			later := open(t, f, skip(time.Now().Add(test.after)), "us-east-1")
			plan, err := later.Plan(t.Context(), w, w.Slots[0], Allowed{})
			if err != nil || len(plan.LeftOver) != 1 || plan.LeftOver[0].Key != id || plan.LeftOver[0].Offered != test.offered {
				t.Fatalf("%+v %v", plan.LeftOver, err)
			}
			if test.offered {
				once, _ := later.Plan(t.Context(), w, w.Slots[0], Allowed{GiveBack: true})
				f.Arm("kms:GetKeyLastUsage", 3, front.During(func() { f.Used[id] = true }))
				if _, err := later.Apply(t.Context(), w, once, Allowed{GiveBack: true}); err == nil {
					t.Error("a key that was used meanwhile is given back")
				}
				delete(f.Used, id)
				f.Disarm()
			}
			for _, allowed := range []Allowed{{}, {GiveBack: true}} {
				if _, err := apply(t.Context(), later, w, allowed); err != nil {
					t.Fatal(err)
				}
				state := called(t, f, "DescribeKey", map[string]any{"KeyId": id})["KeyMetadata"].(map[string]any)["KeyState"]
				if want := map[bool]string{true: "PendingDeletion", false: "Enabled"}[test.offered && allowed.GiveBack]; state != want {
					t.Errorf("with %+v the key is %s, want %s", allowed, state, want)
				}
			}
		})
	}
}

// TestLate holds that what AWS shows late is waited for, and that no second key is
// made of it.
func TestLate(t *testing.T) {
	t.Parallel()
	all := []string{"key", "alias", "tag", "policy", "role"}
	for _, test := range []struct {
		scenario int
		late     []string
		fault    string
	}{
		{0, all[:1], ""}, {0, all[1:2], ""}, {0, all[2:3], ""}, {1, all[3:4], ""}, {4, all[3:4], ""}, {0, all[4:], ""}, {5, all, ""}, {2, all, ""},
		{0, all, "lost reply"}, {0, all, "500 after applied"}, {0, all, "reply cut short"},
	} {
		s := scenarios[test.scenario]
		t.Run(s.name+" "+strings.Join(test.late, " ")+" "+test.fault, func(t *testing.T) {
			t.Parallel()
			f := account(t)
			if s.prepare != nil {
				s.prepare(t, f)
			}
			for _, what := range test.late {
				f.Lag(what, 5)
			}
			if test.fault != "" {
				f.Arm("kms:CreateKey", 1, front.FaultNamed(test.fault))
			}
			a := open(t, f, skip(time.Now()), s.regions...)
			w := wantedOf(f.Account, s.regions...)
			if _, err := apply(t.Context(), a, w, s.allowed); err != nil {
				t.Fatal(err)
			}
			if wrong := s.wrong(t, f, a, w); wrong != "" {
				t.Error(wrong)
			}
			if f.Hidden() == 0 {
				t.Error("nothing was late")
			}
		})
	}
}
