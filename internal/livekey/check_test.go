package livekey

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// targetOf is for whom the tests' keys must do, with an instance role whose policies
// are read too.
func targetOf(account string) policy.Target {
	arn := "arn:aws:iam::" + account + ":"
	return policy.Target{
		Account: account, Partition: "aws", Kublr: arn + "user/kublr", InstanceRoles: []string{arn + "role/nodes"},
		AutoScalingRoles: []string{arn + "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"},
	}
}

const allowing = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*"}}`

// ready gives an account in which the key, its principals and their policies of every
// kind are there.
func ready(t *testing.T) *front.Front {
	t.Helper()
	f := account(t)
	in := func(action string, fields ...string) {
		all := map[string]any{}
		for i := 0; i < len(fields); i += 2 {
			all[fields[i]] = fields[i+1]
		}
		if f.Call("us-east-1", "iam", action, all) == nil {
			t.Fatal(action, " was refused")
		}
	}
	managed := "arn:aws:iam::" + f.Account + ":policy/managed"
	in("CreateRole", "RoleName", "nodes", "AssumeRolePolicyDocument", `{"Version":"2012-10-17","Statement":[]}`)
	in("CreateGroup", "GroupName", "operators")
	in("AddUserToGroup", "GroupName", "operators", "UserName", "kublr")
	in("CreatePolicy", "PolicyName", "managed", "PolicyDocument", allowing)
	for kind, name := range map[string]string{"User": "kublr", "Role": "nodes", "Group": "operators"} {
		in("Put"+kind+"Policy", kind+"Name", name, "PolicyName", "inline", "PolicyDocument", allowing)
		in("Attach"+kind+"Policy", kind+"Name", name, "PolicyArn", managed)
	}
	w := wantedOf(f.Account, "us-east-1")
	if _, err := apply(t.Context(), open(t, f, skip(time.Now()), "us-east-1"), w, Allowed{}); err != nil {
		t.Fatal(err)
	}
	f.Call("us-east-1", "kms", "PutKeyPolicy", map[string]any{"KeyId": keyOf(t, f), "PolicyName": "default", "Policy": string(fullPolicy(f.Account))})
	f.Calls()
	return f
}

func keyOf(t *testing.T, f *front.Front) string {
	return called(t, f, "DescribeKey", map[string]any{"KeyId": alias})["KeyMetadata"].(map[string]any)["KeyId"].(string)
}

// fullPolicy is what the library writes for the target.
func fullPolicy(account string) []byte {
	text := "apiVersion: kublr-encryption.github.io/v1alpha1\nkind: EncryptionIntent\nmetadata: {name: production}\nspec:\n  account: \"" + account + "\"\n  key: " + alias + "\n  kublr: {user: kublr}\n  regions: [us-east-1]\n  policy: {instanceRoles: [nodes]}\n"
	intents, _ := generator.ReadIntents("intent.yaml", []byte(text))
	plan, wrong := generator.NewPlan(intents)
	if plan == nil {
		panic(wrong)
	}
	sets, _ := plan.Policies(nil)
	return sets[0].Policies[0].Document
}

func useOf(key string) Use {
	return Use{generator.KeyUse{Key: key, Region: "us-east-1", File: "prod.yaml", Position: diag.Position{Line: 7, Column: 3}, Field: diag.Keys("spec", "key")}, "prod"}
}

// checkOf checks one use, and gives all findings.
func checkOf(t *testing.T, f *front.Front, key string) diag.Findings {
	t.Helper()
	uses := []Use{useOf(key)}
	w := ToCheck(generator.PolicySet{Target: targetOf(f.Account)}, uses)
	found := open(t, f, skip(time.Now()), "us-east-1").Check(t.Context(), targetOf(f.Account), w, uses)
	return slices.Concat(found.Account, found.Uses[0])
}

// TestCheck holds what is said of each state of a key, its place and that a check
// writes nothing.
func TestCheck(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	on := func(action string, more map[string]any) func(*front.Front) {
		return func(f *front.Front) {
			in := map[string]any{"KeyId": keyOf(t, f)}
			for name, value := range more {
				in[name] = value
			}
			called(t, f, action, in)
		}
	}
	iam := func(action string, in map[string]any) func(*front.Front) {
		return func(f *front.Front) { f.Call("us-east-1", "iam", action, in) }
	}
	for _, test := range []struct {
		name, key string
		prepare   func(*front.Front)
	}{
		{"as wanted", alias, nil},
		{"the default key, of AWS", "", nil},
		{"the default key, which is gone", "", func(f *front.Front) { f.EBSDefault = "alias/gone" }},
		{"no such alias", "alias/gone", nil},
		{"no such id", "1234abcd-12ab-34cd-56ef-1234567890ab", nil},
		{"another region's", "arn:aws:kms:eu-west-1:111122223333:alias/kublr-ebs", nil},
		{"another account's", "arn:aws:kms:us-east-1:999988887777:alias/kublr-ebs", nil},
		{"HMAC", "alias/hmac", func(f *front.Front) {
			id := called(t, f, "CreateKey", map[string]any{"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"})["KeyMetadata"].(map[string]any)["KeyId"]
			called(t, f, "CreateAlias", map[string]any{"AliasName": "alias/hmac", "TargetKeyId": id})
		}},
		{"pending import", "alias/external", func(f *front.Front) {
			id := called(t, f, "CreateKey", map[string]any{"Origin": "EXTERNAL", "Policy": string(fullPolicy(f.Account))})["KeyMetadata"].(map[string]any)["KeyId"]
			called(t, f, "CreateAlias", map[string]any{"AliasName": "alias/external", "TargetKeyId": id})
		}},
		{"disabled", alias, on("DisableKey", nil)},
		{"pending deletion", alias, on("ScheduleKeyDeletion", map[string]any{"PendingWindowInDays": 7})},
		{"a policy that lets in others", alias, func(f *front.Front) {
			on("PutKeyPolicy", map[string]any{"PolicyName": "default", "Policy": strings.Replace(string(fullPolicy(f.Account)), `"Statement":[`, `"Statement":[{"Sid":"Others","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"kms:*","Resource":"*"},`, 1)})(f)
		}},
		{"a policy that leaves Kublr to IAM", alias, func(f *front.Front) {
			on("PutKeyPolicy", map[string]any{"PolicyName": "default", "Policy": rootOnly(f.Account)})(f)
		}},
		{"IAM denies it", alias, iam("PutUserPolicy", map[string]any{"UserName": "kublr", "PolicyName": "deny", "PolicyDocument": strings.Replace(strings.Replace(allowing, "Allow", "Deny", 1), "ec2", "kms", 1)})},
		{"no such user", alias, func(f *front.Front) {
			iam("DeleteUserPolicy", map[string]any{"UserName": "kublr", "PolicyName": "inline"})(f)
			iam("DetachUserPolicy", map[string]any{"UserName": "kublr", "PolicyArn": "arn:aws:iam::" + f.Account + ":policy/managed"})(f)
			iam("RemoveUserFromGroup", map[string]any{"UserName": "kublr", "GroupName": "operators"})(f)
			iam("DeleteUser", map[string]any{"UserName": "kublr"})(f)
		}},
		{"a permissions boundary", alias, func(f *front.Front) {
			iam("PutUserPermissionsBoundary", map[string]any{"UserName": "kublr", "PermissionsBoundary": "arn:aws:iam::" + f.Account + ":policy/managed"})(f)
		}},
		{"roles denied", alias, func(f *front.Front) { f.Denied["iam:GetRole"] = true }},
	} {
		f := ready(t)
		if test.prepare != nil {
			test.prepare(f)
		}
		found := checkOf(t, f, test.key)
		fmt.Fprintf(&said, "# %s\n", test.name)
		for _, one := range found {
			fmt.Fprintln(&said, one.Severity, steady(one.String(), f.Account), "["+one.Code+"]")
		}
		made := calls(f, "")
		if strings.Contains(made, "!") {
			t.Errorf("%s: the check writes: %s", test.name, made)
		}
		if test.prepare == nil && test.key == alias {
			said.WriteString(made)
		}
	}
	golden(t, "check", said.String())
}

// TestCheckUnknown holds that each read that is denied is a finding by which the
// answer is incomplete, with the code of its row, and that each row is read.
func TestCheckUnknown(t *testing.T) {
	t.Parallel()
	for _, u := range unknowns {
		f := ready(t)
		f.Denied[u.action] = true
		found := checkOf(t, f, alias)
		is := func(f diag.Finding) bool { return f.Code == u.code.ID && f.Severity == diag.Error }
		if !slices.ContainsFunc(found, is) || !IsIncomplete(found) {
			t.Errorf("%s: %v", u.action, found)
		}
	}
}

// TestCheckPermissions holds that the policy that is printed for a check is enough, and
// that without each of its actions the answer is incomplete, by the row of that action.
func TestCheckPermissions(t *testing.T) {
	t.Parallel()
	check := func(f *front.Front, removed string) diag.Findings {
		uses := []Use{useOf(alias)}
		w := ToCheck(generator.PolicySet{Target: targetOf(f.Account)}, uses)
		policy, err := Permissions(w, Checking)
		if err != nil {
			t.Fatal(err)
		}
		found := as(t, f, without(t, policy, removed), "us-east-1").Check(t.Context(), targetOf(f.Account), w, uses)
		return slices.Concat(found.Account, found.Uses[0])
	}
	if found := check(ready(t), ""); found.HasErrors() {
		t.Errorf("all allowed: %v", found)
	}
	for _, p := range permissions {
		if !slices.Contains(p.by, Checking) || strings.HasPrefix(p.action, "ec2:") { // which the servers do not enforce
			continue
		}
		row := slices.IndexFunc(unknowns, func(u unknown) bool { return u.action == p.action })
		if row < 0 {
			t.Errorf("%s has no row", p.action)
			continue
		}
		found := check(ready(t), p.action)
		if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Code == unknowns[row].code.ID }) || !IsIncomplete(found) {
			t.Errorf("without %s: %v", p.action, found)
		}
	}
}
