package policy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A trial is a policy and a request that two evaluators are asked. Its JSON is
// what testdata/simulate/simulate.mjs reads.
type trial struct {
	Policy    json.RawMessage   `json:"policy"`
	Identity  []json.RawMessage `json:"identity"`
	Principal string            `json:"principal"`
	Action    string            `json:"action"`
	Key       string            `json:"key"`
	Context   map[string]any    `json:"context"`

	made string // how the policy was made
	role string
}

// A difference is one that is known, and why we answer as we do.
type difference struct {
	name, source string
	applies      func(t trial) bool
}

var differences = []difference{
	{
		"a variable inside an ARN", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html: " +
			"operators for ARNs take variables; iam-simulate cuts the value at the colon inside ${aws:PrincipalAccount}, and nothing matches",
		func(t trial) bool {
			return bytes.Contains(t.Policy, []byte("arn:aws:iam::${aws:PrincipalAccount}"))
		},
	},
	{
		"ForAnyValue with IfExists", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists: " +
			"added to any operator but Null, an absent key makes it true; iam-simulate lets ForAnyValue go first",
		func(t trial) bool {
			return t.Context["kms:EncryptionContextKeys"] == nil && bytes.Contains(t.Policy, []byte("IfExists"))
		},
	},
	{
		"all but some are denied", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html: " +
			"a Deny with NotPrincipal spares whose account, role and session are all named; to iam-simulate one of them is enough, the account's root too",
		func(t trial) bool { return bytes.Contains(t.Policy, []byte(`"NotPrincipal"`)) },
	},
	{
		"a variable in a policy of 2008", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html: " +
			"without Version 2012-10-17 a variable is plain text; iam-simulate resolves it",
		func(t trial) bool {
			return bytes.Contains(t.Policy, []byte("2008-10-17")) && bytes.Contains(t.Policy, []byte("${"))
		},
	},
	{
		"management from another account", "https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html: " +
			"these calls have no cross-account use; iam-simulate looks at policies only",
		func(t trial) bool {
			return t.Action == "kms:PutKeyPolicy" && strings.Contains(t.Principal, other)
		},
	},
	{
		"the root user of another account", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html: " +
			"root may do all that its account may, and takes no IAM policies; iam-simulate wants one",
		func(t trial) bool { return strings.HasSuffix(t.Principal, other+":root") },
	},
	{
		"the root user of the key's account", "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html: " +
			"the account principal stands for the account and its root user; iam-simulate wants an IAM policy",
		func(t trial) bool { return strings.HasSuffix(t.Principal, own+":root") },
	},
}

// iam-simulate, which shares no code and no author with us, decides thousands of
// requests as we do.
func TestIAMSimulateAgrees(t *testing.T) {
	trials := newMaker(20261125).trials(t, 8000)
	theirs, nanoseconds := simulate(t, trials)
	start := time.Now()
	decided := make([]policy.Decision, len(trials))
	documents, requests, identities := compile(t, trials)
	compiled := time.Since(start)
	for i := range trials {
		decided[i] = policy.Evaluate(documents[i], requests[i], identities[i]...)
	}
	start = time.Now()
	for i := range trials {
		policy.Evaluate(documents[i], requests[i], identities[i]...)
	}
	ours := time.Since(start)
	allowed, known := 0, map[string]int{}
	for i, trial := range trials {
		if decided[i].Allowed {
			allowed++
		}
		if answer(decided[i]) == theirs[i] {
			continue
		}
		if d := slices.IndexFunc(differences, func(d difference) bool { return d.applies(trial) }); d >= 0 {
			known[differences[d].name]++
			continue
		}
		line, _ := json.Marshal(trial)
		t.Errorf("%s: iam-simulate says %s, we say %s (%s)\n%s", trial.made, theirs[i], answer(decided[i]), decided[i], line)
	}
	for _, d := range differences {
		if known[d.name] == 0 {
			t.Errorf("the difference %q is listed, and did not show", d.name)
		}
	}
	n := time.Duration(len(trials))
	t.Logf("%d trials, %d allowed, %d known differences %v", len(trials), allowed, len(known), known)
	t.Logf("a decision takes us %v, and %v with its policies parsed; it takes iam-simulate %v", ours/n, (ours+compiled)/n, nanoseconds)
}

func answer(d policy.Decision) string {
	switch {
	case d.Allowed:
		return "Allowed"
	case d.Basis == policy.Denied:
		return "ExplicitlyDenied"
	}
	return "ImplicitlyDenied"
}

// simulate asks iam-simulate, in one run of node.
func simulate(t *testing.T, trials []trial) (answers []string, each time.Duration) {
	t.Helper()
	const dir = "testdata/simulate"
	if _, err := exec.LookPath("node"); err != nil {
		needs(t, "node")
	}
	if _, err := os.Stat(dir + "/node_modules/@cloud-copilot/iam-simulate"); err != nil {
		needs(t, "npm ci in policy/"+dir)
	}
	var in bytes.Buffer
	encoder := json.NewEncoder(&in)
	for _, trial := range trials {
		if err := encoder.Encode(trial); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("node", "simulate.mjs")
	command.Dir, command.Stdin = dir, &in
	out, err := command.Output()
	if err != nil {
		t.Fatalf("node simulate.mjs: %v", err)
	}
	answers = strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != len(trials)+1 {
		t.Fatalf("%d answers to %d trials", len(answers)-1, len(trials))
	}
	nanoseconds, err := strconv.Atoi(answers[len(trials)])
	if err != nil {
		t.Fatal(err)
	}
	return answers[:len(trials)], time.Duration(nanoseconds)
}

func needs(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("NEEDS: iam-simulate (%s)", what)
	}
	t.Skipf("NEEDS: iam-simulate (%s)", what)
}

func compile(t *testing.T, trials []trial) (documents []*policy.Document, requests []policy.Request, identities [][]*policy.Document) {
	t.Helper()
	for _, trial := range trials {
		documents = append(documents, parse(t, trial.Policy))
		var identity []*policy.Document
		for _, p := range trial.Identity {
			d, findings := policy.ParseIdentity(p)
			if d == nil {
				t.Fatalf("%v in %s", findings, p)
			}
			identity = append(identity, d)
		}
		identities = append(identities, identity)
		context := map[string][]string{}
		for key, value := range trial.Context {
			switch v := value.(type) {
			case string:
				context[key] = []string{v}
			case []string:
				context[key] = v
			}
		}
		requests = append(requests, policy.Request{Caller: trial.Principal, Role: trial.role, Action: trial.Action, Key: trial.Key, Context: context})
	}
	return documents, requests, identities
}

// A maker makes trials; the same ones for one seed.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 0))} }

func pick[T any](m maker, list ...T) T { return list[m.IntN(len(list))] }

func (m maker) chance(percent int) bool { return m.IntN(100) < percent }

// trials makes half of the policies from a grammar, half by mutating good ones.
func (m maker) trials(t *testing.T, n int) []trial {
	t.Helper()
	good := generate(t)
	var all []trial
	for round := 0; len(all) < n; round++ {
		made, source := "grammar", m.policy()
		region := pick(m, "us-east-1", "eu-west-1")
		if round%2 == 1 {
			g := pick(m, good...)
			region = pick(m, g.target.Regions...)
			made, source = m.mutate(t, g.source)
		}
		for range 4 {
			all = append(all, m.trial(made, source, region))
		}
	}
	return all[:n]
}

const (
	own   = "111122223333"
	other = "444455556666"
)

var callers = []struct{ principal, role string }{
	{"arn:aws:iam::" + own + ":user/kublr", ""},
	{"arn:aws:iam::" + own + ":user/team/alice", ""},
	{"arn:aws:sts::" + own + ":assumed-role/kublr-master/i-0123", "arn:aws:iam::" + own + ":role/kublr-master"},
	{"arn:aws:sts::" + own + ":assumed-role/nodes/i-0456", "arn:aws:iam::" + own + ":role/kublr/nodes"},
	{"arn:aws:sts::" + own + ":assumed-role/AWSServiceRoleForAutoScaling/AutoScaling", "arn:aws:iam::" + own + ":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"},
	{"arn:aws:sts::" + own + ":assumed-role/AWSServiceRoleForAutoScaling_kublr/AutoScaling", "arn:aws:iam::" + own + ":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_kublr"},
	{"arn:aws:iam::" + other + ":user/mallory", ""},
	{"arn:aws:sts::" + other + ":assumed-role/partner/session", "arn:aws:iam::" + other + ":role/partner"},
	{"logs.eu-west-1.amazonaws.com", ""},
	{"arn:aws:iam::" + own + ":root", ""},
	{"arn:aws:iam::" + other + ":root", ""},
}

var kmsActions = []string{"kms:CreateGrant", "kms:Decrypt", "kms:PutKeyPolicy", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:ListGrants"}

func (m maker) trial(made string, source []byte, region string) trial {
	who := pick(m, callers...)
	partition := "aws"
	switch {
	case strings.HasPrefix(region, "cn-"):
		partition = "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		partition = "aws-us-gov"
	}
	who.principal = strings.Replace(who.principal, "arn:aws:", "arn:"+partition+":", 1)
	who.role = strings.Replace(who.role, "arn:aws:", "arn:"+partition+":", 1)
	key := "arn:" + partition + ":kms:" + region + ":" + own + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	t := trial{Policy: source, Identity: m.identity(key), Principal: who.principal, role: who.role, Action: pick(m, kmsActions...), Key: key, made: made}
	t.Context = map[string]any{"aws:SecureTransport": "true", "aws:CurrentTime": "2026-11-25T10:00:00Z"}
	if part := strings.Split(who.principal, ":"); len(part) > 4 {
		t.Context["aws:PrincipalAccount"], t.Context["kms:CallerAccount"] = part[4], part[4]
		t.Context["aws:PrincipalArn"] = who.principal
		if who.role != "" {
			t.Context["aws:PrincipalArn"] = who.role
		}
		if name, isUser := strings.CutPrefix(part[5], "user/"); isUser {
			t.Context["aws:username"] = name
		}
	}
	if m.chance(75) {
		t.Context["kms:ViaService"] = "ec2." + region + ".amazonaws.com"
	}
	if t.Action == "kms:CreateGrant" || t.Action == "kms:ListGrants" {
		t.Context["kms:GrantIsForAWSResource"] = strconv.FormatBool(m.chance(70))
	}
	if m.chance(60) {
		t.Context["kms:EncryptionContext:aws:ebs:id"] = "vol-0123456789abcdef0"
		t.Context["kms:EncryptionContextKeys"] = pick(m, []string{"aws:ebs:id"}, []string{"aws:ebs:id", "team"}, []string{"team"})
	}
	if m.chance(30) {
		t.Context["aws:SourceIp"] = pick(m, "10.1.2.3", "192.0.2.7", "2001:db8::1")
	}
	if m.chance(30) {
		t.Context["aws:PrincipalTag/Team"] = pick(m, "blue", "Red", "vol-*")
	}
	if m.chance(30) {
		t.Context["kms:RotationPeriodInDays"] = pick(m, "90", "365")
	}
	return t
}

func (m maker) identity(key string) []json.RawMessage {
	write := func(statements ...string) []json.RawMessage {
		return []json.RawMessage{[]byte(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)}
	}
	allow := func(action, resource string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":%q}`, action, resource)
	}
	switch m.IntN(8) {
	case 0:
		return write(allow("*", "*"))
	case 1:
		return write(allow("kms:*", key))
	case 2:
		return write(allow("kms:*", "arn:*:kms:*:"+own+":key/*"))
	case 3:
		return write(allow("kms:*", "arn:aws:kms:us-west-2:"+own+":key/*"), allow("kms:Decrypt", key))
	case 4:
		return write(allow("*", "*"), `{"Effect":"Deny","NotAction":["kms:Decrypt","kms:Re*"],"Resource":"*"}`)
	case 5:
		return write(`{"Effect":"Allow","Action":"kms:*","NotResource":"arn:aws:kms:eu-*:*:key/*"}`)
	}
	return []json.RawMessage{}
}

// policy makes one from a grammar.
func (m maker) policy() []byte {
	var statements []any
	for range 1 + m.IntN(4) {
		s := map[string]any{"Effect": "Allow", "Resource": "*"}
		if m.chance(20) {
			s["Effect"] = "Deny"
		}
		element := "Principal"
		if s["Effect"] == "Deny" && m.chance(20) {
			element = "NotPrincipal"
		}
		s[element] = m.principal()
		if element = "Action"; m.chance(12) {
			element = "NotAction"
		}
		s[element] = m.action()
		if m.chance(75) {
			s["Condition"] = m.condition()
		}
		statements = append(statements, s)
	}
	var statement any = statements
	if len(statements) == 1 && m.chance(50) {
		statement = statements[0]
	}
	version := "2012-10-17"
	if m.chance(25) {
		version = "2008-10-17"
	}
	out, err := json.Marshal(map[string]any{"Version": version, "Statement": statement})
	if err != nil {
		panic(err)
	}
	return out
}

func (m maker) principal() any {
	root := "arn:aws:iam::" + own + ":root"
	one := func() string {
		who := pick(m, callers[:8]...)
		if who.role != "" && m.chance(70) {
			return who.role
		}
		return who.principal
	}
	switch m.IntN(9) {
	case 0:
		return "*"
	case 1, 2:
		return map[string]any{"AWS": "*"}
	case 3:
		return map[string]any{"AWS": pick(m, root, own)}
	case 4:
		return map[string]any{"AWS": []string{pick(m, "arn:aws:iam::"+other+":root", other), one()}}
	case 5:
		return map[string]any{"Service": "logs.eu-west-1.amazonaws.com", "AWS": one()}
	case 6:
		return map[string]any{"Federated": "cognito-identity.amazonaws.com", "AWS": []string{root, one()}}
	}
	return map[string]any{"AWS": []string{one(), one()}}
}

func (m maker) action() any {
	one := func() string {
		a := pick(m, kmsActions...)
		switch m.IntN(6) {
		case 0:
			return a[:6] + "*"
		case 1:
			return strings.Replace(a, "e", "?", 1)
		case 2:
			return "kms:" + strings.ToUpper(a[4:])
		}
		return a
	}
	switch m.IntN(5) {
	case 0:
		return pick(m, "kms:*", "*")
	case 1:
		return one()
	}
	return []string{one(), one(), one()}
}

// clauses are conditions as people write them, with the operators that fit.
var clauses = []struct {
	key       string
	operators []string
	values    []any
}{
	{"kms:ViaService", []string{"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals", "ForAllValues:StringLike"}, []any{"ec2.us-east-1.amazonaws.com", "ec2.eu-west-1.amazonaws.com", "EC2.us-east-1.amazonaws.com", "ec2.*.amazonaws.com", "*.amazonaws.com", "ec2.eu-west-?.amazonaws.com"}},
	{"kms:CallerAccount", []string{"StringEquals", "StringLike", "StringNotEquals", "NumericEquals"}, []any{own, other, "1111*"}},
	{"aws:PrincipalArn", []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringEquals", "StringLike"}, []any{"arn:aws:iam::" + own + ":user/kublr", "arn:aws:iam::" + own + ":role/*", "arn:aws:iam::*:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling*", "arn:*:iam::" + own + ":*/kublr*", "arn:aws:iam::" + own + ":role/kublr/nodes"}},
	{"AWS:principalarn", []string{"StringEquals", "ArnLike"}, []any{"arn:aws:iam::" + own + ":user/${aws:username}", "arn:aws:iam::${aws:PrincipalAccount}:user/kublr"}},
	{"kms:GrantIsForAWSResource", []string{"Bool", "BoolIfExists", "Null"}, []any{"true", "false", true, "True"}},
	{"kms:EncryptionContext:aws:ebs:id", []string{"StringLike", "StringNotLike", "StringEquals", "Null"}, []any{"vol-*", "vol-0123456789abcdef0", "${aws:PrincipalTag/Team, 'vol-0123456789abcdef0'}", "vol-${*}", "true"}},
	{"kms:EncryptionContextKeys", []string{"ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "ForAllValues:StringNotLike", "ForAnyValue:StringEqualsIfExists", "StringEquals", "StringNotEquals"}, []any{"aws:ebs:id", "team", "a*"}},
	{"aws:SourceIp", []string{"IpAddress", "NotIpAddress"}, []any{"10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"}},
	{"aws:CurrentTime", []string{"DateGreaterThan", "DateLessThan", "DateLessThanEquals", "DateEquals"}, []any{"2026-11-25T10:00:00Z", "2020-01-01T00:00:00Z", "2030-06-30T23:59:59Z"}},
	{"kms:RotationPeriodInDays", []string{"NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals", "NumericEquals"}, []any{"90", 365, "180"}},
	{"aws:PrincipalTag/Team", []string{"StringEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "Null"}, []any{"blue", "red", "b*", "false"}},
	{"aws:SourceAccount", []string{"StringEquals", "StringEqualsIfExists", "StringNotEquals", "Null"}, []any{own, "true"}},
	{"aws:SecureTransport", []string{"Bool"}, []any{"true", "false"}},
}

func (m maker) condition() map[string]map[string]any {
	all := map[string]map[string]any{}
	for range 1 + m.IntN(2) {
		c := pick(m, clauses...)
		operator := pick(m, c.operators...)
		switch {
		case m.chance(8) && !strings.HasSuffix(operator, "IfExists") && operator != "Null":
			operator += "IfExists"
		case m.chance(5):
			operator = strings.ToLower(operator[:1]) + operator[1:]
		}
		var value any = pick(m, c.values...)
		if m.chance(35) {
			value = []any{value, pick(m, c.values...)}
		}
		if all[operator] == nil {
			all[operator] = map[string]any{}
		}
		all[operator][c.key] = value
	}
	return all
}

// mutate makes one or two mistakes in a good policy.
func (m maker) mutate(t *testing.T, source []byte) (made string, out []byte) {
	t.Helper()
	text := string(source)
	var names []string
	for range 1 + m.IntN(2) {
		switch m.IntN(8) {
		case 0:
			names, text = append(names, "another region"), strings.Replace(text, pick(m, "us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"), "sa-east-1", 1+m.IntN(3))
		case 1:
			names, text = append(names, "another account"), strings.Replace(text, own, other, 1+m.IntN(4))
		case 2:
			names, text = append(names, "an operator's case"), strings.Replace(text, `"StringEquals"`, pick(m, `"stringEquals"`, `"STRINGEQUALS"`, `"StringEqualsIgnoreCase"`), 1)
		case 3:
			names, text = append(names, "a wildcard"), strings.Replace(text, "ec2.", pick(m, "*.", "ec*.", "ec?."), 1)
		case 4:
			names, text = append(names, "like for equals"), strings.Replace(strings.Replace(text, `"StringEquals"`, `"StringLike"`, 1), "ec2.", "*.", 1)
		case 5:
			deny := fmt.Sprintf(`"Statement": [{"Effect":"Deny","Principal":"*","Action":%q,"Resource":"*","Condition":{"StringNotEquals":{"kms:ViaService":"ec2.us-east-1.amazonaws.com"}}},`, pick(m, "kms:*", "kms:Decrypt", "kms:CreateGrant"))
			names, text = append(names, "a Deny"), strings.Replace(text, `"Statement": [`, deny, 1)
		case 6:
			names, text = append(names, "root for anyone"), strings.Replace(text, `"AWS": "*"`, `"AWS": "arn:aws:iam::`+own+`:root"`, 1)
		default:
			all := mutants(t, []byte(text))
			if len(all) > 0 {
				mutant := pick(m, all...)
				names, text = append(names, "without "+mutant.removed), string(mutant.source)
			}
		}
	}
	return strings.Join(names, ", "), []byte(text)
}

// TestIAMSimulateLetsWitnessesIn asks iam-simulate of every witness of who gets in,
// and Evaluate of random requests: whoever is allowed is found.
func TestIAMSimulateLetsWitnessesIn(t *testing.T) {
	m := newMaker(20261126)
	target := policy.Target{Account: own, Regions: []string{"us-east-1"}, Kublr: "arn:aws:iam::" + own + ":user/kublr"}
	var witnesses []trial
	var names []string
	for range 400 {
		source := m.policy()
		d := parse(t, source)
		for _, v := range check(t, d, target) {
			for _, w := range v.Wrong {
				if !v.Risk {
					continue
				}
				r := w.Request
				one := trialOf(source, r)
				one.made = v.ID
				witnesses, names = append(witnesses, one), append(names, v.ID+": "+r.String())
			}
		}
	}
	theirs, _ := simulate(t, witnesses)
	known := 0
	for i, answer := range theirs {
		switch w := witnesses[i]; {
		case answer == "Allowed":
		case slices.ContainsFunc(differences, func(d difference) bool { return d.applies(w) }):
			known++
		default:
			t.Errorf("%s: iam-simulate says %s in\n%s", names[i], answer, w.Policy)
		}
	}
	t.Logf("%d witnesses, %d known differences", len(witnesses), known)
}

// TestNoRowsSurvive asks of each risk that is said not to be there 200 random requests
// of its class: Evaluate allows none, and of some policies iam-simulate neither.
func TestNoRowsSurvive(t *testing.T) {
	m := newMaker(20261127)
	target := policy.Target{Account: own, Regions: []string{"us-east-1"}, Kublr: "arn:aws:iam::" + own + ":user/kublr", Trusted: []string{"555566667777"}}
	var asked []trial
	var names []string
	total := map[string]int{}
	isEnough := func() bool {
		return !slices.ContainsFunc(slices.Collect(maps.Values(total)), func(n int) bool { return n < 200 })
	}
	for n := 0; n < 12 || n < 100 && !isEnough(); n++ { // some risks have callers in few policies
		source := m.policy()
		d := parse(t, source)
		sampler := policy.NewSampler(m.Rand, d, target)
		for _, v := range check(t, d, target) {
			if !v.Risk || v.Allowed || v.Unproved {
				continue
			}
			for made, tries := 0, 0; made < 200 && tries < 2000; tries++ {
				r, ok := sampler.Request(v.ID)
				if !ok {
					continue
				}
				made++
				total[v.ID]++
				one := trialOf(source, r)
				got := policy.Evaluate(d, r, identityOf(t, one)...)
				if got.Allowed && v.ID == "principal-not-named" {
					anyone := r
					anyone.Caller, anyone.Role = "arn:aws:iam::"+own+":user/nobody-ever-was-called-so", ""
					if policy.Evaluate(d, anyone).Allowed {
						continue // it is told of anyone
					}
				}
				if got.Allowed {
					t.Fatalf("%s is said not to be, and %s is %s in\n%s", v.ID, r, got, source)
				}
				if n < 2 {
					asked, names = append(asked, one), append(names, v.ID+": "+r.String())
				}
			}
		}
	}
	for id, n := range total {
		if n < 200 {
			t.Errorf("%s: only %d requests", id, n)
		}
	}
	if len(total) < 12 {
		t.Errorf("only %d risks are asked about: %v", len(total), total)
	}
	theirs, _ := simulate(t, asked)
	for i, answer := range theirs {
		if one := asked[i]; answer == "Allowed" && !slices.ContainsFunc(differences, func(d difference) bool { return d.applies(one) }) {
			t.Errorf("%s: iam-simulate allows it in\n%s", names[i], one.Policy)
		}
	}
	t.Logf("%d requests of iam-simulate", len(asked))
}

// trialOf gives a request as iam-simulate takes it. Other accounts allow their own
// all.
func trialOf(source []byte, r policy.Request) trial {
	one := trial{Policy: source, Identity: []json.RawMessage{}, Principal: r.Caller, role: r.Role, Action: r.Action, Key: r.Key, Context: map[string]any{}}
	if account := accountOf(r.Caller); account != own && account != "" {
		one.Identity = append(one.Identity, json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`))
	}
	for key, values := range r.Context {
		if one.Context[key] = any(values); len(values) == 1 && !strings.EqualFold(key, "kms:EncryptionContextKeys") {
			one.Context[key] = values[0]
		}
	}
	if account := accountOf(r.Caller); account != "" {
		one.Context["aws:PrincipalAccount"], one.Context["kms:CallerAccount"], one.Context["aws:PrincipalArn"] = account, account, r.Caller
		if r.Role != "" {
			one.Context["aws:PrincipalArn"] = r.Role
		}
		if _, user, ok := strings.Cut(r.Caller, "::"+account+":user/"); ok { // which Evaluate takes from the caller
			one.Context["aws:username"] = user[strings.LastIndexByte(user, '/')+1:]
		}
	}
	return one
}

// identityOf reads the IAM policies of a trial.
func identityOf(t *testing.T, one trial) (all []*policy.Document) {
	for _, text := range one.Identity {
		d, findings := policy.ParseIdentity(text)
		if d == nil {
			t.Fatal(findings)
		}
		all = append(all, d)
	}
	return all
}

func accountOf(arn string) string {
	if part := strings.Split(arn, ":"); len(part) > 4 {
		return part[4]
	}
	return ""
}
