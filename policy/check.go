package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A Verdict says of a capability or a risk whether the policy allows it, and why.
type Verdict struct {
	diag.Code
	Risk    bool // else a capability
	Allowed bool

	// Statements are all that decided.
	Statements []*Statement
	// Wrong holds the requests that should have been decided otherwise.
	Wrong []Answer

	Message string // why, in one sentence
	Hint    string // what to do when it is not well
}

// IsWell tells whether the capability is there, or the risk is not.
func (v Verdict) IsWell() bool { return v.Allowed != v.Risk }

// Finding says what the policy does that it should not, or the other way round. A
// risk stands where the statement does that opens it.
func (v Verdict) Finding() diag.Finding {
	f := v.Code.Finding(diag.Position{}, nil, v.Title+": "+v.Message, v.Hint)
	if !v.Risk {
		f.Message = "not so: " + f.Message
	} else if len(v.Statements) > 0 {
		f.Position, f.Field = v.Statements[0].Position, v.Statements[0].Field
	}
	return f
}

// An Answer is a request and what was decided.
type Answer struct {
	Request  Request
	Decision Decision
}

// Check decides every capability and risk of the table for a target. It knows no
// IAM policies: callers are taken to have none for KMS, but for administrators
// and for strangers, who are taken to have all.
func Check(d *Document, t Target) ([]Verdict, error) {
	if err := t.problem(); err != nil {
		return nil, err
	}
	var all []Verdict
	for i := range rows {
		if who := rows[i].who(&t); len(who) > 0 {
			all = append(all, rows[i].check(d, &t, who))
		}
	}
	return all, nil
}

// allowAll is what an administrator's or a stranger's own account allows.
var allowAll = []*Document{{Statements: []*Statement{{Allows: true, actions: []action{{text: string(many)}}}}}}

func (w *row) check(d *Document, t *Target, who []party) Verdict {
	v := Verdict{Code: w.Code, Risk: w.risk}
	var wrong []string // the actions of the first who should not be answered so
	some := false      // one of them may do all
	for _, p := range who {
		before := len(v.Wrong)
		for _, region := range t.Regions {
			for _, action := range w.actions {
				r := w.request(t, p, region, action)
				decision := Evaluate(d, r, p.identity()...)
				v.decidedBy(decision)
				if decision.Allowed != w.risk {
					continue
				}
				v.Wrong = append(v.Wrong, Answer{r, decision})
				if len(wrong) == 0 {
					v.Message = p.called + " " + mayOrNot(w.risk) + " %s" + w.where(region)
				}
				if len(v.Wrong) == len(wrong)+1 && v.sameAsFirst(r) {
					wrong = append(wrong, action)
				}
			}
		}
		some = some || len(v.Wrong) == before
	}
	if w.anyOne && some {
		v.Wrong = nil
	}
	v.Allowed = (len(v.Wrong) > 0) == w.risk
	w.word(&v, wrong)
	return v
}

func (v *Verdict) decidedBy(d Decision) {
	if !d.Allowed && d.Basis != Denied {
		return
	}
	for _, s := range d.Statements {
		if !slices.Contains(v.Statements, s) {
			v.Statements = append(v.Statements, s)
		}
	}
}

// sameAsFirst tells a request of the same caller in the same region.
func (v *Verdict) sameAsFirst(r Request) bool {
	first := v.Wrong[0].Request
	return first.Caller == r.Caller && first.Key == r.Key
}

func (p *party) identity() []*Document {
	if p.hasIAM {
		return allowAll
	}
	return nil
}

func mayOrNot(may bool) string {
	if may {
		return "may"
	}
	return "may not"
}

func (w *row) where(region string) string {
	if w.through == "" {
		return ""
	}
	return " through " + w.through + " in " + region
}

// word puts the verdict into words.
func (w *row) word(v *Verdict, wrong []string) {
	switch {
	case len(v.Wrong) > 0:
		conjunction := " or "
		if w.risk {
			conjunction = " and "
		}
		v.Message = fmt.Sprintf(v.Message, listed(wrong, conjunction))
		if rest := len(v.Wrong) - len(wrong); rest > 0 {
			v.Message += fmt.Sprintf(" (and %d more requests are answered so)", rest)
		}
		v.Message += ", so " + w.Why + ": " + v.Wrong[0].Decision.reason()
		v.Hint = w.Remedy
	case w.risk && len(v.Statements) > 0:
		v.Message = "denied by " + naming(v.Statements, nil)
	case w.risk:
		v.Message = "no statement allows it"
	default:
		v.Message = "allowed by " + naming(v.Statements, nil)
	}
}

func listed(names []string, conjunction string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + conjunction + names[last]
}

// request is what KMS sees.
//
// Sources: https://docs.aws.amazon.com/kms/latest/developerguide/services-ebs.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/determining-access-grants.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
func (w *row) request(t *Target, p party, region, action string) Request {
	key := strings.Replace(t.arn(t.Account, "key/00000000-0000-0000-0000-000000000000"), ":iam::", ":kms:"+region+":", 1)
	context := map[string][]string{
		"aws:RequestedRegion":       {region},
		"aws:SecureTransport":       {"true"},
		"aws:PrincipalType":         {principalType(p)},
		"aws:PrincipalIsAWSService": {"false"},
		"aws:ViaAWSService":         {fmt.Sprint(w.through != "")},
		"kms:KeyOrigin":             {"AWS_KMS"},
		"kms:KeySpec":               {"SYMMETRIC_DEFAULT"},
		"kms:KeyUsage":              {"ENCRYPT_DECRYPT"},
	}
	if w.through != "" {
		context["kms:ViaService"] = []string{w.through + "." + region + ".amazonaws.com"}
	}
	if isForGrants(action) {
		context["kms:GrantIsForAWSResource"] = []string{fmt.Sprint(w.through != "")}
	}
	if w.through == "ec2" && action != "kms:DescribeKey" {
		context["kms:EncryptionContext:aws:ebs:id"] = []string{"vol-0123456789abcdef0"}
		context["kms:EncryptionContextKeys"] = []string{"aws:ebs:id"}
	}
	if w.through == "ec2" && action == "kms:CreateGrant" {
		context["kms:GrantOperations"] = []string{"Decrypt"}
		context["kms:GrantConstraintType"] = []string{"EncryptionContextSubset"}
		context["kms:GranteePrincipal"] = []string{strings.Replace(t.arn(t.Account, "assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0"), ":iam:", ":sts:", 1)}
	}
	return Request{Caller: p.caller, Role: p.role, Action: action, Key: key, Context: context}
}

// isForGrants tells the actions whose requests have kms:GrantIsForAWSResource.
func isForGrants(action string) bool {
	return action == "kms:CreateGrant" || action == "kms:ListGrants" || action == "kms:RevokeGrant"
}

func principalType(p party) string {
	switch {
	case p.role != "":
		return "AssumedRole"
	case strings.HasSuffix(p.caller, ":root"):
		return "Account"
	}
	return "User"
}
