package livekey

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/generator"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// A check asks AWS whether keys will do before volumes are made with them. It writes
// nothing.
type check struct {
	*Account
	target policy.Target
	// defaults are the regions' default keys for EBS, by region.
	defaults map[string]Known[string]
}

// An unknown is what a check does not know when a read is denied: that is a finding of
// its own, and never taken for good. docs/live-key.md has the rows.
type unknown struct {
	action string
	code   diag.Code
	says   string
}

var unknowns = []unknown{
	{"kms:DescribeKey", code.Denied, "whether the key is there"},
	{"kms:GetKeyPolicy", code.PolicyUnknown, "whom the key's policy lets in"},
	{"iam:GetUser", code.IAMUnknown, "whether the principal is there, and what bounds it"},
	{"iam:GetRole", code.IAMUnknown, "whether the role is there, and what bounds it"},
	{"iam:ListUserPolicies", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:GetUserPolicy", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:ListAttachedUserPolicies", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:ListGroupsForUser", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:ListGroupPolicies", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:GetGroupPolicy", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:ListAttachedGroupPolicies", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:ListRolePolicies", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:GetRolePolicy", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:ListAttachedRolePolicies", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:GetPolicy", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"iam:GetPolicyVersion", code.IAMUnknown, "what IAM allows the principal, or denies it"},
	{"ec2:GetEbsDefaultKmsKeyId", code.DefaultUnknown, "which key volumes get that name none"},
	{"ec2:GetEbsEncryptionByDefault", code.DefaultUnknown, "whether volumes that nobody encrypts are encrypted"},
}

// notKnown gives the finding of a call that failed: what is not known when it was
// denied, and else what went wrong.
func notKnown(action, on string, err error) diag.Findings {
	at := slices.IndexFunc(unknowns, func(u unknown) bool { return u.action == action })
	if !isDenied(err) || at < 0 {
		return findings(failed(action, on, err))
	}
	u := unknowns[at]
	return found(u.code, fmt.Sprintf("%s on %s was denied, so it is not known %s", action, on, u.says), "`kublr-encryption key permissions --for check` prints what is needed")
}

// A Use is a key that an intent or, by name, a cluster names.
type Use struct {
	generator.KeyUse
	Cluster string
}

// NoRegion is the finding of keys that are named for no region.
func NoRegion() diag.Finding {
	return found(code.RegionMissing, "for which regions keys are named is not known", "give the intent's spec.regions, or the clusters' specs")[0]
}

// Checked is what a check found: of each use, and of the account as a whole.
type Checked struct {
	Uses    []diag.Findings
	Account diag.Findings
	Keys    int // that were looked at, by region
}

// Check says of each use of a key what is wrong with the key, and of the account what
// keys need there: principals and roles. target is for whom the keys must do.
func (a *Account) Check(ctx context.Context, target policy.Target, w Wanted, uses []Use) Checked {
	c := &check{Account: a, target: target, defaults: map[string]Known[string]{}}
	out := Checked{Uses: make([]diag.Findings, len(uses))}
	out.Account = append(c.principals(ctx, w), c.readDefaults(ctx, uses)...)
	out.Account = append(out.Account, c.readIAM(ctx)...)
	type named struct{ region, key string }
	var keys []named
	for _, u := range uses {
		if k := (named{u.Region, u.Key}); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	found := make([]diag.Findings, len(keys))
	sideBySide(len(keys), func(i int) error {
		found[i] = c.key(ctx, keys[i].region, keys[i].key)
		return nil
	})
	for i, u := range uses {
		for _, f := range found[slices.Index(keys, named{u.Region, u.Key})] {
			f.File, f.Position, f.Field = u.File, u.Position, u.Field
			out.Uses[i] = append(out.Uses[i], f)
		}
	}
	out.Keys = len(keys)
	return out
}

// key says what is wrong with a key that is named for a region.
func (c *check) key(ctx context.Context, region, name string) diag.Findings {
	called := name + " in " + region
	if region == "" {
		return found(code.RegionMissing, "in which region "+cmp.Or(name, "the default key")+" is meant is not known", "give the location's region, or the intent's spec.regions")
	}
	if name == "" {
		if name = c.defaults[region].Value; name == "" {
			return nil // that it is not known was said
		}
		called = "the default key " + name + " in " + region
	}
	owner := c.ID
	if arn := strings.SplitN(name, ":", 6); len(arn) == 6 {
		owner = arn[4]
		if arn[3] != region {
			return found(code.KeyElsewhere, fmt.Sprintf("%s is a key of %s, and volumes in %s cannot use it", name, arn[3], region), "name a key of that region, or an alias, which each region has of its own")
		}
	}
	out, err := c.regions[region].kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &name})
	switch {
	case isAbsent(err):
		return found(code.KeyMissing, called+" is not there", "an alias is made by `kublr-encryption key apply`; else name a key that is")
	case err != nil:
		return notKnown("kms:DescribeKey", called, err)
	}
	key := Key{Region: region, ID: aws.ToString(out.KeyMetadata.KeyId), KeyMetadata: *out.KeyMetadata}
	if why := unusable(key); why != "" {
		return found(code.KeyKind, called+" "+why, "name a symmetric key for ENCRYPT_DECRYPT")
	}
	all := inState(called, key)
	if key.KeyManager == types.KeyManagerTypeAws {
		return all // AWS keeps its policy
	}
	if owner != c.ID {
		return append(all, found(code.PolicyUnknown, called+" is a key of account "+owner+", and KMS shows its policy to that account alone", "check it with credentials of that account")...)
	}
	return append(all, c.policy(ctx, region, called, key.ID)...)
}

// inState says why a key cannot be used now.
func inState(called string, key Key) diag.Findings {
	switch key.KeyState {
	case types.KeyStateEnabled:
		return nil
	case types.KeyStatePendingDeletion:
		return found(code.KeyState, called+" is to be deleted on "+deletion(key), "cancel its deletion and enable it: `kublr-encryption key apply --restore`")
	case types.KeyStateDisabled:
		return found(code.KeyState, called+" is disabled", "enable it: `kublr-encryption key apply --restore`")
	}
	return found(code.KeyState, fmt.Sprintf("%s is %s", called, key.KeyState), "wait, or name another key")
}

// policy proves the policy that a key has now.
func (c *check) policy(ctx context.Context, region, called, id string) diag.Findings {
	out, err := c.regions[region].kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default")})
	if err != nil {
		return notKnown("kms:GetKeyPolicy", called, err)
	}
	document, problems := policy.Parse([]byte(aws.ToString(out.Policy)))
	if document == nil {
		return problems
	}
	target := c.target
	target.Regions = []string{region}
	verdicts, err := policy.Check(document, target)
	if err != nil {
		return found(code.PolicyUnknown, called+": "+err.Error(), "")
	}
	all := slices.Concat(problems, dead(aws.ToString(out.Policy)), policy.Findings(verdicts))
	for i, f := range all {
		where := ""
		if len(f.Field) > 0 {
			where = f.Field.String() + ": "
		}
		all[i].Message = "the policy of " + called + ": " + where + f.Message
	}
	return all
}

// principals says which principals and service-linked roles are not there.
func (c *check) principals(ctx context.Context, w Wanted) diag.Findings {
	roles, absent, unseen, err := c.missing(ctx, w)
	if err != nil {
		return findings(err)
	}
	var all diag.Findings
	for _, role := range roles {
		all = append(all, found(code.PrincipalMissing, "the service-linked role "+role.Name+" is not there", "`kublr-encryption key apply` makes it, or: aws iam create-service-linked-role --aws-service-name "+role.Service)...)
	}
	if len(absent) > 0 {
		all = append(all, missingPrincipals(absent)...)
	}
	for _, name := range unseen {
		all = append(all, found(code.IAMUnknown, "whether "+name+" is there is not known: iam:GetUser or iam:GetRole was denied", "`kublr-encryption key permissions --for check` prints what is needed")...)
	}
	return all
}

// readDefaults reads which key volumes get in each region that name none, and whether
// all are encrypted: it is said in any case.
func (c *check) readDefaults(ctx context.Context, uses []Use) diag.Findings {
	var regions []string
	for _, u := range uses {
		if u.Region != "" && !slices.Contains(regions, u.Region) {
			regions = append(regions, u.Region)
		}
	}
	slices.Sort(regions)
	said := make([]diag.Findings, len(regions))
	var mu sync.Mutex
	sideBySide(len(regions), func(i int) error {
		key, all := c.readDefault(ctx, regions[i])
		mu.Lock()
		defer mu.Unlock()
		c.defaults[regions[i]], said[i] = key, all
		return nil
	})
	return slices.Concat(said...)
}

func (c *check) readDefault(ctx context.Context, region string) (key Known[string], all diag.Findings) {
	client := c.regions[region].ec2
	on, err := client.GetEbsEncryptionByDefault(ctx, &ec2.GetEbsEncryptionByDefaultInput{})
	if err != nil {
		all = append(all, notKnown("ec2:GetEbsEncryptionByDefault", region, err)...)
	}
	id, err := client.GetEbsDefaultKmsKeyId(ctx, &ec2.GetEbsDefaultKmsKeyIdInput{})
	if err != nil {
		return key, append(all, notKnown("ec2:GetEbsDefaultKmsKeyId", region, err)...)
	}
	key.Value = aws.ToString(id.KmsKeyId)
	if on != nil {
		answer := map[bool]string{true: "are", false: "are not"}[aws.ToBool(on.EbsEncryptionByDefault)]
		all = append(all, found(code.EBSDefault, fmt.Sprintf("in %s volumes that ask for no encryption %s encrypted, and those that name no key get %s", region, answer, key.Value), "")...)
	}
	return key, all
}
