package policy

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// A risk is who must not be let in, in which way, to do what. Together with what is
// expected, the rows say it of every party, way and class: a test holds that.
type risk struct {
	diag.Code
	areas []area
	told  bool // it is as it should be, and told
}

// An area is all that some parties do in some ways.
type area struct {
	who     kindOfParty
	ways    ways
	classes kinds
	narrow  when // where instance roles are named
}

type ways uint8

const (
	viaNone  ways = 1 << directly
	viaEC2   ways = 1 << throughEC2
	viaOther ways = 1 << throughOther
	viaSelf  ways = 1 << itself
	anyWay        = viaNone | viaEC2 | viaOther | viaSelf
	notEC2        = viaNone | viaOther
)

type kinds uint16

const (
	data    kinds = 1<<use | 1<<dataKeys
	handOn  kinds = 1 << grants
	takes   kinds = 1 << grantsUndone
	manage  kinds = 1<<administration | 1<<policyOf | 1<<replication | 1<<importing | 1<<aliases | 1<<tags | 1<<deletion
	reads   kinds = 1 << reading
	uses          = data | handOn | takes
	allKind       = uses | manage | reads
)

// when tells where an area counts.
type when uint8

const (
	ever     when = iota
	narrowed      // all intents name their instance roles
	open          // one does not
)

// expected are the areas that no risk has: who is there to do it does it.
var expected = []area{
	{who: accountRoot | administering, ways: anyWay, classes: allKind},
	{who: usingKublr | machines, ways: anyWay, classes: data | reads},
	{who: usingKublr | machines, ways: viaEC2 | viaOther | viaSelf, classes: handOn | takes},
	{who: trusting, ways: anyWay, classes: uses | reads},
	{who: anyoneOfAccount | someoneOfAccount, ways: anyWay, classes: reads},
}

var risks = []risk{
	{
		Code: diag.Code{
			ID: "account-through-ec2", Severity: diag.Info, Title: "Anyone of the account uses the key for volumes, through EC2",
			Means:  "Every principal of the account may use the key, make data keys and have EC2 hold grants, as far as EC2 calls for it.",
			Why:    "who may use volumes of the account in EC2 may use encrypted ones; this is how AWS's own key for EBS is",
			Remedy: "Name the instance roles in the intent if only they, Kublr and Auto Scaling should.", Sources: []string{viaService, howEBSWorks},
		},
		told:  true,
		areas: []area{{anyoneOfAccount | someoneOfAccount, viaEC2, uses, open}},
	},
	{
		Code: diag.Code{
			ID: "other-accounts-through-ec2", Severity: diag.Error, Title: "Another account uses the key through EC2",
			Means:  "A principal of another account, whose own IAM lets it, may use the key through EC2.",
			Why:    "who gets hold of a snapshot of yours can open it in an account of theirs",
			Remedy: `add the condition "StringEquals": {"kms:CallerAccount": "ACCOUNT"}`, Sources: []string{callerAccount}, Controls: publicKey,
		},
		areas: []area{{anyAccount, viaEC2, allKind, ever}},
	},
	{
		Code: diag.Code{
			ID: "key-is-public", Severity: diag.Error, Title: "Everyone uses the key",
			Means:  "A principal of any other account, whose own IAM lets it, may call KMS for the key.",
			Why:    "the key is open to every AWS account, without any service in between",
			Remedy: `name the principals, or add conditions on kms:CallerAccount and kms:ViaService`, Sources: []string{keyPolicies, "https://docs.aws.amazon.com/config/latest/developerguide/kms-key-policy-no-public-access.html"}, Controls: publicKey,
		},
		areas: []area{{anyAccount, notEC2 | viaSelf, allKind, ever}},
	},
	{
		Code: diag.Code{
			ID: "account-not-named", Severity: diag.Error, Title: "Another account gets in, which the intent does not name",
			Means:   "The policy names another account, or a user or role of one, and lets it in.",
			Why:     "whoever that account's IAM lets may do it, and no policy of yours says who that is",
			Remedy:  "take the account out of the policy, or say with --trust that it is meant",
			Sources: []string{"https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html"},
		},
		areas: []area{{otherAccount, anyWay, allKind, ever}},
	},
	{
		Code: diag.Code{
			ID: "service-not-named", Severity: diag.Error, Title: "A service or an identity provider gets in for itself",
			Means:   "The policy lets in a service that calls for itself, or an identity provider, and the intent does not name it.",
			Why:     "a service acts for whoever made it act, of any account, unless conditions on aws:SourceArn or aws:SourceAccount say of which",
			Remedy:  "take it out of the policy, or say with --trust that it is meant",
			Sources: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html", principals},
		},
		areas: []area{{services, anyWay, allKind, ever}},
	},
	{
		Code: diag.Code{
			ID: "principal-not-named", Severity: diag.Error, Title: "Someone of the account gets in, whom the intent does not name",
			Means:   "The policy names a user or role of the account, by its ARN or by a pattern, and lets it in by itself.",
			Why:     "who is named in a key policy needs no IAM policy, so no review of IAM shows it",
			Remedy:  "take the name out of the policy; name it in policy.instanceRoles or policy.administrators of the intent; or say with --trust that it is meant",
			Sources: []string{defaultPolicy, leastPrivilege},
		},
		areas: []area{{someoneOfAccount, notEC2 | viaSelf, uses | manage, ever}, {someoneOfAccount, viaEC2, manage, ever}},
	},
	{
		Code: diag.Code{
			ID: "account-decrypts-directly", Severity: diag.Error, Title: "Any principal of the account decrypts directly",
			Means:  "A principal of the account that nobody named may decrypt without a service in between.",
			Why:    "who may call KMS in the account can decrypt data keys, without being allowed to use EC2",
			Remedy: `add the condition "StringEquals": {"kms:ViaService": "ec2.REGION.amazonaws.com"}`, Sources: []string{viaService, keyPolicies},
		},
		areas: []area{{anyoneOfAccount, viaNone, data, ever}},
	},
	{
		Code: diag.Code{
			ID: "account-uses-other-services", Severity: diag.Error, Title: "Any principal of the account uses the key through another service",
			Means:  "A principal of the account that nobody named may use the key through a service other than EC2.",
			Why:    "the key of the volumes opens other data too, and whoever may use that service may use the key",
			Remedy: "write ec2 in kms:ViaService, without a wildcard", Sources: []string{viaService},
		},
		areas: []area{{anyoneOfAccount, viaOther, uses, ever}},
	},
	{
		Code: diag.Code{
			ID: "unnamed-roles-through-ec2", Severity: diag.Error, Title: "A role that is not named uses the key through EC2",
			Means:   "Instance roles are named, and a role that is not among them may use the key through EC2.",
			Why:     "instance roles are named so that others have no use of the key, and they do",
			Remedy:  `add the condition "ArnEquals": {"aws:PrincipalArn": [ARNs of Kublr, Auto Scaling and the instance roles]}, or name no instance roles`,
			Sources: []string{leastPrivilege, keysOfIAM + "#condition-keys-principalarn"},
		},
		areas: []area{{anyoneOfAccount | someoneOfAccount, viaEC2, uses, narrowed}},
	},
	{
		Code: diag.Code{
			ID: "account-manages-key", Severity: diag.Error, Title: "Any principal of the account deletes, disables or re-policies the key",
			Means:  "A principal of the account that nobody named may delete or disable the key, or change its policy.",
			Why:    "one call of anyone makes all volumes unreadable",
			Remedy: `allow administration to arn:PARTITION:iam::ACCOUNT:root, not to "*"`, Sources: []string{keyPolicies},
		},
		areas: []area{{anyoneOfAccount, anyWay, manage, ever}},
	},
	{
		Code: diag.Code{
			ID: "kublr-manages-key", Severity: diag.Error, Title: "Kublr deletes, disables or re-policies the key",
			Means:  "Kublr's principal is no administrator, and may delete or disable the key, or change its policy.",
			Why:    "credentials that run clusters can make all their volumes unreadable",
			Remedy: "allow Kublr the use of the key only, or name it among the administrators", Sources: []string{leastPrivilege},
		},
		areas: []area{{usingKublr, anyWay, manage, ever}},
	},
	{
		Code: diag.Code{
			ID: "auto-scaling-manages-key", Severity: diag.Error, Title: "Auto Scaling or instances delete, disable or re-policy the key",
			Means:  "A role of Auto Scaling, Spot, EC2 Fleet or the instances may delete or disable the key, or change its policy.",
			Why:    "whoever acts through the role can make all volumes unreadable",
			Remedy: "allow the role the use of the key only", Sources: []string{leastPrivilege, autoScalingKey},
		},
		areas: []area{{machines, anyWay, manage, ever}},
	},
	{
		Code: diag.Code{
			ID: "trusted-manages-key", Severity: diag.Error, Title: "Someone trusted with the use deletes, disables or re-policies the key",
			Means:  "Whom --trust names may delete or disable the key, or change its policy.",
			Why:    "whoever is trusted with the use of the key can make all volumes unreadable",
			Remedy: "allow the use of the key only, or name it in policy.administrators", Sources: []string{leastPrivilege},
		},
		areas: []area{{trusting, anyWay, manage, ever}},
	},
	{
		Code: diag.Code{
			ID: "grants-for-anyone", Severity: diag.Error, Title: "Grants are made that are not for AWS resources",
			Means:  "Who is no administrator may make a grant that is not for an AWS resource.",
			Why:    "who may grant without a condition can hand the key on, and no policy shows it",
			Remedy: `add the condition "Bool": {"kms:GrantIsForAWSResource": "true"} to the statement with kms:CreateGrant`, Sources: []string{forAWSResource, ebsPermissions},
		},
		areas: []area{{usingKublr | machines | anyoneOfAccount, viaNone, handOn, ever}},
	},
	{
		Code: diag.Code{
			ID: "grants-taken-away", Severity: diag.Error, Title: "Grants are retired or revoked directly",
			Means:  "Who is no administrator may take away the grants by which EC2 opens volumes.",
			Why:    "one call takes a running instance's volume its key",
			Remedy: `add the condition "Bool": {"kms:GrantIsForAWSResource": "true"} to the statement with kms:RevokeGrant`, Sources: []string{forAWSResource, "https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html"},
		},
		areas: []area{{usingKublr | machines | anyoneOfAccount, viaNone, takes, ever}},
	},
}

// covers tells whether an area has a party's call.
func (c *area) covers(who kindOfParty, how way, what class, isNarrow bool) bool {
	return c.who&who != 0 && c.ways&(1<<how) != 0 && c.classes&(1<<what) != 0 && (c.narrow == ever || (c.narrow == narrowed) == isNarrow)
}

// riskOf gives the risk that a call is, -1 for what is expected.
func riskOf(who kindOfParty, how way, what class, isNarrow bool) int {
	return slices.IndexFunc(risks, func(r risk) bool {
		return slices.ContainsFunc(r.areas, func(c area) bool { return c.covers(who, how, what, isNarrow) })
	})
}
