package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// Traps in conditions. A condition that can never be met makes an Allow give
// nothing, and a Deny keep nothing out.

func (l *linter) condition(s *Statement, c *condition) {
	known := findKey(c.key)
	l.key(c, known)
	l.requests(s, c, known)
	l.network(s, c)
	if !s.Allows && c.folded == "aws:multifactorauthpresent" && c.name == "Bool" && !s.narrows("aws:principalarn", "aws:principaltype") && slices.ContainsFunc(c.values, func(v value) bool { return strings.EqualFold(v.spelled, "false") }) {
		l.at(c, mfaOfRoles, c.key+" is false for instance roles and service-linked roles, so it denies them", `add "ArnLike": {"aws:PrincipalArn": "arn:PARTITION:iam::ACCOUNT:user/*"}`)
	}
	l.set(s, c)
	for i := range c.values {
		if !l.value(c, &c.values[i]) {
			continue
		}
		switch c.folded {
		case "kms:calleraccount", "aws:principalaccount":
			l.account(c, c.values[i].spelled)
		case "kms:viaservice":
			l.viaService(c, c.values[i].spelled)
		}
	}
	if c.folded == "kms:viaservice" {
		l.region(c)
	}
}

func (l *linter) at(c *condition, code diag.Code, message, hint string) {
	l.add(code, c.field, c.at, message, hint)
}

func (l *linter) key(c *condition, known *conditionKey) {
	vendor, _, hasColon := strings.Cut(c.folded, ":")
	if known != nil || hasColon && vendor != "kms" && vendor != "aws" {
		return
	}
	hint := "correct its name"
	for _, list := range [][]conditionKey{kmsKeys, globalKeys} {
		for _, k := range list {
			_, name, _ := strings.Cut(strings.ToLower(k.name), ":")
			if distance(c.folded, strings.ToLower(k.name)) < 3 || c.folded == name {
				hint = "write " + k.name
			}
		}
	}
	l.at(c, unknownKey, c.key+" is no condition key of KMS, and absent from every request", hint)
}

// mustBeMet tells a condition that fails where its key is absent.
func (c *condition) mustBeMet() bool {
	return !c.negated && !c.ifExists && c.set != allValues && c.name != "Null"
}

// requests compares a key with the requests that have it.
func (l *linter) requests(s *Statement, c *condition, known *conditionKey) {
	if known == nil || !c.mustBeMet() || !s.Allows {
		return
	}
	switch {
	case known.grants && s.speaksOf("kms:Decrypt"):
		l.at(c, grantKey, c.key+" is only in requests about grants, so the statement never allows kms:Decrypt and the like", "give kms:CreateGrant a statement of its own")
	case known.crypto && s.speaksOf("kms:DescribeKey") && s.speaksOf("kms:Decrypt"):
		l.at(c, noEncryptionContext, "a request of kms:DescribeKey has no encryption context, so the statement never allows it", "give kms:DescribeKey a statement of its own")
	}
	switch c.folded {
	case "aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths":
		if !slices.ContainsFunc(s.principals, func(p principal) bool { return p.kind == service }) {
			l.at(c, absentKey, c.key+" is there only when a service calls for itself, and EC2 calls for whoever called it: the statement allows nothing", "write kms:CallerAccount")
		}
	}
}

// network finds conditions on where a request comes from.
func (l *linter) network(s *Statement, c *condition) {
	switch c.folded {
	case "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourcevpcarn":
	default:
		return
	}
	if c.name == "Null" || c.ifExists && s.Allows {
		return
	}
	guarded := s.narrows("aws:viaawsservice", "aws:principalarn")
	if s.Allows && c.mustBeMet() && (s.wantsEC2() || !s.narrows("kms:viaservice")) || !s.Allows && c.negated && !guarded {
		l.at(c, networkKey, c.key+" is of EC2's own network in what EC2 calls for you, so volumes do not get through", `leave it out, or put it into a Deny with "Bool": {"aws:ViaAWSService": "false"}`)
	}
}

func (l *linter) set(s *Statement, c *condition) {
	switch {
	case c.many && c.set == oneValue && c.name != "Null":
		l.at(c, setOperatorMissing, c.key+" is a list, and "+c.name+" compares one value: it is never met", "write ForAnyValue:"+c.name+" or ForAllValues:"+c.name)
	case c.set == allValues && s.Allows && !slices.ContainsFunc(s.conditions, func(o condition) bool { return o.name == "Null" && o.folded == c.folded }):
		l.at(c, forAllValues, "ForAllValues is met by every request that lacks "+c.key, `add "Null": {"`+c.key+`": "false"}`)
	}
	if len(c.values) == 0 {
		l.at(c, badValue, "there is no value, so the condition is never met", "give a value, or remove it")
	}
}

// value tells whether the value is one that the operator can meet.
func (l *linter) value(c *condition, v *value) bool {
	plain := strings.NewReplacer("${*}", "", "${?}", "").Replace(v.spelled)
	switch {
	case strings.Contains(v.spelled, "${") && l.document.Version != "2012-10-17":
		l.at(c, variablesNeedVersion, v.spelled+" is plain text in a policy of this version", `write "Version": "2012-10-17"`)
	case v.pattern.parts != nil:
		return false
	case c.valid != nil && !c.valid(v.spelled):
		l.at(c, badValue, shown(v.spelled)+" is nothing that "+c.name+" compares, so it is never met", "correct the value, or use another operator")
	case !c.wildcards && strings.HasPrefix(c.name, "String") && strings.ContainsAny(plain, "*?"):
		l.at(c, wildcardInEquals, c.name+" takes "+shown(v.spelled)+" as it stands, and * is no wildcard", "write "+strings.Replace(strings.Replace(c.name, "IgnoreCase", "", 1), "Equals", "Like", 1))
	case c.folded == "aws:principalarn" && strings.Contains(v.spelled, ":assumed-role/"):
		l.at(c, sessionARN, "aws:PrincipalArn of a session is the ARN of its role, never "+v.spelled, "write arn:PARTITION:iam::ACCOUNT:role/PATH/NAME")
	default:
		return true
	}
	return false
}

func (l *linter) account(c *condition, s string) {
	if c.wildcards || c.negated || c.name == "Null" {
		return
	}
	if !isAccount(s) {
		l.at(c, badCallerAccount, shown(s)+" is no account, so the condition is never met", "write its twelve digits, in quotes and with leading zeros")
	} else if l.target.Account != "" && s != l.target.Account && !slices.ContainsFunc(c.values, func(v value) bool { return v.spelled == l.target.Account }) {
		l.at(c, badCallerAccount, fmt.Sprintf("the statement is for account %s, and the cluster is in %s", s, l.target.Account), "write "+l.target.Account)
	}
}

// viaService checks the form SERVICE.REGION.amazonaws.com.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func (l *linter) viaService(c *condition, s string) {
	const suffix = ".amazonaws.com"
	name := strings.TrimSuffix(s, suffix)
	service, region, hasRegion := strings.Cut(name, ".")
	switch {
	case c.name == "Null":
	case strings.HasSuffix(s, suffix+".cn"):
		l.at(c, viaServiceChina, "kms:ViaService ends in .amazonaws.com in China too, so "+shown(s)+" never matches", "write "+strings.TrimSuffix(s, ".cn"))
	case c.wildcards && strings.ContainsAny(s, "*?"):
	case name == s:
		l.at(c, badViaService, shown(s)+" is no service: kms:ViaService ends in .amazonaws.com", "write ec2.REGION.amazonaws.com")
	case !hasRegion:
		l.at(c, badViaService, shown(s)+" names no region, so it never matches", "write "+service+".REGION.amazonaws.com")
	case service == "ebs" || service == "autoscaling" || service == "spot":
		l.at(c, badViaService, service+" does not call KMS for volumes, EC2 does", "write ec2."+region+".amazonaws.com")
	case s != strings.ToLower(s) && !strings.Contains(c.name, "IgnoreCase"):
		l.at(c, badViaService, shown(s)+" never matches: kms:ViaService is in lower case", "write "+strings.ToLower(s))
	}
}

// region compares EC2's regions in kms:ViaService with those of the key.
func (l *linter) region(c *condition) {
	if len(l.target.Regions) == 0 || c.negated || c.name == "Null" {
		return
	}
	var regions []string
	for _, v := range c.values {
		name, found := strings.CutPrefix(v.spelled, "ec2.")
		region, ok := strings.CutSuffix(name, ".amazonaws.com")
		if !found || !ok || strings.ContainsAny(region, "*?$.") {
			return
		}
		if slices.Contains(l.target.Regions, region) {
			return
		}
		regions = append(regions, region)
	}
	if len(regions) > 0 {
		l.at(c, viaServiceRegion, fmt.Sprintf("EC2 in %s never uses a key in %s", listed(regions, " or "), listed(l.target.Regions, " or ")), "write ec2."+cmp.Or(l.target.Regions[0], "REGION")+".amazonaws.com")
	}
}
