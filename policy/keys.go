package policy

import "strings"

// A conditionKey is what a statement may put a condition on. A name that ends in
// a colon or slash goes on with a name of the user's.
type conditionKey struct {
	name       string
	manyValued bool
	grants     bool // only in requests about grants
	crypto     bool // only in requests that have an encryption context
}

// The condition keys of KMS.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
var kmsKeys = []conditionKey{
	{name: "kms:BypassPolicyLockoutSafetyCheck"},
	{name: "kms:CallerAccount"},
	{name: "kms:CustomerMasterKeySpec"},
	{name: "kms:CustomerMasterKeyUsage"},
	{name: "kms:DataKeyPairSpec"},
	{name: "kms:EncryptionAlgorithm"},
	{name: "kms:EncryptionContext:", crypto: true},
	{name: "kms:EncryptionContextKeys", manyValued: true, crypto: true},
	{name: "kms:ExpirationModel"},
	{name: "kms:GrantConstraintSourceArn", grants: true},
	{name: "kms:GrantConstraintType", grants: true},
	{name: "kms:GrantIsForAWSResource", grants: true},
	{name: "kms:GrantOperations", manyValued: true, grants: true},
	{name: "kms:GranteePrincipal", grants: true},
	{name: "kms:GranteeServicePrincipal", grants: true},
	{name: "kms:KeyAgreementAlgorithm"},
	{name: "kms:KeyOrigin"},
	{name: "kms:KeySpec"},
	{name: "kms:KeyUsage"},
	{name: "kms:MacAlgorithm"},
	{name: "kms:MessageType"},
	{name: "kms:MultiRegion"},
	{name: "kms:MultiRegionKeyType"},
	{name: "kms:PrimaryRegion"},
	{name: "kms:ReEncryptOnSameKey"},
	{name: "kms:RecipientAttestation:"},
	{name: "kms:ReplicaRegion"},
	{name: "kms:RequestAlias"},
	{name: "kms:ResourceAliases", manyValued: true},
	{name: "kms:RetiringPrincipal", grants: true},
	{name: "kms:RetiringServicePrincipal", grants: true},
	{name: "kms:RotationPeriodInDays"},
	{name: "kms:ScheduleKeyDeletionPendingWindowInDays"},
	{name: "kms:SigningAlgorithm"},
	{name: "kms:TrailingDaysWithoutKeyUsage"},
	{name: "kms:ValidTo"},
	{name: "kms:ViaService"},
	{name: "kms:WrappingAlgorithm"},
	{name: "kms:WrappingKeySpec"},
}

// The global condition keys.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var globalKeys = []conditionKey{
	{name: "aws:AssumedRoot"},
	{name: "aws:CalledVia", manyValued: true},
	{name: "aws:CalledViaFirst"},
	{name: "aws:CalledViaLast"},
	{name: "aws:ChatbotSourceArn"},
	{name: "aws:CurrentTime"},
	{name: "aws:Ec2InstanceSourcePrivateIPv4"},
	{name: "aws:Ec2InstanceSourceVpc"},
	{name: "aws:EpochTime"},
	{name: "aws:FederatedProvider"},
	{name: "aws:MultiFactorAuthAge"},
	{name: "aws:MultiFactorAuthPresent"},
	{name: "aws:PrincipalAccount"},
	{name: "aws:PrincipalArn"},
	{name: "aws:PrincipalIsAWSService"},
	{name: "aws:PrincipalOrgID"},
	{name: "aws:PrincipalOrgPaths", manyValued: true},
	{name: "aws:PrincipalServiceName"},
	{name: "aws:PrincipalServiceNamesList", manyValued: true},
	{name: "aws:PrincipalTag/"},
	{name: "aws:PrincipalType"},
	{name: "aws:RequestTag/"},
	{name: "aws:RequestedRegion"},
	{name: "aws:ResourceAccount"},
	{name: "aws:ResourceOrgID"},
	{name: "aws:ResourceOrgPaths", manyValued: true},
	{name: "aws:ResourceTag/"},
	{name: "aws:SecureTransport"},
	{name: "aws:SourceAccount"},
	{name: "aws:SourceArn"},
	{name: "aws:SourceIdentity"},
	{name: "aws:SourceIp"},
	{name: "aws:SourceOrgID"},
	{name: "aws:SourceOrgPaths", manyValued: true},
	{name: "aws:SourceOwner"},
	{name: "aws:SourceVpc"},
	{name: "aws:SourceVpcArn"},
	{name: "aws:SourceVpce"},
	{name: "aws:TagKeys", manyValued: true},
	{name: "aws:TokenIssueTime"},
	{name: "aws:UserAgent"},
	{name: "aws:ViaAWSService"},
	{name: "aws:VpcSourceIp"},
	{name: "aws:VpceAccount"},
	{name: "aws:VpceOrgID"},
	{name: "aws:VpceOrgPaths", manyValued: true},
	{name: "aws:referer"},
	{name: "aws:userid"},
	{name: "aws:username"},
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
