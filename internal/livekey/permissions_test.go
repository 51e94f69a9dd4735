package livekey

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
)

// as gives the account as a user sees it who has one IAM policy. MiniStack asks about
// CreateAlias on everything, where AWS asks about the alias and the key.
func as(t *testing.T, f *front.Front, policy string, regions ...string) *Account {
	t.Helper()
	if strings.Contains(policy, `"kms:CreateAlias"`) {
		policy = strings.Replace(policy, `"Statement":[`, `"Statement":[{"Effect":"Allow","Action":"kms:CreateAlias","Resource":"*"},`, 1)
	}
	f.Call("us-east-1", "iam", "CreateUser", map[string]any{"UserName": "operator"})
	if f.Call("us-east-1", "iam", "PutUserPolicy", map[string]any{"UserName": "operator", "PolicyName": "needed", "PolicyDocument": policy}) == nil {
		t.Fatal("the policy was refused")
	}
	id, secret := f.AccessKey("operator")
	a, err := openAs(f.URL, f.Account, id, secret, skip(time.Now()), regions...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// without gives a policy less one action.
func without(t *testing.T, policy []byte, action string) string {
	t.Helper()
	var p struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal(policy, &p); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Statement {
		s["Action"] = slices.DeleteFunc(s["Action"].([]any), func(a any) bool { return a == action })
	}
	p.Statement = slices.DeleteFunc(p.Statement, func(s map[string]any) bool { return len(s["Action"].([]any)) == 0 })
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// needing are scenarios that call what the empty account does not.
var needing = map[string]int{
	"kms:PutKeyPolicy": 1, "kms:UpdateKeyDescription": 1, "kms:TagResource": 1, "kms:CancelKeyDeletion": 6, "kms:EnableKey": 6, "kms:ReplicateKey": 5,
	"kms:ListAliases": 3, "kms:ListGrants": 3, "kms:GetKeyLastUsage": 3,
}

// TestPermissions holds that the policy that is printed is enough in each scenario,
// and what becomes of a command that lacks one of its actions. MiniStack enforces the
// policy; of service-linked roles the front does not.
func TestPermissions(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		f := account(t)
		if s.prepare != nil {
			s.prepare(t, f)
		}
		w := wantedOf(f.Account, s.regions...)
		for _, by := range []Command{Planning, Applying} {
			policy, err := Permissions(w, by)
			if err != nil {
				t.Fatal(err)
			}
			a := as(t, f, without(t, policy, ""), s.regions...)
			plan, err := a.PlanAll(t.Context(), w, s.allowed)
			if err != nil || len(plan.Slots[0].Unread) > 0 || len(plan.Slots[0].Refusals) > 0 {
				t.Errorf("%s: plan: %v %v %v", s.name, err, plan.Slots[0].Unread, plan.Slots[0].Refusals)
			}
			if by == Planning {
				continue
			}
			if _, errs := a.ApplyAll(t.Context(), w, plan, s.allowed); errs[0] != nil {
				t.Errorf("%s: apply: %v", s.name, errs[0])
			}
		}
	}
	var said strings.Builder
	for _, p := range permissions {
		s := scenarios[needing[p.action]]
		if !slices.Contains(p.by, Applying) || strings.HasPrefix(p.action, "iam:") || p.action == "tag:GetResources" || p.action == "kms:DisableKeyRotation" || p.action == "kms:UntagResource" || p.action == "kms:ScheduleKeyDeletion" {
			continue
		}
		f := account(t)
		if s.prepare != nil {
			s.prepare(t, f)
		}
		w := wantedOf(f.Account, s.regions...)
		policy, err := Permissions(w, Applying)
		if err != nil {
			t.Fatal(err)
		}
		a := as(t, f, without(t, policy, p.action), s.regions...)
		plan, err := a.PlanAll(t.Context(), w, s.allowed)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&said, "# %s, %s\n", p.action, s.name)
		for _, note := range plan.Slots[0].Notes {
			fmt.Fprintln(&said, "  note:", note)
		}
		_, errs := a.ApplyAll(t.Context(), w, plan, s.allowed)
		outcome := "done"
		if errs[0] != nil {
			outcome = steady(errs[0].Error(), f.Account)
		}
		fmt.Fprintln(&said, " ", outcome)
	}
	golden(t, "permission-missing", said.String())
}

func TestPermissionsAreAsPrinted(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]Wanted{
		"one-region":   wantedOf("111122223333", "us-east-1"),
		"multi-region": wantedOf("111122223333", "us-east-1", "eu-west-1"),
	} {
		for _, by := range Commands {
			text, err := Permissions(w, by)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, fmt.Sprintf("permissions-%s-%s.json", name, by), string(text)+"\n")
		}
	}
}
