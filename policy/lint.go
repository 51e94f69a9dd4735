package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A linter looks for traps in a policy that KMS takes.
type linter struct {
	*report
	document *Document
	target   *Target
}

// Lint finds what a policy says and does not mean. The target may be the zero
// Target: then nothing is said of accounts, regions and redundant statements.
func Lint(d *Document, t Target) diag.Findings {
	l := &linter{newReport(d.source), d, &t}
	l.sids()
	if d.Version == "" {
		l.add(noVersion, nil, d.root.start, "there is no Version, so the policy is read as of 2008-10-17, in which variables are plain text", `write "Version": "2012-10-17"`)
	}
	for _, s := range d.Statements {
		l.principals(s)
		l.actions(s)
		l.everyone(s)
		for i := range s.conditions {
			l.condition(s, &s.conditions[i])
		}
	}
	l.redundant()
	l.findings.Sort()
	return l.findings
}

// on reports something about an element of a statement.
func (l *linter) on(s *Statement, code diag.Code, element, message, hint string) {
	at, where := s.node.start, s.Field
	for _, m := range s.node.members {
		if m.name == element {
			at, where = m.start, where.Key(element)
		}
	}
	l.add(code, where, at, message, hint)
}

func (l *linter) sids() {
	first := map[string]*Statement{}
	for _, s := range l.document.Statements {
		if other := first[s.Sid]; other != nil && s.Sid != "" {
			l.on(s, duplicateSid, "Sid", fmt.Sprintf("%s has this Sid too", other.Field), "give each statement its own; merging goes by Sid")
		} else {
			first[s.Sid] = s
		}
	}
}

func (l *linter) principals(s *Statement) {
	if s.notPrincipal && s.Allows {
		l.on(s, notPrincipalAllows, "NotPrincipal", "everyone but a few is allowed, in every account", "name who is allowed; AWS no longer supports NotPrincipal with Allow")
	}
	if l.hasOnlyRoot(s) && s.Allows && s.wantsEC2() {
		l.on(s, rootForAnyone, "Principal",
			"the account's root gives no one anything by itself: it leaves the decision to IAM policies, and service-linked roles such as Auto Scaling's have none for KMS",
			`write {"AWS": "*"}; the conditions keep other accounts and direct calls out`)
	}
	for _, p := range s.principals {
		l.principal(s, &p)
	}
}

func (l *linter) hasOnlyRoot(s *Statement) bool {
	for _, p := range s.principals {
		if p.kind != account || l.target.Account != "" && p.account != l.target.Account {
			return false
		}
	}
	return len(s.principals) > 0 && !s.notPrincipal
}

// wantsEC2 tells a statement for requests through EC2.
func (s *Statement) wantsEC2() bool {
	for i := range s.conditions {
		if c := &s.conditions[i]; c.folded == "kms:viaservice" && !c.negated && c.name != "Null" {
			for _, v := range c.values {
				if strings.HasPrefix(strings.ToLower(v.spelled), "ec2.") {
					return true
				}
			}
		}
	}
	return false
}

func (l *linter) principal(s *Statement, p *principal) {
	add := func(code diag.Code, message, hint string) {
		l.add(code, p.field, p.at, message, hint)
	}
	if p.partition != "" && l.target.Account != "" && p.partition != cmp.Or(l.target.Partition, "aws") {
		add(otherPartition, fmt.Sprintf("%s is of partition %s, and the key of %s", p.value, p.partition, cmp.Or(l.target.Partition, "aws")), "KMS takes principals of the key's own partition only")
		return
	}
	switch {
	case strings.Contains(p.value, ":assumed-role/"):
		add(sessionPrincipal, p.value+" is one session, which ends", "write the role's ARN: arn:PARTITION:iam::ACCOUNT:role/NAME")
	case p.kind == uniqueID:
		add(deletedPrincipal, p.value+" is the id of a user or role that was deleted, or of one that nothing here tells: no one who is known has what the statement says, and KMS refuses the policy when it is put back so",
			"name the user or role again, or remove the statement")
	case p.kind == service && s.Allows && (isService(p.value, "ec2") || isService(p.value, "autoscaling")):
		add(servicePrincipal, p.value+" never calls KMS for volumes: EC2 calls for whoever called EC2, such as Auto Scaling's service-linked role",
			`allow {"AWS": "*"} with conditions on kms:CallerAccount and kms:ViaService`)
	case p.kind == identity && p.name != "" && s.Allows:
		add(principalMustExist, fmt.Sprintf("KMS refuses the policy while role %s does not exist, and the role loses access when it is deleted and made again", p.name),
			"make it first: aws iam create-service-linked-role --aws-service-name "+linkedService(p.value)+customSuffix(p.name))
	case p.kind == identity && s.Allows && !s.notPrincipal && strings.Contains(p.value, ":iam:"):
		add(principalMustExist, fmt.Sprintf("KMS refuses the policy while %s does not exist, which loses access when it is deleted and made again", p.value),
			"make it first, or allow everyone with a condition on aws:PrincipalArn, which may name what does not exist yet")
	}
}

func isService(s, name string) bool {
	return strings.HasPrefix(s, name+".") && strings.Contains(s, ".amazonaws.com")
}

func linkedService(arn string) string {
	_, rest, _ := strings.Cut(arn, "/aws-service-role/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func customSuffix(role string) string {
	if _, suffix, ok := strings.Cut(role, "_"); ok {
		return " --custom-suffix " + suffix
	}
	return ""
}

func (l *linter) actions(s *Statement) {
	if s.notAction && s.Allows {
		l.on(s, notActionAllows, "NotAction", "everything but a few actions is allowed, and with it deleting the key and changing its policy", "list the actions that are needed")
	}
	for _, a := range s.actions {
		vendor, name, _ := strings.Cut(a.spelled, ":")
		switch {
		case a.spelled == "*" || matchesAny(a.text):
		case !strings.EqualFold(vendor, "kms"):
			l.add(foreignAction, a.field, a.at, a.spelled+" is no action of KMS, and a key policy decides no other", "remove it")
		default:
			hint := "correct its name"
			if near := nearestAction(name); near != "" {
				hint = "write " + near
			}
			l.add(unknownAction, a.field, a.at, a.spelled+" is no action of KMS", hint)
		}
	}
}

func matchesAny(text string) bool {
	for _, k := range actions {
		if matches(text, "kms:"+k.name, true) {
			return true
		}
	}
	return false
}

// nearestAction gives the action that was probably meant: the one beginning so,
// with a wildcard, or one that differs in two letters.
func nearestAction(name string) string {
	best, least := "", 3
	for _, k := range actions {
		if len(name) > 3 && len(k.name) >= len(name) && strings.EqualFold(k.name[:len(name)], name) {
			return "kms:" + k.name[:len(name)] + "*"
		}
		if d := distance(strings.ToLower(name), strings.ToLower(k.name)); d < least {
			best, least = "kms:"+k.name, d
		}
	}
	return best
}

// distance counts the letters to insert, remove or replace, at most 3 of them.
func distance(a, b string) int {
	if len(a)-len(b) > 2 || len(b)-len(a) > 2 || len(a) > 64 {
		return 3
	}
	return diag.Distance([]byte(a), []byte(b))
}

// everyone looks at what closes a statement for everyone.
func (l *linter) everyone(s *Statement) {
	open := slices.ContainsFunc(s.principals, func(p principal) bool { return p.kind == anyone })
	if !open || !s.Allows || s.notPrincipal {
		return
	}
	if !s.narrows("kms:calleraccount", "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths") {
		l.on(s, noCallerAccount, "Principal", `"*" is every principal of every account, and no condition says of which`, `add "StringEquals": {"kms:CallerAccount": "ACCOUNT"}`)
	}
	if !s.narrows("kms:viaservice", "aws:principalarn") && s.uses() {
		l.on(s, noViaService, "Principal", "every principal may use the key directly, without any service in between", `add "StringEquals": {"kms:ViaService": "ec2.REGION.amazonaws.com"}`)
	}
}

// narrows tells whether a condition on one of the keys must be met.
func (s *Statement) narrows(keys ...string) bool {
	for i := range s.conditions {
		c := &s.conditions[i]
		if slices.Contains(keys, c.folded) && !c.negated && !c.ifExists && c.set != allValues && c.name != "Null" {
			return true
		}
	}
	return false
}

// uses tells a statement about using the key for data.
func (s *Statement) uses() bool {
	for _, a := range []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:CreateGrant"} {
		if s.speaksOf(a) {
			return true
		}
	}
	return false
}

// redundant reports statements that decide something, and without which nothing
// is decided otherwise.
func (l *linter) redundant() {
	targets := []Target{*l.target}
	if problem(targets) != nil {
		return
	}
	whole := newProof(l.document, targets).capabilities()
	for i, s := range l.document.Statements {
		if !s.Allows || !decides(whole, s) {
			continue
		}
		rest := *l.document
		rest.Statements = slices.Delete(slices.Clone(rest.Statements), i, i+1)
		if without := newProof(&rest, targets).capabilities(); same(whole, without) {
			l.on(s, redundantStatement, "", "all that volumes need of this statement is allowed without it, by "+naming(instead(whole, without, s), nil), "keep it if it is there for something else, or if you mean to narrow the others")
		}
	}
}

func decides(verdicts []Verdict, s *Statement) bool {
	return slices.ContainsFunc(verdicts, func(v Verdict) bool { return slices.Contains(v.Statements, s) })
}

func same(a, b []Verdict) bool {
	return slices.EqualFunc(a, b, func(a, b Verdict) bool {
		return a.Allowed == b.Allowed && len(a.Wrong) == len(b.Wrong) && slices.Equal(a.Depends, b.Depends)
	})
}

// instead gives the statements that decide where s did.
func instead(whole, without []Verdict, s *Statement) []*Statement {
	var all []*Statement
	for i, v := range whole {
		if !slices.Contains(v.Statements, s) {
			continue
		}
		for _, other := range without[i].Statements {
			if !slices.Contains(all, other) {
				all = append(all, other)
			}
		}
	}
	return all
}
