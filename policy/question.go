package policy

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const questionForm = `expected "WHO ACTION [via SERVICE.REGION] [KEY=VALUE...]", such as "role/kublr-node kms:CreateGrant via ec2.us-east-1"`

// ParseRequest reads a question about a target's key: "WHO ACTION [via
// SERVICE.REGION] [KEY=VALUE...]". Who is an ARN, the name of a service, or
// role/NAME, user/NAME or root of the target's account; a value with blanks stands
// in double quotes.
//
// What EC2 says of a grant for a volume, kms:GrantIsForAWSResource, is taken to be
// true through a service, unless it is given.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
func ParseRequest(question string, t Target) (Request, error) {
	words, err := wordsOf(question)
	if err != nil || len(words) < 2 {
		return Request{}, fmt.Errorf("%q: %s", question, questionForm)
	}
	who := words[0]
	if !strings.HasPrefix(who, "arn:") && (strings.ContainsRune(who, '/') || who == "root") {
		if t.Account == "" {
			return Request{}, fmt.Errorf("%q: say whose %s: name the account, or write an ARN", question, who)
		}
		who = t.arn(t.Account, who)
	}
	one := t.party(who)
	r := Request{Caller: one.caller, Role: one.role, Action: words[1], Context: map[string][]string{}}
	if !strings.Contains(r.Action, ":") {
		r.Action = "kms:" + r.Action
	}
	for _, wrong := range []string{notCalled(who), notAction(r.Action)} {
		if wrong != "" {
			return r, fmt.Errorf("%q: %s", question, wrong)
		}
	}
	if t.Account != "" && len(t.Regions) > 0 {
		r.Key = t.key(t.Regions[0])
	}
	for i := 2; i < len(words); i++ {
		key, value, isPair := strings.Cut(words[i], "=")
		switch {
		case isPair:
			r.Context[key] = append(r.Context[key], value)
		case words[i] == "via" && i+1 < len(words):
			i++
			if wrong := notVia(strings.TrimSuffix(words[i], ".amazonaws.com"), t.Regions); wrong != "" {
				return r, fmt.Errorf("%q: %s", question, wrong)
			}
			r.Context["kms:ViaService"] = []string{strings.TrimSuffix(words[i], ".amazonaws.com") + ".amazonaws.com"}
		default:
			return r, fmt.Errorf("%q: %q is not understood: %s", question, words[i], questionForm)
		}
	}
	if isForGrants(r.Action) && !hasKey(r.Context, "kms:GrantIsForAWSResource") && hasKey(r.Context, "kms:ViaService") {
		r.Context["kms:GrantIsForAWSResource"] = []string{"true"}
	}
	return r, nil
}

// notCalled says why nobody can be called so: a caller is an ARN, a service or an
// identity provider.
func notCalled(who string) string {
	part := strings.SplitN(who, ":", 6)
	switch {
	case part[0] != "arn" && strings.Contains(who, ".") || isCanonicalUser(who):
		return ""
	case part[0] != "arn":
		return fmt.Sprintf("%q is nobody: write user/%s or role/%s, or the whole name of a service", who, who, who)
	case len(part) != 6 || !isAccount(part[4]):
		return fmt.Sprintf("%q is no ARN of an account's user, role or session", who)
	}
	kind, _, _ := strings.Cut(part[5], "/")
	switch names := identities[part[2]]; {
	case slices.Contains([]string{"root", "saml-provider", "oidc-provider"}, kind), names != nil && names.MatchString(part[5]):
		return ""
	}
	return fmt.Sprintf("%q is no caller: IAM has user/NAME, role/NAME and root, and STS assumed-role/NAME/SESSION and federated-user/NAME", who)
}

// isCanonicalUser tells S3's name of an account.
func isCanonicalUser(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// notAction says why an action is none, and which may be meant.
func notAction(action string) string {
	if _, ok := classOf(action); ok {
		return ""
	}
	_, name, _ := strings.Cut(action, ":")
	wrong := fmt.Sprintf("%q is no action of KMS", action)
	if near := nearestAction(name); near != "" {
		wrong += ", which has " + near
	}
	return wrong
}

var viaForm = regexp.MustCompile(`^[a-z0-9-]+\.([a-z]{2,4}(-[a-z]+)+-[0-9]+)$`)

// notVia says why no service in a region is called so, and which may be meant.
func notVia(via string, regions []string) string {
	service, region, _ := strings.Cut(strings.ToLower(via), ".")
	if !slices.Contains(viaServices, service) {
		wrong := fmt.Sprintf("KMS knows no service %q", service)
		if near := nearestService(service); near != "" {
			return wrong + "; " + near + " is one"
		}
		return wrong + "; of one that is new write kms:ViaService=" + via + ".amazonaws.com"
	}
	if viaForm.MatchString(via) {
		return ""
	}
	wrong := fmt.Sprintf("%q is no service in a region", via)
	for _, r := range regions {
		if region == "" || distance(region, r) < 3 {
			return wrong + ": write via " + service + "." + r
		}
	}
	return wrong + ": write via SERVICE.REGION, such as ec2.us-east-1"
}

// wordsOf splits at blanks, but for those in double quotes.
func wordsOf(text string) ([]string, error) {
	var words []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		end := strings.IndexAny(text, " \t\n\"")
		if end < 0 {
			return append(words, text), nil
		}
		word := text[:end]
		if text = text[end:]; text[0] == '"' {
			quoted, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, err
			}
			value, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, err
			}
			word, text = word+value, text[len(quoted):]
		}
		words = append(words, word)
	}
	return words, nil
}

// String gives the request as [ParseRequest] reads it for the key's account. What a
// request has by its caller alone is left out.
func (r Request) String() string {
	who := r.Caller
	if strings.HasSuffix(who, "/session") {
		who = cmp.Or(r.Role, who)
	}
	if part := strings.SplitN(r.Key, ":", 6); len(part) == 6 {
		who = strings.TrimPrefix(who, "arn:"+part[1]+":iam::"+part[4]+":")
	}
	words := []string{quoted(who), r.Action}
	for _, key := range slices.Sorted(maps.Keys(r.Context)) {
		for _, value := range r.Context[key] {
			switch service, ok := strings.CutSuffix(value, ".amazonaws.com"); {
			case ok && key == "kms:ViaService" && slices.Contains(viaServices, strings.SplitN(service, ".", 2)[0]):
				words = append(words, "via "+service)
			default:
				words = append(words, key+"="+quoted(value))
			}
		}
	}
	return strings.Join(words, " ")
}

// quoted gives a word in double quotes when it needs them.
func quoted(word string) string {
	if q := strconv.Quote(word); word == "" || strings.ContainsAny(word, " ") || q != `"`+word+`"` {
		return q
	}
	return word
}
