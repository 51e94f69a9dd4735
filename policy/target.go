package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Target is the account and the callers for which a key policy is checked.
type Target struct {
	Account   string
	Partition string   // left out: aws
	Regions   []string // of the key; one policy may serve several
	Keys      []string // ARNs, as far as they are known: IAM policies name them

	// ARNs of users and roles. Roles have their path.
	Kublr            string
	AutoScalingRoles []string // left out: the account's AWSServiceRoleForAutoScaling
	InstanceRoles    []string // left out: the policy must do for any role of the account
	Administrators   []string // left out: the account's root

	Spot  bool // launch configurations, or requests of one's own, ask for Spot
	Fleet bool // EC2 Fleet launches

	// Others who may use the key: ARNs, accounts, organizations (o-…), and services
	// by name.
	Trusted []string

	Organization string                 // of the account, for conditions that hang on it
	Context      map[string][]string    // condition keys that are known of the account's requests
	IAM          map[string][]*Document // IAM policies of users and roles, by ARN
}

// A party is someone who calls.
type party struct {
	caller, role string
	called       string // for a person
	hasIAM       bool   // an IAM policy allows it everything
}

func (t *Target) arn(account, name string) string {
	return "arn:" + cmp.Or(t.Partition, "aws") + ":iam::" + account + ":" + name
}

// ARN gives that of a user or role: an ARN as it is, user/NAME, role/NAME, or the NAME
// of a role.
func (t Target) ARN(name string) string {
	switch {
	case strings.HasPrefix(name, "arn:"):
		return name
	case strings.HasPrefix(name, "user/"), strings.HasPrefix(name, "role/"):
		return t.arn(t.Account, name)
	}
	return t.arn(t.Account, "role/"+name)
}

// String says for whom a policy is checked, for a person.
func (t Target) String() string {
	names := func(who parties) string {
		var all []string
		for _, one := range who(&t) {
			all = append(all, one.called)
		}
		return strings.Join(all, ", ")
	}
	who := fmt.Sprintf("judged for account %s in %s; Kublr is %s, it launches by %s", t.Account, strings.Join(t.Regions, ", "), names(kublr), names(autoScaling))
	for _, more := range []struct {
		what string
		who  parties
	}{{"Spot by", spot}, {"EC2 Fleet by", fleet}, {"on its instances is", instances}, {"the key is administered by", administrators}} {
		if all := names(more.who); all != "" {
			who += ", " + more.what + " " + all
		}
	}
	if len(t.Trusted) > 0 {
		who += ", trusted are " + strings.Join(t.Trusted, ", ")
	}
	return who
}

// key gives the ARN of the key in a region, or one that stands for it.
func (t *Target) key(region string) string {
	for _, arn := range t.Keys {
		if part := strings.SplitN(arn, ":", 6); len(part) == 6 && part[3] == region {
			return arn
		}
	}
	return "arn:" + cmp.Or(t.Partition, "aws") + ":kms:" + region + ":" + t.Account + ":key/00000000-0000-0000-0000-000000000000"
}

// parties picks callers of a target.
type parties func(*Target) []party

// Service-linked roles. Only the ARN's partition changes elsewhere; the path
// keeps amazonaws.com.
//
// Sources: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html,
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-requests.html#service-linked-roles-spot-instance-requests,
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-ec2-fleet.html#ec2-fleet-service-linked-role
const (
	autoScalingRole = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
	spotRole        = "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
	fleetRole       = "role/aws-service-role/ec2fleet.amazonaws.com/AWSServiceRoleForEC2Fleet"
)

func kublr(t *Target) []party {
	return []party{t.party(cmp.Or(t.Kublr, t.arn(t.Account, "user/kublr")))}
}

func autoScaling(t *Target) []party {
	if len(t.AutoScalingRoles) == 0 {
		return []party{t.party(t.arn(t.Account, autoScalingRole))}
	}
	return t.each(t.AutoScalingRoles)
}

func spot(t *Target) []party {
	if !t.Spot {
		return nil
	}
	return []party{t.party(t.arn(t.Account, spotRole))}
}

func fleet(t *Target) []party {
	if !t.Fleet {
		return nil
	}
	return []party{t.party(t.arn(t.Account, fleetRole))}
}

// anyInstanceRole stands for those of the account, when no intent names them.
const anyInstanceRole = "role/any-instance-role"

// instances are the roles of a cluster's instances.
func instances(t *Target) []party {
	if roles := t.instanceRoles(); len(roles) > 0 {
		return t.each(roles)
	}
	p := t.party(t.arn(t.Account, anyInstanceRole))
	p.called = "an instance role of the account"
	return []party{p}
}

// instanceRoles are those that are named, else the roles whose IAM policies are
// given and that are nobody else.
func (t *Target) instanceRoles() []string {
	if len(t.InstanceRoles) > 0 {
		return t.InstanceRoles
	}
	var others []string
	for _, who := range []parties{kublr, autoScaling, spot, fleet, administrators} {
		for _, one := range who(t) {
			others = append(others, cmp.Or(one.role, one.caller))
		}
	}
	var roles []string
	for _, arn := range slices.Sorted(maps.Keys(t.IAM)) {
		if strings.HasPrefix(resourceOf(arn), "role/") && !slices.Contains(others, arn) && !slices.Contains(t.Trusted, arn) {
			roles = append(roles, arn)
		}
	}
	return roles
}

func administrators(t *Target) []party {
	if len(t.Administrators) == 0 {
		return []party{t.party(t.arn(t.Account, "root"))}
	}
	all := t.each(t.Administrators)
	for i := range all {
		all[i].hasIAM = true
	}
	return all
}

func (t *Target) each(arns []string) []party {
	var all []party
	for _, a := range arns {
		all = append(all, t.party(a))
	}
	return all
}

// party makes a caller of an ARN. A role calls by a session.
func (t *Target) party(arn string) party {
	resource := resourceOf(arn)
	if !strings.HasPrefix(resource, "role/") {
		return party{caller: arn, called: strings.Replace(resource, "/", " ", 1)}
	}
	head, name := strings.TrimSuffix(arn, resource), lastOf(resource)
	session := strings.Replace(head, ":iam::", ":sts::", 1) + "assumed-role/" + name + "/session"
	return party{caller: session, role: arn, called: "role " + name}
}

// linked gives a service-linked role that is said to have an IAM policy.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func (t *Target) linked() string {
	for _, arn := range slices.Sorted(maps.Keys(t.IAM)) {
		if name := linkedRole(arn); name != "" {
			return name
		}
	}
	return ""
}

// problem tells what a check lacks.
func (t *Target) problem() error {
	switch {
	case !isAccount(t.Account):
		return fmt.Errorf("checking the key policy: the account %q is not twelve digits", t.Account)
	case t.linked() != "":
		return fmt.Errorf("checking the key policy: %s is a service-linked role, which has the permissions of its service and takes no IAM policy", t.linked())
	case len(t.Regions) == 0:
		return fmt.Errorf("checking the key policy: no region is named, and what EC2 asks for differs by region")
	}
	return nil
}
