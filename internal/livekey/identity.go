package livekey

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kublr-encryption/kublr-encryption/diag"
	"github.com/kublr-encryption/kublr-encryption/internal/livekey/code"
	"github.com/kublr-encryption/kublr-encryption/policy"
)

// An identity is a user or role whose policies in IAM are read.
type identity struct {
	*check
	arn       string
	documents []*policy.Document
	wrong     diag.Findings
}

// readIAM reads what IAM lets the target's principals do. It replaces what the intent
// says of them, unless it could not be read.
func (c *check) readIAM(ctx context.Context) diag.Findings {
	known := map[string][]*policy.Document{}
	for arn, documents := range c.target.IAM {
		known[arn] = documents
	}
	var all diag.Findings
	for _, arn := range slices.Concat([]string{c.target.Kublr}, c.target.InstanceRoles, c.target.AutoScalingRoles, c.target.Administrators) {
		parts := strings.SplitN(arn, ":", 6)
		if len(parts) < 6 || parts[4] != c.ID || strings.HasPrefix(parts[5], "role/aws-service-role/") {
			continue
		}
		kind, name, _ := strings.Cut(parts[5], "/")
		name = name[strings.LastIndex(name, "/")+1:]
		i := &identity{check: c, arn: arn}
		switch kind {
		case "user":
			i.user(ctx, name)
		case "role":
			i.role(ctx, name)
		default:
			continue
		}
		if all = append(all, i.wrong...); len(i.wrong) == 0 {
			known[arn] = i.documents
		}
	}
	c.target.IAM = known
	return all
}

// fails notes that a call failed. What is not there has no policies.
func (i *identity) fails(action string, err error) bool {
	if err != nil && !isAbsent(err) && len(i.wrong) == 0 {
		i.wrong = notKnown(action, i.arn, err)
	}
	return err != nil
}

// pages takes every page of a list, as far as it can be read.
func pages[P any](ctx context.Context, i *identity, action string, list interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*iam.Options)) (P, error)
}, take func(P)) {
	for list.HasMorePages() {
		page, err := list.NextPage(ctx)
		if i.fails(action, err) {
			return
		}
		take(page)
	}
}

// bounded notes a permissions boundary, which may take away what policies allow.
func (i *identity) bounded(b *types.AttachedPermissionsBoundary) {
	if b != nil {
		i.wrong = found(code.IAMUnknown, i.arn+" has the permissions boundary "+aws.ToString(b.PermissionsBoundaryArn)+", and what it takes away is not judged", "see that it allows the key's actions")
	}
}

// take adds a policy, as IAM spells it.
func (i *identity) take(escaped *string) {
	text, err := url.QueryUnescape(aws.ToString(escaped))
	if err != nil {
		text = aws.ToString(escaped)
	}
	document, problems := policy.ParseIdentity([]byte(text))
	if document == nil {
		i.wrong = problems
		return
	}
	i.documents = append(i.documents, document)
}

func (i *identity) user(ctx context.Context, name string) {
	out, err := i.iam.GetUser(ctx, &iam.GetUserInput{UserName: &name})
	if i.fails("iam:GetUser", err) {
		return
	}
	i.bounded(out.User.PermissionsBoundary)
	pages(ctx, i, "iam:ListUserPolicies", iam.NewListUserPoliciesPaginator(i.iam, &iam.ListUserPoliciesInput{UserName: &name}), func(page *iam.ListUserPoliciesOutput) {
		for _, policy := range page.PolicyNames {
			if out, err := i.iam.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: &name, PolicyName: &policy}); !i.fails("iam:GetUserPolicy", err) {
				i.take(out.PolicyDocument)
			}
		}
	})
	pages(ctx, i, "iam:ListAttachedUserPolicies", iam.NewListAttachedUserPoliciesPaginator(i.iam, &iam.ListAttachedUserPoliciesInput{UserName: &name}), func(page *iam.ListAttachedUserPoliciesOutput) {
		i.attached(ctx, page.AttachedPolicies)
	})
	pages(ctx, i, "iam:ListGroupsForUser", iam.NewListGroupsForUserPaginator(i.iam, &iam.ListGroupsForUserInput{UserName: &name}), func(page *iam.ListGroupsForUserOutput) {
		for _, group := range page.Groups {
			i.group(ctx, group.GroupName)
		}
	})
}

func (i *identity) group(ctx context.Context, name *string) {
	pages(ctx, i, "iam:ListGroupPolicies", iam.NewListGroupPoliciesPaginator(i.iam, &iam.ListGroupPoliciesInput{GroupName: name}), func(page *iam.ListGroupPoliciesOutput) {
		for _, policy := range page.PolicyNames {
			if out, err := i.iam.GetGroupPolicy(ctx, &iam.GetGroupPolicyInput{GroupName: name, PolicyName: &policy}); !i.fails("iam:GetGroupPolicy", err) {
				i.take(out.PolicyDocument)
			}
		}
	})
	pages(ctx, i, "iam:ListAttachedGroupPolicies", iam.NewListAttachedGroupPoliciesPaginator(i.iam, &iam.ListAttachedGroupPoliciesInput{GroupName: name}), func(page *iam.ListAttachedGroupPoliciesOutput) {
		i.attached(ctx, page.AttachedPolicies)
	})
}

func (i *identity) role(ctx context.Context, name string) {
	out, err := i.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if i.fails("iam:GetRole", err) {
		return
	}
	i.bounded(out.Role.PermissionsBoundary)
	pages(ctx, i, "iam:ListRolePolicies", iam.NewListRolePoliciesPaginator(i.iam, &iam.ListRolePoliciesInput{RoleName: &name}), func(page *iam.ListRolePoliciesOutput) {
		for _, policy := range page.PolicyNames {
			if out, err := i.iam.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &name, PolicyName: &policy}); !i.fails("iam:GetRolePolicy", err) {
				i.take(out.PolicyDocument)
			}
		}
	})
	pages(ctx, i, "iam:ListAttachedRolePolicies", iam.NewListAttachedRolePoliciesPaginator(i.iam, &iam.ListAttachedRolePoliciesInput{RoleName: &name}), func(page *iam.ListAttachedRolePoliciesOutput) {
		i.attached(ctx, page.AttachedPolicies)
	})
}

// attached adds managed policies, each in its version that counts.
func (i *identity) attached(ctx context.Context, all []types.AttachedPolicy) {
	for _, one := range all {
		managed, err := i.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: one.PolicyArn})
		if i.fails("iam:GetPolicy", err) {
			continue
		}
		version, err := i.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: one.PolicyArn, VersionId: managed.Policy.DefaultVersionId})
		if !i.fails("iam:GetPolicyVersion", err) {
			i.take(version.PolicyVersion.Document)
		}
	}
}
