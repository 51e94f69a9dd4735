package policy

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A small world, of which every request can be asked: what policies in it name, and
// of each class of what they do not name one.
var (
	smallCallers = []Request{
		{Caller: "arn:aws:iam::111122223333:user/kublr"},
		{Caller: "arn:aws:iam::111122223333:user/bob"},
		{Caller: "arn:aws:iam::111122223333:user/" + nobody},
		{Caller: "arn:aws:sts::111122223333:assumed-role/node/session", Role: "arn:aws:iam::111122223333:role/node"},
		{Caller: "arn:aws:sts::111122223333:assumed-role/" + nobody + "/session", Role: "arn:aws:iam::111122223333:role/" + nobody},
		{Caller: "arn:aws:iam::444455556666:user/bob"},
		{Caller: "arn:aws:iam::444455556666:user/" + nobody},
		{Caller: "arn:aws:sts::444455556666:assumed-role/node/session", Role: "arn:aws:iam::444455556666:role/node"},
		{Caller: "arn:aws:iam::999999999999:user/" + nobody},
		{Caller: "arn:aws:sts::999999999999:assumed-role/node/session", Role: "arn:aws:iam::999999999999:role/node"},
		{Caller: "arn:aws:iam::111122223333:root"},
		{Caller: "arn:aws:iam::444455556666:root"},
		{Caller: "arn:aws:iam::999999999999:root"},
		{Caller: "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/session", Role: "arn:aws:iam::111122223333:" + autoScalingRole},
		{Caller: "arn:aws:sts::111122223333:federated-user/" + nobody},
		{Caller: "arn:aws:sts::444455556666:federated-user/" + nobody},
		{Caller: "arn:aws:sts::999999999999:federated-user/" + nobody},
		// In a path colons may stand, which a wildcard of StringLike spans.
		{Caller: "arn:aws:sts::111122223333:assumed-role/node/session", Role: "arn:aws:iam::111122223333:role/x:role/node"},
		{Caller: "arn:aws:sts::444455556666:assumed-role/node/session", Role: "arn:aws:iam::444455556666:role/x:role/node"},
		{Caller: "arn:aws:sts::999999999999:assumed-role/node/session", Role: "arn:aws:iam::999999999999:role/x:role/node"},
		{Caller: "logs.amazonaws.com"},
		{Caller: "any-other.amazonaws.com"},
	}
	smallActions = []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:PutKeyPolicy", "kms:DescribeKey"}
	smallKeys    = map[string][][]string{
		"aws:PrincipalTag/t": {nil, {"a"}, {"ab"}, {"ax"}, {"x"}, {""}, {"a*"}, {"*"}, {"AB"}, {"aB"}},
		"kms:RequestAlias":   {nil, {"a"}, {"ab"}, {"ax"}, {"x"}, {""}, {"a*"}, {"*"}, {"AB"}, {"aB"}},
		"aws:TagKeys":        {nil, {"a"}, {"ab"}, {"x"}, {"a", "ab"}, {"a", "x"}, {"ab", "x"}, {"a", "ab", "x"}},
	}
	smallServices = []string{"", "ec2.us-east-1.amazonaws.com", "rds.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com"}
)

type small struct{ *rand.Rand }

func anyOf[T any](r small, all ...T) T { return all[r.IntN(len(all))] }

func (r small) policy() []byte {
	var statements []any
	key := anyOf(r, "kms:RequestAlias", "aws:TagKeys")
	for range 1 + r.IntN(3) {
		s := map[string]any{"Effect": anyOf(r, "Allow", "Allow", "Deny"), "Resource": "*"}
		element := "Principal"
		if s["Effect"] == "Deny" && r.IntN(8) == 0 {
			element = "NotPrincipal"
		}
		s[element] = anyOf[any](r, "*", "*", map[string]any{"AWS": "*"}, map[string]any{"AWS": anyOf(r, "111122223333", "444455556666", "arn:aws:iam::111122223333:user/bob", "arn:aws:iam::444455556666:role/node")},
			map[string]any{"AWS": []string{"arn:aws:iam::111122223333:user/kublr", "arn:aws:iam::111122223333:role/node"}}, map[string]any{"Service": "logs.amazonaws.com"})
		element = "Action"
		if r.IntN(8) == 0 {
			element = "NotAction"
		}
		s[element] = anyOf[any](r, "kms:*", anyOf(r, smallActions...), []string{anyOf(r, smallActions...), anyOf(r, smallActions...)})
		if c := r.condition(key); len(c) > 0 {
			s["Condition"] = c
		}
		statements = append(statements, s)
	}
	out, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err)
	}
	return out
}

func (r small) condition(key string) map[string]map[string]any {
	all := map[string]map[string]any{}
	put := func(operator, key string, value any) {
		if all[operator] == nil {
			all[operator] = map[string]any{}
		}
		all[operator][key] = value
	}
	value := func() any {
		if r.IntN(3) == 0 {
			return []string{anyOf(r, "a", "ab"), anyOf(r, "a*", "x")}
		}
		return anyOf(r, "a", "ab", "a*", "*")
	}
	for range r.IntN(3) {
		switch r.IntN(7) {
		case 6:
			put("StringEqualsIgnoreCase", "aws:PrincipalTag/t", "ab")
		case 0, 1:
			put(anyOf(r, "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists"), anyOf(r, "aws:PrincipalTag/t", strings.Replace(key, "aws:TagKeys", "aws:PrincipalTag/t", 1)), value())
		case 2:
			if key != "aws:TagKeys" {
				continue
			}
			put(anyOf(r, "ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringNotEquals", "ForAllValues:StringNotLike"), key, anyOf[any](r, "a", "ab", []string{"a", "ab"}))
		case 3:
			put("Null", anyOf(r, "aws:PrincipalTag/t", key), anyOf(r, "true", "false"))
		case 4:
			put(anyOf(r, "StringEquals", "StringNotEquals", "StringLike"), anyOf(r, "kms:CallerAccount", "aws:PrincipalAccount"), anyOf[any](r, "111122223333", "444455556666", []string{"111122223333", "444455556666"}))
		default:
			if r.IntN(2) == 0 {
				put(anyOf(r, "StringEquals", "StringLike", "StringNotEquals", "StringNotLike"), "kms:ViaService", anyOf(r, "ec2.us-east-1.amazonaws.com", "*.amazonaws.com", "rds.us-east-1.amazonaws.com"))
			} else {
				put(anyOf(r, "ArnEquals", "ArnLike", "ArnNotLike", "StringLike"), "aws:PrincipalArn", anyOf(r, "arn:aws:iam::111122223333:user/bob", "arn:aws:iam::*:role/node", "arn:aws:iam::111122223333:*"))
			}
		}
	}
	return all
}

var policiesOfWorld = flag.Int("policies", 400, "how many policies TestEveryRequest makes")

// TestEveryRequest holds the proof against all requests of the small world: what is
// found is there, and what is there is found, for every party, way and class.
func TestEveryRequest(t *testing.T) {
	target := Target{Account: "111122223333", Regions: []string{"us-east-1"}, Kublr: "arn:aws:iam::111122223333:user/kublr"}
	const parts = 4
	for part := range parts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			r := small{rand.New(rand.NewPCG(20261125, uint64(part)))}
			in, unproven := 0, 0
			for range *policiesOfWorld / parts {
				source := r.policy()
				d, findings := Parse(source)
				if d == nil {
					t.Fatal(findings, string(source))
				}
				p := newProof(d, []Target{target})
				there, all := computed(t, p), enumerated(p)
				for id, got := range there {
					switch {
					case got == unproved:
						unproven++
						if !strings.Contains(string(source), "NotPrincipal") { // of which AWS's text leaves something open
							t.Fatalf("%s: not proved in\n%s", id, source)
						}
					case (got == found) != all[id]:
						t.Fatalf("%s: found %v, there %v in\n%s", id, got == found, all[id], source)
					}
				}
				in += len(all)
			}
			t.Logf("%d let in, %d not proved", in, unproven)
		})
	}
}

func idOf(kind kindOfParty, how way, action string) string {
	return fmt.Sprintf("party %b way %d %s", kind, how, action)
}

// computed gives what the proof finds of the five actions, by party and way.
func computed(t *testing.T, p *proof) map[string]result {
	t.Helper()
	cells, whole := p.cells()
	if !whole {
		t.Fatal("the callers are not whole")
	}
	there := map[string]result{}
	for i := range cells {
		c := &cells[i]
		_, r, got := p.admits(c)
		if got == found && r.Action != c.actions[0] {
			t.Fatalf("the witness is for %s, not %s", r.Action, c.actions[0])
		}
		for _, action := range c.actions {
			if slices.Contains(smallActions, action) {
				id := idOf(c.kind, c.how, action)
				if there[id] != found {
					there[id] = max(there[id], got)
				}
				if got == found {
					there[id] = found
				}
			}
		}
	}
	return there
}

// enumerated gives what Evaluate allows of all requests.
func enumerated(p *proof) map[string]bool {
	const key = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000"
	contexts := []map[string][]string{{}}
	for name, values := range smallKeys {
		if !strings.Contains(string(p.document.source), name) {
			continue
		}
		var more []map[string][]string
		for _, c := range contexts {
			for _, v := range values {
				with := map[string][]string{name: v}
				for k, v := range c {
					with[k] = v
				}
				if v == nil {
					delete(with, name)
				}
				more = append(more, with)
			}
		}
		contexts = more
	}
	all := map[string]bool{}
	for _, r := range smallCallers {
		r.Key = key
		c := newCaller(&r)
		kind, identity := services, []*Document(nil)
		if c.account != "" {
			kind = p.kindOf(c.arn)
		}
		if c.isForeign() {
			identity = allowAll
		}
		for _, via := range smallServices {
			how := directly
			switch {
			case c.account == "" && via != "":
				continue
			case c.account == "":
				how = itself
			case strings.HasPrefix(via, "ec2"):
				how = throughEC2
			case via != "":
				how = throughOther
			}
			for _, r.Action = range smallActions {
				id := idOf(kind, how, r.Action)
				for _, context := range contexts {
					if all[id] {
						break
					}
					if c.account == "" && context["aws:PrincipalTag/t"] != nil {
						continue // a service has no tags
					}
					r.Context = context
					if delete(context, "kms:ViaService"); via != "" {
						context["kms:ViaService"] = []string{via}
					}
					if Evaluate(p.document, r, identity...).Allowed {
						all[id] = true
					}
				}
			}
		}
	}
	return all
}
