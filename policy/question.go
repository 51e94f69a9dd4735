package policy

import (
	"cmp"
	"fmt"
	"maps"
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
			case ok && key == "kms:ViaService":
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
