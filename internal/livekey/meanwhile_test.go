package livekey

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/internal/livekey/front"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/model"
)

// TestPolicyChangedMeanwhile holds that a statement that others add while we work
// stays, whenever they do it before the last read.
func TestPolicyChangedMeanwhile(t *testing.T) {
	t.Parallel()
	s := scenarios[4]
	for nth := 1; ; nth++ {
		f := account(t)
		s.prepare(t, f)
		w := wantedOf(f.Account, s.regions...)
		added := strings.Replace(theirs(f.Account), `{"Sid":"Theirs"`, `{"Sid":"Added","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"kms:Encrypt","Resource":"*"},{"Sid":"Theirs"`, 1)
		done := false
		f.Arm("kms:GetKeyPolicy", nth, front.During(func() {
			id := called(t, f, "DescribeKey", map[string]any{"KeyId": alias})["KeyMetadata"].(map[string]any)["KeyId"]
			called(t, f, "PutKeyPolicy", map[string]any{"KeyId": id, "PolicyName": "default", "Policy": added})
			done = true
		}))
		a := open(t, f, skip(time.Now()), s.regions...)
		_, err := apply(t.Context(), a, w, s.allowed)
		put := slices.Contains(writes(f.Calls()), "us-east-1 kms:PutKeyPolicy")
		if !done || put && nth > 6 {
			if nth < 6 {
				t.Errorf("the policy is read %d times before it is put", nth-1)
			}
			return
		}
		if err != nil && put {
			t.Errorf("at read %d: %v, after the policy was put", nth, err)
		}
		if _, err := apply(t.Context(), a, w, s.allowed); err != nil {
			t.Errorf("at read %d: one more run: %v", nth, err)
		}
		text := called(t, f, "GetKeyPolicy", map[string]any{"KeyId": called(t, f, "DescribeKey", map[string]any{"KeyId": alias})["KeyMetadata"].(map[string]any)["KeyId"], "PolicyName": "default"})["Policy"].(string)
		if !strings.Contains(text, `"Added"`) {
			t.Errorf("at read %d: the statement that was added is gone", nth)
		}
		if wrong := s.wrong(t, f, a, w); wrong != "" {
			t.Errorf("at read %d: %s", nth, wrong)
		}
	}
}

// TestAliasDeletedMeanwhile holds that a person who deletes the alias at any moment,
// or gives it to another key, leaves nothing that one more run does not mend or name.
func TestAliasDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	s := scenarios[0]
	for _, c := range []at{
		{"kms:DescribeKey", 2}, {"kms:DescribeKey", 3}, {"kms:CreateAlias", 1}, {"kms:DescribeKey", 5}, {"kms:ListResourceTags", 1},
		{"kms:EnableKeyRotation", 1}, {"kms:GetKeyRotationStatus", 2}, {"kms:DescribeKey", 9},
	} {
		f := account(t)
		w := wantedOf(f.Account, s.regions...)
		f.Arm(c.action, c.nth, front.During(func() { f.Call("us-east-1", "kms", "DeleteAlias", map[string]any{"AliasName": alias}) }))
		a := open(t, f, skip(time.Now()), s.regions...)
		apply(t.Context(), a, w, Allowed{})
		if _, err := apply(t.Context(), a, w, Allowed{}); err != nil {
			t.Errorf("%s %d: one more run: %v", c.action, c.nth, err)
		}
		if wrong := s.wrong(t, f, a, w); wrong != "" {
			t.Errorf("%s %d: %s", c.action, c.nth, wrong)
		}
	}
}

// TestStepsAreTheModels holds that each step of the model is a function here.
func TestStepsAreTheModels(t *testing.T) {
	functions := map[string]bool{}
	for _, file := range []string{"slot.go", "apply.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				functions[f.Name.Name] = true
			}
		}
	}
	for _, step := range slices.Sorted(maps.Values(model.Steps)) {
		if !functions[step] {
			t.Error(fmt.Sprint(step, " is no function of livekey"))
		}
	}
}
