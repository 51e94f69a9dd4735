package policy

import (
	"regexp"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A principal is one entry of a Principal or NotPrincipal element.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
type principal struct {
	kind      principalKind
	value     string // as it stands; an account's as its twelve digits
	account   string // of an account, user, role or session
	partition string // of an ARN
	name      string // of a service-linked role
	at        int
	field     diag.Field
}

type principalKind uint8

const (
	anyone        principalKind = iota // "*"
	account                            // delegates to the account's IAM
	identity                           // a user, role or session
	uniqueID                           // what AWS leaves in place of a deleted identity
	service                            // acts for itself
	federated                          // an identity provider
	canonicalUser                      // S3's name of an account
)

// newPrincipal reads what stands under AWS. what tells, where it is wrong, why.
func newPrincipal(s string) (p principal, code *diag.Code, what string) {
	p.value = s
	switch part := strings.SplitN(s, ":", 6); {
	case s == "*":
		p.kind = anyone
	case isAccount(s):
		p.kind, p.account = account, s
	case strings.ContainsAny(s, "*?"):
		return p, &principalWildcard, "a wildcard inside a principal: KMS takes \"*\" alone, or a whole ARN"
	case isUniqueID(s):
		p.kind = uniqueID
	case len(part) != 6 || part[0] != "arn" || !strings.HasPrefix(part[1], "aws") || part[3] != "" || !isAccount(part[4]):
		return p, &badPrincipal, "not an account, an ARN of IAM or STS, or \"*\""
	case part[2] == "iam" && part[5] == "root":
		p.kind, p.account, p.partition, p.value = account, part[4], part[1], part[4]
	case part[2] == "iam" && hasName(part[5], "group/"):
		return p, &badPrincipal, "a group is no principal"
	case identities[part[2]] != nil && identities[part[2]].MatchString(part[5]):
		p.kind, p.account, p.partition, p.name = identity, part[4], part[1], linkedRole(s)
	case part[2] == "iam" && (hasName(part[5], "user/") || hasName(part[5], "role/")), part[2] == "sts" && strings.Contains(part[5], "/"):
		return p, &badPrincipal, "IAM has no such name: letters, digits and +=,.@_- make one, of 64 at most, and a path before it has no blanks and ends in a slash"
	default:
		return p, &badPrincipal, "the ARN of no user, role, session or account"
	}
	return p, nil, ""
}

// identities are the names of users, roles and sessions that IAM and STS give.
//
// Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names,
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html,
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
var identities = map[string]*regexp.Regexp{
	"iam": regexp.MustCompile(`^(user|role)/([!-~]{1,510}/)?[\w+=,.@-]{1,64}$`),
	"sts": regexp.MustCompile(`^(assumed-role/[\w+=,.@-]{1,64}/[\w+=,.@-]{1,64}|federated-user/[\w+=,.@-]{1,32})$`),
}

func hasName(s, kind string) bool { return strings.HasPrefix(s, kind) && len(s) > len(kind) }

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// isUniqueID tells ids such as AROA… of a role and AIDA… of a user.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
func isUniqueID(s string) bool {
	return len(s) >= 16 && strings.HasPrefix(s, "A") && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// linkedRole gives the name of a service-linked role, "" for other ARNs.
func linkedRole(arn string) string {
	if resource := resourceOf(arn); strings.HasPrefix(resource, "role/aws-service-role/") {
		return lastOf(resource)
	}
	return ""
}

// A match tells how a principal covers a caller.
type match uint8

const (
	noMatch   match = iota
	delegated       // the caller's account is named: its IAM decides
	direct          // the caller itself
)

func (p *principal) match(c *caller) match {
	switch p.kind {
	case anyone:
		return direct
	case account:
		if p.account != c.account {
			return noMatch
		}
		if c.isRoot {
			return direct
		}
		return delegated
	case uniqueID:
		if c.CallerID != "" && p.value == c.CallerID {
			return direct
		}
	default:
		if p.value == c.Caller || p.value == c.arn {
			return direct
		}
	}
	return noMatch
}

// match tells how a statement's principals cover a caller.
func (s *Statement) match(c *caller) match {
	if s.principals == nil {
		return direct // an identity policy, which speaks of whom it is attached to
	}
	if s.notPrincipal {
		if isNamed, isWhole := s.names(c); isNamed && (s.Allows || isWhole) {
			return noMatch
		}
		return direct
	}
	best := noMatch
	for i := range s.principals {
		best = max(best, s.principals[i].match(c))
	}
	return best
}

// names tells whether a statement names the caller, and whether it names all that
// AWS holds against a NotPrincipal: the account, the user or role, and the session.
// The account alone names its root user only.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (s *Statement) names(c *caller) (isNamed, isWhole bool) {
	account, role, session := c.account == "", false, false
	for i := range s.principals {
		p := &s.principals[i]
		switch p.match(c) {
		case noMatch:
		case delegated:
			account = true
		default:
			isNamed = true
			account = account || p.kind == anyone || c.isRoot
			role = role || p.value != c.Caller || c.arn == c.Caller
			session = session || p.value == c.Caller || p.kind != identity
		}
	}
	return isNamed, account && role && session
}

// mayNotMatch tells a Deny that AWS's text leaves open whether it is for the caller.
func (s *Statement) mayNotMatch(c *caller) bool {
	if !s.notPrincipal {
		return false
	}
	isNamed, isWhole := s.names(c)
	return isNamed && !isWhole
}
