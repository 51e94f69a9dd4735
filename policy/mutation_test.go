package policy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A mutant is a policy with one element taken out.
type mutant struct {
	removed string // the element, such as "EBS: Action kms:Encrypt"
	source  []byte
}

// mutants takes out, one at a time, each statement, and each action, principal,
// condition and value of a condition that stands beside others.
func mutants(t testing.TB, source []byte) []mutant {
	t.Helper()
	var all []mutant
	decode := func() (document map[string]any, statements []any) {
		if err := json.Unmarshal(source, &document); err != nil {
			t.Fatal(err)
		}
		return document, document["Statement"].([]any)
	}
	add := func(d map[string]any, removed string) {
		out, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, mutant{removed, out})
	}
	_, statements := decode()
	for i := range statements {
		sid, _ := statements[i].(map[string]any)["Sid"].(string)
		d, s := decode()
		d["Statement"] = slices.Delete(s, i, i+1)
		add(d, sid)
		for j, a := range items(statements[i].(map[string]any)["Action"]) {
			d, s := decode()
			if without(s[i].(map[string]any), "Action", j) {
				add(d, fmt.Sprintf("%s: Action %v", sid, a))
			}
		}
		principals, _ := statements[i].(map[string]any)["Principal"].(map[string]any)
		for j, p := range items(principals["AWS"]) {
			d, s := decode()
			if without(s[i].(map[string]any)["Principal"].(map[string]any), "AWS", j) {
				add(d, fmt.Sprintf("%s: Principal %v", sid, p))
			}
		}
		conditions, _ := statements[i].(map[string]any)["Condition"].(map[string]any)
		for _, operator := range slices.Sorted(maps.Keys(conditions)) {
			keys := conditions[operator].(map[string]any)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				d, s := decode()
				c := s[i].(map[string]any)["Condition"].(map[string]any)
				if delete(c[operator].(map[string]any), key); len(c[operator].(map[string]any)) == 0 {
					delete(c, operator)
				}
				add(d, sid+": Condition "+key)
				for j, v := range items(keys[key]) {
					d, s := decode()
					if without(s[i].(map[string]any)["Condition"].(map[string]any)[operator].(map[string]any), key, j) {
						add(d, fmt.Sprintf("%s: Condition %s %v", sid, key, v))
					}
				}
			}
		}
	}
	return all
}

func items(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return nil
}

// without takes an item out of a list; a list is never left empty.
func without(o map[string]any, name string, i int) bool {
	l := items(o[name])
	if len(l) < 2 {
		return false
	}
	o[name] = slices.Delete(slices.Clone(l), i, i+1)
	return true
}

// redundant lists what may be taken out of what our library writes without any
// capability lost or risk opened, and why it is there all the same. An entry
// stands for all elements that begin with it.
var redundant = []struct{ form, element, reason string }{
	{"standard", "Allow use of the key by ", "the statement for all principals through EBS covers it; it decides once that one is narrowed or dropped"},
	{"standard", "Allow attachment of persistent resources by ", "the statement for all principals through EBS covers it; it decides once that one is narrowed or dropped"},
	{"standard", throughEBS + ": Action kms:Encrypt", "it stands in the statement as AWS prints it, and not in AWS's list of what EBS asks for"},
	{"standard", throughEBS + ": Condition kms:CallerAccount", "beside aws:PrincipalArn the ARNs name the account; the check is red without it where no instance roles are named"},
	{"standard", throughEBS + ": Condition aws:PrincipalArn arn:", "Kublr, Auto Scaling and Spot are named in statements of their own too; it is red without an instance role"},
	{"standard", "Allow administration of the key: Principal ", "each of the administrators is enough"},
	{"minimal", "Allow administration of the key: Principal ", "each of the administrators is enough"},
	{"minimal", "Allow EC2 to hold grants for volumes: Condition kms:GrantIsForAWSResource", "what EC2 grants is for an AWS resource; AWS advises both, and either holds if the other is lost"},
	{"minimal", "Allow EC2 to hold grants for volumes: Condition kms:CallerAccount", "beside aws:PrincipalArn the ARNs name the account; the check is red without it where no instance roles are named"},
	{"minimal", "Allow EC2 to hold grants for volumes: Condition kms:ViaService", "beside aws:PrincipalArn and kms:GrantIsForAWSResource it keeps other services of the named roles out"},
	{"minimal", "Allow use of the key for volumes through EC2: Condition kms:CallerAccount", "beside aws:PrincipalArn the ARNs name the account; the check is red without it where no instance roles are named"},
	{"minimal", "Allow use of the key for volumes through EC2: Condition kms:ViaService", "beside aws:PrincipalArn it keeps the named roles from calling KMS themselves; the check is red without it where no instance roles are named"},
}

const throughEBS = "Allow access through EBS for all principals in the account that are authorized to use EBS"

// whereNamed tells an entry that is redundant only where instance roles are
// named, which adds aws:PrincipalArn.
func whereNamed(reason string) bool { return strings.HasPrefix(reason, "beside aws:PrincipalArn") }

// Whatever is taken out of a generated policy, the check turns red.
func TestMutantsAreFound(t *testing.T) {
	found, excused := 0, map[string]int{}
	for _, g := range generate(t) {
		for _, m := range mutants(t, g.source) {
			if !isWell(check(t, parse(t, m.source), g.target)) {
				found++
				continue
			}
			i := slices.IndexFunc(redundant, func(r struct{ form, element, reason string }) bool {
				return r.form == g.form && strings.HasPrefix(m.removed, r.element) && (len(g.target.InstanceRoles) > 0 || !whereNamed(r.reason))
			})
			if i < 0 {
				t.Errorf("%s: nothing turned red without %s", g.name, m.removed)
				continue
			}
			excused[redundant[i].form+": "+redundant[i].element]++
		}
	}
	for _, r := range redundant {
		if excused[r.form+": "+r.element] == 0 {
			t.Errorf("%s: %s is listed as redundant, and is not", r.form, r.element)
		}
	}
	t.Logf("%d mutants found, %d listed as redundant", found, len(excused))
}

func isWell(verdicts []policy.Verdict) bool {
	return !slices.ContainsFunc(verdicts, func(v policy.Verdict) bool { return !v.IsWell() })
}
