package policy_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// An attack is a statement that is added to a good policy: it opens it, breaks it,
// makes it depend on something or does neither.
type attack struct {
	want, name, statement string
	source                []byte
	target                policy.Target
}

// attacks reads those of all files. Each line says what is wanted, what the
// statement is about, and the statement; each file has a policy to attack.
func attacks(t testing.TB) (all []attack) {
	t.Helper()
	kublr := policy.Target{Account: "111122223333", Regions: []string{"us-east-1"}, Kublr: "arn:aws:iam::111122223333:user/kublr"}
	narrow := kublr
	narrow.InstanceRoles = []string{"arn:aws:iam::111122223333:role/node"}
	trusting := kublr
	trusting.Trusted = []string{"444455556666", "arn:aws:iam::111122223333:user/backup"}
	named := `"ArnEquals":{"aws:PrincipalArn":["` + kublr.Kublr + `","` + narrow.InstanceRoles[0] + `","arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"]},`
	for _, one := range []struct {
		file, base string
		target     policy.Target
	}{
		{"keys", throughEC2, kublr}, // by facts of EC2's calls: what is there, is not, or may be
		{"policies", throughEC2, kublr},
		{"narrow", strings.Replace(throughEC2, `"Condition": {`, `"Condition": {`+named, 1), narrow},
		{"trusted", throughEC2, trusting},
	} {
		file, err := os.ReadFile("testdata/attacks/" + one.file + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(file)) {
			want, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
			name, statement, _ := strings.Cut(rest, "\t")
			source := strings.TrimSuffix(strings.TrimSpace(one.base), "]}") + "," + statement + "]}"
			all = append(all, attack{want, one.file + ": " + name, statement, []byte(source), one.target})
		}
	}
	return all
}

// told says in the words of an attack what a check came to.
func told(verdicts []policy.Verdict) string {
	var got []string
	for _, v := range verdicts {
		switch {
		case v.Unproved:
			got = append(got, "not proved: "+v.ID)
		case len(v.Depends) > 0:
			got = append(got, "depends")
		case v.IsWell():
		case v.Risk:
			got = append(got, v.ID)
		default:
			got = append(got, "breaks")
		}
	}
	slices.Sort(got)
	switch all := strings.Join(slices.Compact(got), " "); all {
	case "breaks depends":
		return "breaks"
	case "":
		return "works"
	default:
		return all
	}
}

func TestAttacks(t *testing.T) {
	all := attacks(t)
	for _, a := range all {
		if got := told(check(t, parse(t, a.source), a.target)); got != a.want {
			t.Errorf("%s: %s, want %s\n%s", a.name, got, a.want, a.statement)
		}
	}
	if len(all) < 150 {
		t.Errorf("only %d attacks", len(all))
	}
}

// TestRowsCount drops each row of the tables: an attack must then come to something
// else.
func TestRowsCount(t *testing.T) {
	all := attacks(t)
	for _, row := range policy.Rows() {
		putBack := row.Drop()
		if !slices.ContainsFunc(all, func(a attack) bool { return told(check(t, parse(t, a.source), a.target)) != a.want }) {
			t.Errorf("%s: no attack misses it", row.Name)
		}
		putBack()
	}
}

// TestAttacksCoverTables holds that each row of the tables is what an attack is about:
// each risk is opened, each condition key is asked for, and of each class an action is.
func TestAttacksCoverTables(t *testing.T) {
	all := attacks(t)
	for _, name := range policy.RiskNames() {
		if !slices.ContainsFunc(all, func(a attack) bool { return slices.Contains(strings.Fields(a.want), name) }) {
			t.Errorf("no attack opens %s", name)
		}
	}
	for _, key := range policy.KeyNames() {
		if !slices.ContainsFunc(all, func(a attack) bool { return strings.Contains(a.statement, `"`+key) }) {
			t.Errorf("no attack has a condition on %s", key)
		}
	}
	for class, actions := range policy.ActionNames() {
		isAttacked := slices.ContainsFunc(all, func(a attack) bool {
			return slices.ContainsFunc(actions, func(name string) bool { return strings.Contains(a.statement, `"`+name+`"`) })
		})
		if !isAttacked {
			t.Errorf("no attack is of class %s", class)
		}
	}
	for _, want := range []string{"works", "breaks", "depends"} {
		if n := len(slices.DeleteFunc(slices.Clone(all), func(a attack) bool { return a.want != want })); n < 10 {
			t.Errorf("only %d attacks of which %s is wanted", n, want)
		}
	}
}
