package livekey

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// isThere tells whether IAM knows a user or role.
func (a *Account) isThere(ctx context.Context, kind, name string) (bool, error) {
	var err error
	if kind == "user" {
		_, err = a.iam.GetUser(ctx, &iam.GetUserInput{UserName: &name})
	} else {
		_, err = a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	}
	if isAbsent(err) {
		return false, nil
	}
	return err == nil, err
}

// createRole makes a service-linked role and waits until IAM shows it.
func (a *Account) createRole(ctx context.Context, role ServiceLinkedRole) error {
	in := &iam.CreateServiceLinkedRoleInput{AWSServiceName: &role.Service}
	if role.Suffix != "" {
		in.CustomSuffix = aws.String(role.Suffix)
	}
	// Who made it meanwhile made the same: IAM calls that invalid input.
	if _, err := a.iam.CreateServiceLinkedRole(ctx, in); err != nil && answered(err) != "InvalidInput" {
		return failed("iam:CreateServiceLinkedRole", role.Service, err)
	}
	there, err := a.clock.until(ctx, visible, pause, func() (bool, error) {
		there, err := a.isThere(ctx, "role", role.Name)
		return there, failed("iam:GetRole", role.Name, err)
	})
	if err == nil && !there {
		err = late("role " + role.Name + " is not to be seen")
	}
	return err
}
