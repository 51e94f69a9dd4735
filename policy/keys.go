package policy

import "strings"

// A conditionKey is what a statement may put a condition on. A name that ends in
// a colon or slash goes on with a name of the user's.
//
// What a request has of it depends on who calls: a principal itself, EC2 or another
// service for a principal, or a service for itself. What is left out is not known:
// the key may have any value, or be absent. Another service gives what a direct
// call does, unless the row says more.
type conditionKey struct {
	name       string
	as         comparison // what its values are
	manyValued bool
	grants     bool // only in requests about grants
	crypto     bool // only in requests that have an encryption context

	direct, through, other, itself presence

	machine presence // in what EC2 calls for an instance's or a service-linked role
	advice  string   // how a user settles what cannot be known
}

// A presence says what a request has of a condition key.
type presence struct {
	how quality
	// The value, in which {region}, {account} and the like are filled in; or what
	// values look like, alternatives between |, with wildcards. Left out: any.
	value    string
	orAbsent bool
}

type quality uint8

const (
	unsaid quality = iota
	known          // always has the value
	absent         // is never there
	choice         // is the caller's own choice
	live           // has a value that AWS knows and we do not
)

func always(value string) presence    { return presence{how: known, value: value} }
func never() presence                 { return presence{how: absent} }
func chosen(value string) presence    { return presence{how: choice, value: value} }
func atRunTime(value string) presence { return presence{how: live, value: value} }
func (p presence) orNot() presence    { p.orAbsent = true; return p }

// The condition keys of KMS. [I]: inferred from the source, never tried live.
//
// Sources: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/services-ebs.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/grant-authorization.html
var kmsKeys = []conditionKey{
	{name: "kms:BypassPolicyLockoutSafetyCheck", direct: chosen("true|false").orNot(), through: never()},
	{name: "kms:CallerAccount"}, // of the caller
	{name: "kms:CustomerMasterKeySpec", direct: always("SYMMETRIC_DEFAULT"), through: always("SYMMETRIC_DEFAULT"), itself: always("SYMMETRIC_DEFAULT")},
	{name: "kms:CustomerMasterKeyUsage", direct: always("ENCRYPT_DECRYPT"), through: always("ENCRYPT_DECRYPT"), itself: always("ENCRYPT_DECRYPT")},
	{name: "kms:DataKeyPairSpec"},
	{name: "kms:EncryptionAlgorithm", crypto: true},
	{name: "kms:EncryptionContext:", crypto: true, direct: chosen("").orNot(), through: never()}, // [I] but aws:ebs:id
	{name: "kms:EncryptionContextKeys", manyValued: true, crypto: true, through: always("aws:ebs:id")},
	{name: "kms:ExpirationModel"},
	{name: "kms:GrantConstraintSourceArn", grants: true, through: never()}, // [I]
	{name: "kms:GrantConstraintType", grants: true, through: always("EncryptionContextSubset")},
	{name: "kms:GrantIsForAWSResource", grants: true, direct: always("false"), through: always("true"), other: atRunTime("true|false"), itself: atRunTime("true|false")},
	{name: "kms:GrantOperations", manyValued: true, grants: true, through: always("Decrypt")},
	{name: "kms:GranteePrincipal", grants: true, through: atRunTime("arn:{partition}:sts::{account}:assumed-role/aws:ec2-infrastructure/i-*")},
	{name: "kms:GranteeServicePrincipal", grants: true},
	{name: "kms:KeyAgreementAlgorithm"},
	{name: "kms:KeyOrigin", direct: always("AWS_KMS"), through: always("AWS_KMS"), itself: always("AWS_KMS")},
	{name: "kms:KeySpec", direct: always("SYMMETRIC_DEFAULT"), through: always("SYMMETRIC_DEFAULT"), itself: always("SYMMETRIC_DEFAULT")},
	{name: "kms:KeyUsage", direct: always("ENCRYPT_DECRYPT"), through: always("ENCRYPT_DECRYPT"), itself: always("ENCRYPT_DECRYPT")},
	{name: "kms:MacAlgorithm"},
	{name: "kms:MessageType"},
	{name: "kms:MultiRegion", direct: atRunTime("true|false"), through: atRunTime("true|false"), itself: atRunTime("true|false")},
	{name: "kms:MultiRegionKeyType", direct: atRunTime("PRIMARY|REPLICA").orNot(), through: atRunTime("PRIMARY|REPLICA").orNot()},
	{name: "kms:PrimaryRegion"},
	{name: "kms:ReEncryptOnSameKey", direct: chosen("true|false").orNot(), through: atRunTime("true|false").orNot()},
	{name: "kms:RecipientAttestation:", through: never()}, // [I]
	{name: "kms:ReplicaRegion"},
	{name: "kms:RequestAlias"},
	{name: "kms:ResourceAliases", manyValued: true, advice: "say which aliases the key has: --context kms:ResourceAliases=alias/…"},
	{name: "kms:RetiringPrincipal", grants: true},
	{name: "kms:RetiringServicePrincipal", grants: true},
	{name: "kms:RotationPeriodInDays", as: numbers},
	{name: "kms:ScheduleKeyDeletionPendingWindowInDays", as: numbers},
	{name: "kms:SigningAlgorithm"},
	{name: "kms:TrailingDaysWithoutKeyUsage", as: numbers},
	{name: "kms:ValidTo", as: moments},
	{name: "kms:ViaService", direct: never(), through: always("ec2.{region}.amazonaws.com"), other: atRunTime("?*.{region}.amazonaws.com"), itself: never()},
	{name: "kms:WrappingAlgorithm"},
	{name: "kms:WrappingKeySpec"},
}

const organization = "say which organization the account is of: --context aws:PrincipalOrgID=o-…"

// The global condition keys. In what EC2 calls, the network is EC2's own.
//
// Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html
var globalKeys = []conditionKey{
	{name: "aws:AssumedRoot", itself: never()},
	{name: "aws:CalledVia", manyValued: true, direct: never(), other: atRunTime("").orNot()},
	{name: "aws:CalledViaFirst", direct: never(), other: atRunTime("").orNot()},
	{name: "aws:CalledViaLast", direct: never(), other: atRunTime("").orNot()},
	{name: "aws:ChatbotSourceArn"},
	{name: "aws:CurrentTime", as: moments, direct: atRunTime(""), through: atRunTime(""), itself: atRunTime("")},
	{name: "aws:Ec2InstanceSourcePrivateIPv4"},
	{name: "aws:Ec2InstanceSourceVpc"},
	{name: "aws:EpochTime", as: moments, direct: atRunTime(""), through: atRunTime(""), itself: atRunTime("")},
	{name: "aws:FederatedProvider"},
	{name: "aws:MultiFactorAuthAge", as: numbers, machine: never()}, // [I]
	{name: "aws:MultiFactorAuthPresent", direct: chosen("true|false").orNot(), through: atRunTime("true|false").orNot(), itself: never(), machine: always("false")}, // [I]
	{name: "aws:PrincipalAccount"}, // of the caller
	{name: "aws:PrincipalArn"},     // of the caller
	{name: "aws:PrincipalIsAWSService", direct: always("false"), through: always("false"), itself: always("true")},
	{name: "aws:PrincipalOrgID", advice: organization, direct: atRunTime("o-*").orNot(), through: atRunTime("o-*").orNot(), itself: never()},
	{name: "aws:PrincipalOrgPaths", manyValued: true, direct: atRunTime("o-*/*").orNot(), through: atRunTime("o-*/*").orNot(), itself: never()},
	{name: "aws:PrincipalServiceName", direct: never(), through: never(), itself: always("{caller}")},
	{name: "aws:PrincipalServiceNamesList", manyValued: true, direct: never(), through: never()},
	{name: "aws:PrincipalTag/", itself: never()},
	{name: "aws:PrincipalType"}, // of the caller
	{name: "aws:RequestTag/"},
	{name: "aws:RequestedRegion", direct: always("{region}"), through: always("{region}"), itself: always("{region}")},
	{name: "aws:ResourceAccount", direct: always("{account}"), through: always("{account}"), itself: always("{account}")},
	{name: "aws:ResourceOrgID", advice: organization, direct: atRunTime("o-*").orNot(), through: atRunTime("o-*").orNot(), itself: atRunTime("o-*").orNot()},
	{name: "aws:ResourceOrgPaths", manyValued: true},
	{name: "aws:ResourceTag/"},
	{name: "aws:SecureTransport", direct: always("true"), through: always("true"), itself: always("true")}, // KMS has no other
	{name: "aws:SourceAccount", direct: never(), through: never()},                                         // [I]
	{name: "aws:SourceArn", direct: never(), through: never()},                                             // [I]
	{name: "aws:SourceIdentity"},
	{name: "aws:SourceIp", as: addresses, through: atRunTime(""), advice: "in what EC2 calls it is EC2's own address: leave the condition out, or put it into a Deny with \"Bool\": {\"aws:ViaAWSService\": \"false\"}"},
	{name: "aws:SourceOrgID", direct: never(), through: never()},
	{name: "aws:SourceOrgPaths", manyValued: true, direct: never(), through: never()},
	{name: "aws:SourceOwner", direct: never(), through: never()},
	{name: "aws:SourceVpc", through: never()},
	{name: "aws:SourceVpcArn", through: never()},
	{name: "aws:SourceVpce", through: never()},
	{name: "aws:TagKeys", manyValued: true},
	{name: "aws:TokenIssueTime", as: moments},
	{name: "aws:UserAgent"},
	{name: "aws:ViaAWSService", direct: always("false"), through: always("true"), other: always("true"), itself: always("false")},
	{name: "aws:VpcSourceIp", as: addresses, through: never()},
	{name: "aws:VpceAccount", through: never()},
	{name: "aws:VpceOrgID", through: never()},
	{name: "aws:VpceOrgPaths", manyValued: true, through: never()},
	{name: "aws:referer"},
	{name: "aws:userid", direct: atRunTime(""), through: atRunTime(""), itself: never()},
	{name: "aws:username"}, // of the caller
}

// findKey gives what is known of a condition key, nil for one that is not known.
func findKey(name string) *conditionKey {
	for _, list := range [][]conditionKey{kmsKeys, globalKeys} {
		for i := range list {
			k := &list[i]
			whole := len(name) == len(k.name)
			open := strings.HasSuffix(k.name, ":") || strings.HasSuffix(k.name, "/")
			if (whole && !open || open && len(name) > len(k.name)) && strings.EqualFold(name[:len(k.name)], k.name) {
				return k
			}
		}
	}
	return nil
}
