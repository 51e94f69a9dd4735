package livekey

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sebdah/goldie/v2"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
)

var (
	keyID     = `mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`
	localhost = `127\.0\.0\.1:\d+`
	date      = `20\d\d-\d\d-\d\d(?:T[0-9:.]+Z)?`
	differs   = regexp.MustCompile("(" + keyID + ")|(" + localhost + ")|" + date)
)

// steady puts names in place of what differs from run to run.
func steady(text, account string) string {
	text = strings.ReplaceAll(text, account, "111122223333")
	names := map[string]string{}
	return differs.ReplaceAllStringFunc(text, func(s string) string {
		switch which := differs.FindStringSubmatch(s); {
		case which[2] != "":
			return "localhost"
		case which[1] == "":
			return "DATE"
		}
		if names[s] == "" {
			names[s] = fmt.Sprintf("KEY%d", len(names)+1)
		}
		return names[s]
	})
}

// TestSteady holds that the id of a key is one, whatever it begins with.
func TestSteady(t *testing.T) {
	for text, want := range map[string]string{
		"key 20261126-12ab-34cd-56ef-1234567890ab": "key KEY1", "127a0b0c-12ab-34cd-56ef-1234567890ab": "KEY1",
		"at 127.0.0.1:80 on 2026-11-26, 2026-11-26T10:00:00Z": "at localhost on DATE, DATE",
	} {
		if got := steady(text, "200000000001"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	goldie.New(t, goldie.WithFixtureDir("testdata"), goldie.WithNameSuffix(".txt")).Assert(t, name, []byte(got))
}

func calls(f *front.Front, heading string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n# %s\n", heading)
	for _, c := range f.Calls() {
		mark := " "
		if c.Writes {
			mark = "!"
		}
		fmt.Fprintf(&b, "%s %s\n", mark, c)
	}
	return b.String()
}

// TestScenarios holds what each scenario plans, and which calls a plan, an apply and a
// second apply make: only the apply makes any that writes. Scenarios of several regions
// call side by side, so their calls are not in order.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		f := account(t)
		if s.prepare != nil {
			s.prepare(t, f)
		}
		w := wantedOf(f.Account, s.regions...)
		a := open(t, f, skip(time.Now()), s.regions...)
		plan, err := a.PlanAll(t.Context(), w, s.allowed)
		if err != nil {
			t.Fatal(err)
		}
		plan.Endpoints = nil
		var text bytes.Buffer
		now := time.Now()
		for _, l := range plan.Slots[0].LeftOver {
			now = l.Created // however long the machine took
		}
		if err := plan.Write(&text, now); err != nil {
			t.Fatal(err)
		}
		made := calls(f, "calls of the plan")
		if strings.Contains(made, "!") {
			t.Errorf("%s: the plan writes", s.name)
		}
		if _, errs := a.ApplyAll(t.Context(), w, plan, s.allowed); errs[0] != nil {
			t.Fatal(errs)
		}
		made += calls(f, "calls of the apply")
		if _, err := apply(t.Context(), a, w, s.allowed); err != nil {
			t.Fatal(err)
		}
		again := calls(f, "calls of a second apply")
		if strings.Contains(again, "!") {
			t.Errorf("%s: a second apply writes:%s", s.name, again)
		}
		name := strings.ReplaceAll(s.name, " ", "-")
		if len(s.regions) > 1 {
			made, again = "", ""
		}
		golden(t, "scenario-"+name, steady(text.String()+made+again, f.Account))
		form, err := json.MarshalIndent(plan, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "plan-"+name+".json", steady(string(form)+"\n", f.Account))
	}
}

// TestRefusals holds what is said of each state in which nothing is done, and that
// nothing is.
func TestRefusals(t *testing.T) {
	t.Parallel()
	mine := map[string]string{tagKey: alias, tagRun: "earlier", tagIntent: "production"}
	named := func(in map[string]any, tags map[string]string) func(*testing.T, *front.Front, *Wanted) {
		return func(t *testing.T, f *front.Front, _ *Wanted) {
			list := []map[string]string{}
			for name, value := range tags {
				list = append(list, map[string]string{"TagKey": name, "TagValue": value})
			}
			all := map[string]any{"Policy": rootOnly(f.Account), "Tags": list}
			for name, value := range in {
				all[name] = value
			}
			name(t, f, called(t, f, "CreateKey", all)["KeyMetadata"].(map[string]any)["KeyId"].(string))
		}
	}
	after := func(first func(*testing.T, *front.Front, *Wanted), then func(*testing.T, *front.Front, *Wanted)) func(*testing.T, *front.Front, *Wanted) {
		return func(t *testing.T, f *front.Front, w *Wanted) { first(t, f, w); then(t, f, w) }
	}
	on := func(action string, more map[string]any) func(*testing.T, *front.Front, *Wanted) {
		return func(t *testing.T, f *front.Front, _ *Wanted) {
			in := map[string]any{"KeyId": called(t, f, "DescribeKey", map[string]any{"KeyId": alias})["KeyMetadata"].(map[string]any)["KeyId"]}
			for name, value := range more {
				in[name] = value
			}
			called(t, f, action, in)
		}
	}
	denied := func(actions ...string) func(*testing.T, *front.Front, *Wanted) {
		return func(_ *testing.T, f *front.Front, _ *Wanted) {
			for _, action := range actions {
				f.Denied[action] = true
			}
		}
	}
	leftOver := func(action string) func(*testing.T, *front.Front, *Wanted) {
		return func(t *testing.T, f *front.Front, _ *Wanted) {
			makeKey(t, f, rootOnly(f.Account), mine)
			f.Denied[action] = true
		}
	}
	want := func(change func(w *Wanted)) func(*testing.T, *front.Front, *Wanted) {
		return func(_ *testing.T, _ *front.Front, w *Wanted) { change(w) }
	}
	policyWith := func(statement string) func(*testing.T, *front.Front, *Wanted) {
		return func(t *testing.T, f *front.Front, w *Wanted) {
			text := strings.Replace(rootOnly(f.Account), `"Statement":[`, `"Statement":[`+statement+",", 1)
			name(t, f, makeKey(t, f, text, mine))
		}
	}
	var said strings.Builder
	for _, test := range []struct {
		name    string
		prepare func(*testing.T, *front.Front, *Wanted)
	}{
		{"HMAC", named(map[string]any{"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, mine)},
		{"asymmetric", named(map[string]any{"KeySpec": "RSA_2048"}, mine)},
		{"pending import", named(map[string]any{"Origin": "EXTERNAL"}, mine)},
		{"disabled", after(named(nil, mine), on("DisableKey", nil))},
		{"pending deletion", after(named(nil, mine), on("ScheduleKeyDeletion", map[string]any{"PendingWindowInDays": 7}))},
		{"a key that is not ours", named(nil, nil)},
		{"a key of another intent", named(nil, map[string]string{tagKey: alias, tagRun: "earlier", tagIntent: "staging"})},
		{"a left-over key of another intent", func(t *testing.T, f *front.Front, _ *Wanted) {
			makeKey(t, f, rootOnly(f.Account), map[string]string{tagKey: alias, tagRun: "earlier", tagIntent: "staging"})
		}},
		{"multi-region where a single region is wanted", named(map[string]any{"MultiRegion": true}, mine)},
		{"single region where multi-region is wanted", after(named(nil, mine), want(func(w *Wanted) { w.Slots[0].MultiRegion = true }))},
		{"alias of AWS", want(func(w *Wanted) { w.Slots[0].Alias = "alias/aws/mine" })},
		{"ill-formed alias", want(func(w *Wanted) { w.Slots[0].Alias = "kublr-ebs" })},
		{"no region", want(func(w *Wanted) { w.Slots[0].Regions = nil })},
		{"a policy that nobody can change", want(func(w *Wanted) {
			w.Slots[0].Policies["us-east-1"] = bytes.Replace(w.Slots[0].Policies["us-east-1"], []byte(`"kms:*"`), []byte(`"kms:Get*"`), 1)
		})},
		{"a policy that is too long", want(func(w *Wanted) {
			w.Slots[0].Policies["us-east-1"] = bytes.Replace(w.Slots[0].Policies["us-east-1"], []byte(`"Version"`), append(bytes.Repeat([]byte(" "), 33000), `"Version"`...), 1)
		})},
		{"a principal that was deleted", policyWith(`{"Sid":"Old","Effect":"Allow","Principal":{"AWS":"AROAEXAMPLEEXAMPLE12"},"Action":"kms:Decrypt","Resource":"*"}`)},
		{"two statements with a Sid of ours", policyWith(`{"Sid":"Allow access through EBS","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:GetKeyPolicy","Resource":"*"},{"Sid":"Allow access through EBS","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:ListGrants","Resource":"*"}`)},
		{"a principal that IAM does not know", want(func(w *Wanted) { w.Principals = append(w.Principals, "arn:aws:iam::"+w.Account+":role/absent") })},
		{"the alias denied", denied("kms:DescribeKey")},
		{"both searches denied", denied("tagging:GetResources", "kms:ListKeys")},
		{"tags of a key without alias denied", leftOver("kms:ListResourceTags")},
		{"the policy of a key without alias denied", leftOver("kms:GetKeyPolicy")},
		{"the aliases of a key without alias denied", leftOver("kms:ListAliases")},
		{"the policy denied", after(named(nil, mine), denied("kms:GetKeyPolicy"))},
		{"tags denied", after(named(nil, mine), denied("kms:ListResourceTags"))},
		{"CreateKey denied", denied("kms:CreateKey")},
		{"CreateAlias denied", denied("kms:CreateAlias")},
		{"the role denied", denied("iam:CreateServiceLinkedRole")},
		{"no more keys", func(_ *testing.T, f *front.Front, _ *Wanted) {
			f.Arm("kms:CreateKey", 1, front.Refusing("LimitExceededException", "You have reached the limit on the number of KMS keys in this account."))
		}},
		{"expired", func(_ *testing.T, f *front.Front, _ *Wanted) {
			f.Arm("kms:CreateKey", 1, front.FaultNamed("expired token"))
		}},
		{"no answer to CreateKey, and no key", func(_ *testing.T, f *front.Front, _ *Wanted) {
			f.Arm("kms:CreateKey", 1, front.FaultNamed("reset before"))
		}},
		{"a throttle that does not end", func(_ *testing.T, f *front.Front, _ *Wanted) {
			f.Arm("kms:CreateKey", 1, front.FaultNamed("throttle for ever"))
		}},
		{"grants not known", denied("kms:ListGrants")},
	} {
		f := account(t)
		w := wantedOf(f.Account, "us-east-1")
		test.prepare(t, f, &w)
		a := open(t, f, skip(time.Now()), "us-east-1")
		_, err := apply(t.Context(), a, w, Allowed{})
		fmt.Fprintf(&said, "# %s\n", test.name)
		if err != nil {
			fmt.Fprintln(&said, steady(err.Error(), f.Account))
		} else {
			fmt.Fprintln(&said, "done")
		}
		for _, write := range writes(f.Calls()) {
			fmt.Fprintln(&said, "  wrote", write)
		}
	}
	golden(t, "refusals", said.String())
}
