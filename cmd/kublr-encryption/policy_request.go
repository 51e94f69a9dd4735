package main

import (
	"cmp"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/policy"
)

// requestOf reads a question: "WHO ACTION [via SERVICE.REGION] [KEY=VALUE...]".
//
// What EC2 says of a grant for a volume, kms:GrantIsForAWSResource, is taken to be
// true through a service, unless it is given.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
func requestOf(question string, t policy.Target) (policy.Request, error) {
	const form = `expected "WHO ACTION [via SERVICE.REGION] [KEY=VALUE...]", such as "role/kublr-node kms:CreateGrant via ec2.us-east-1"`
	words := strings.Fields(question)
	if len(words) < 2 {
		return policy.Request{}, usage("--request %q: %s", question, form)
	}
	r := policy.Request{Action: words[1], Context: map[string][]string{}}
	if !strings.Contains(r.Action, ":") {
		r.Action = "kms:" + r.Action
	}
	r.Caller = words[0]
	if !strings.HasPrefix(r.Caller, "arn:") && !strings.HasSuffix(r.Caller, ".amazonaws.com") {
		if t.Account == "" {
			return r, usage("--request %q: say whose %s: give -f or --account, or an ARN", question, r.Caller)
		}
		r.Caller = "arn:" + cmp.Or(t.Partition, "aws") + ":iam::" + t.Account + ":" + r.Caller
	}
	if t.Account != "" && len(t.Regions) > 0 {
		r.Key = "arn:" + cmp.Or(t.Partition, "aws") + ":kms:" + t.Regions[0] + ":" + t.Account + ":key/00000000-0000-0000-0000-000000000000"
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
			return r, usage("--request %q: %q is not understood: %s", question, words[i], form)
		}
	}
	_, given := r.Context["kms:GrantIsForAWSResource"]
	if isGrant := strings.HasSuffix(r.Action, "Grant") || strings.HasSuffix(r.Action, "Grants"); isGrant && !given && r.Context["kms:ViaService"] != nil {
		r.Context["kms:GrantIsForAWSResource"] = []string{"true"}
	}
	return r, nil
}
