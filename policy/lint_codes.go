package policy

import "github.com/kublr-encryption/kublr-encryption/diag"

// What Lint gives: what a policy says and does not mean.

const (
	keysOfIAM     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
	keysOfKMS     = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"
	keysInKMS     = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html"
	actionsOfKMS  = "https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html"
	setsOfValues  = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"
	variables     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"
	notPrincipals = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"
	defaultPolicy = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"

	neverMet = "a condition that is never met makes an Allow give nothing, and a Deny keep nothing out"
)

// publicKey are the rules of others that ask who but the account uses a key.
var publicKey = []diag.Control{
	{Tool: "AWS Config", ID: "KMS_KEY_POLICY_NO_PUBLIC_ACCESS", Source: "https://docs.aws.amazon.com/config/latest/developerguide/kms-key-policy-no-public-access.html"},
	{Tool: "Security Hub", ID: "KMS.5", Source: "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-5"},
	{Tool: "Prowler", ID: "kms_key_not_publicly_accessible", Source: "https://github.com/prowler-cloud/prowler/tree/master/prowler/providers/aws/services/kms/kms_key_not_publicly_accessible"},
	{Tool: "checkov", ID: "CKV_AWS_33", Source: "https://github.com/bridgecrewio/checkov/blob/main/checkov/cloudformation/checks/resource/aws/KMSKeyWildCardPrincipal.py"},
}

var (
	duplicateSid = diag.Code{
		ID: "duplicate-sid", Severity: diag.Warning, Title: "Two statements have one Sid",
		Means: "Sids tell statements apart.", Why: "whoever merges by Sid, as we do, cannot tell which is meant", Remedy: "Give each statement its own.", Sources: []string{keyPolicies},
	}
	noCallerAccount = diag.Code{
		ID: "no-caller-account", Severity: diag.Warning, Title: "A statement for everyone does not say of which account",
		Means: `"*" is every principal of every account.`, Why: "other accounts use the key, as soon as their IAM lets them",
		Remedy: `Add "StringEquals": {"kms:CallerAccount": "ACCOUNT"}.`, Sources: []string{callerAccount, principals}, Controls: publicKey,
	}
	noViaService = diag.Code{
		ID: "no-via-service", Severity: diag.Warning, Title: "A statement for everyone does not say through which service",
		Means: "Every principal may call KMS itself.", Why: "who may call KMS decrypts data keys without being allowed to use EC2",
		Remedy: `Add "StringEquals": {"kms:ViaService": "ec2.REGION.amazonaws.com"}.`, Sources: []string{viaService},
	}
	rootForAnyone = diag.Code{
		ID: "root-for-anyone", Severity: diag.Warning, Title: `The account's root stands where "*" is meant`,
		Means: "The account's root gives no one anything by itself: it leaves the decision to IAM policies.", Why: "service-linked roles such as Auto Scaling's have no IAM policy for KMS, and get nothing",
		Remedy: `Write {"AWS": "*"}; the conditions keep other accounts and direct calls out.`, Sources: []string{defaultPolicy},
	}
	servicePrincipal = diag.Code{
		ID: "service-principal", Severity: diag.Warning, Title: "EC2 or Auto Scaling stands as a service that calls for itself",
		Means: "For volumes EC2 calls KMS for whoever called EC2, never for itself.", Why: "the statement allows nobody anything",
		Remedy: `Allow {"AWS": "*"} with conditions on kms:CallerAccount and kms:ViaService.`, Sources: []string{howEBSWorks, autoScalingKey},
	}
	principalMustExist = diag.Code{
		ID: "principal-must-exist", Severity: diag.Info, Title: "KMS refuses the policy while a named role or user is missing",
		Means: "A user or role that stands as a principal must exist when the policy is put, and is kept by its unique id.", Why: "in an account that never had an Auto Scaling group its role is missing; and who is deleted and made again has lost access",
		Remedy: "Make it first, or allow everyone with a condition on aws:PrincipalArn, which may name what does not exist yet.", Sources: []string{principals, autoScalingKey},
	}
	deletedPrincipal = diag.Code{
		ID: "deleted-principal", Severity: diag.Error, Title: "A principal is the id of a user or role that was deleted",
		Means: "AWS shows a unique id in place of an ARN when its user or role is gone. Of an id alone nothing here tells whose it is.", Why: "no one who is known has what the statement allows, and KMS refuses the policy when it is put back so",
		Remedy: "Name the user or role again, or remove the statement.", Sources: []string{principals},
	}
	otherPartition = diag.Code{
		ID: "partition", Severity: diag.Error, Title: "A principal is of another partition than the key",
		Means: "Principals and keys of China, GovCloud and the other regions live apart.", Why: refusedByKMS, Remedy: "Write the ARN with the key's partition.", Sources: []string{principals},
	}
	notPrincipalAllows = diag.Code{
		ID: "not-principal", Severity: diag.Warning, Title: "Everyone but a few is allowed",
		Means: "NotPrincipal with Allow is everyone else, in every account.", Why: "it lets in whoever nobody thought of", Remedy: "Name who is allowed. AWS no longer supports NotPrincipal with Allow.", Sources: []string{notPrincipals},
	}
	notActionAllows = diag.Code{
		ID: "not-action", Severity: diag.Warning, Title: "Everything but a few actions is allowed",
		Means: "NotAction with Allow is every other action.", Why: "deleting the key and changing its policy are among them", Remedy: "List the actions that are needed.", Sources: []string{actionsOfKMS, leastPrivilege},
	}
	unknownAction = diag.Code{
		ID: "unknown-action", Severity: diag.Warning, Title: "KMS has no such action",
		Means: "The name, or the pattern, fits no action of KMS.", Why: "the statement does not do what it seems to", Remedy: "Correct the name.", Sources: []string{actionsOfKMS},
	}
	foreignAction = diag.Code{
		ID: "foreign-action", Severity: diag.Warning, Title: "An action of another service",
		Means: "A key policy decides actions of KMS only.", Why: "the statement does not do what it seems to", Remedy: "Remove the action.", Sources: []string{actionsOfKMS},
	}
	unknownKey = diag.Code{
		ID: "unknown-key", Severity: diag.Warning, Title: "KMS has no such condition key",
		Means: "The key is absent from every request.", Why: neverMet, Remedy: "Correct its name.", Sources: []string{keysOfKMS, keysOfIAM},
	}
	grantKey = diag.Code{
		ID: "grant-key", Severity: diag.Warning, Title: "A condition on grants stands beside actions that make none",
		Means: "The key is only in requests about grants, and the statement has other actions too.", Why: "the statement never allows kms:Decrypt and the like, so volumes do not attach",
		Remedy: "Give kms:CreateGrant a statement of its own.", Sources: []string{forAWSResource},
	}
	noEncryptionContext = diag.Code{
		ID: "encryption-context", Severity: diag.Warning, Title: "A condition on the encryption context stands beside kms:DescribeKey",
		Means: "A request of kms:DescribeKey has no encryption context.", Why: "the statement never allows it, and EC2 asks for it",
		Remedy: "Give kms:DescribeKey a statement of its own.", Sources: []string{"https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html"},
	}
	absentKey = diag.Code{
		ID: "absent-key", Severity: diag.Warning, Title: "A condition on a key that requests through EC2 do not have",
		Means: "aws:SourceAccount, aws:SourceArn and the like are there when a service calls for itself. EC2 calls for whoever called it.", Why: neverMet,
		Remedy: "Write kms:CallerAccount.", Sources: []string{keysOfIAM, howEBSWorks},
	}
	networkKey = diag.Code{
		ID: "network-key", Severity: diag.Warning, Title: "A condition on the network that a request comes from",
		Means: "In what EC2 calls for you, the address and the network are EC2's own.", Why: "volumes do not get through",
		Remedy: `Leave it out, or put it into a Deny with "Bool": {"aws:ViaAWSService": "false"}.`, Sources: []string{keysInKMS},
	}
	setOperatorMissing = diag.Code{
		ID: "set-operator", Severity: diag.Warning, Title: "A list is compared as one value",
		Means: "The key has several values, and only ForAllValues and ForAnyValue look into them.", Why: neverMet, Remedy: "Write ForAnyValue: or ForAllValues: before the operator.", Sources: []string{setsOfValues},
	}
	forAllValues = diag.Code{
		ID: "for-all-values", Severity: diag.Warning, Title: "ForAllValues lets through what lacks the key",
		Means: "ForAllValues is met by every request in which the key is absent.", Why: "an Allow with it lets in whoever leaves the key out", Remedy: `Add "Null": {"KEY": "false"}.`, Sources: []string{setsOfValues},
	}
	wildcardInEquals = diag.Code{
		ID: "wildcard-in-equals", Severity: diag.Warning, Title: "A wildcard where none counts",
		Means: "StringEquals and its like take * and ? as they stand.", Why: neverMet, Remedy: "Write StringLike.", Sources: []string{operatorsOfIAM},
	}
	badValue = diag.Code{
		ID: "bad-value", Severity: diag.Warning, Title: "A value that the operator never compares to",
		Means: "The value is no number, date, boolean, address or ARN where the operator wants one, or there is none.", Why: neverMet, Remedy: "Correct the value, or use another operator.", Sources: []string{operatorsOfIAM},
	}
	sessionARN = diag.Code{
		ID: "session-arn", Severity: diag.Warning, Title: "aws:PrincipalArn is compared with a session",
		Means: "aws:PrincipalArn of a session is the ARN of its role, with the role's path.", Why: neverMet, Remedy: "Write arn:PARTITION:iam::ACCOUNT:role/PATH/NAME.", Sources: []string{keysOfIAM + "#condition-keys-principalarn"},
	}
	badCallerAccount = diag.Code{
		ID: "caller-account", Severity: diag.Warning, Title: "A condition on an account that is none, or another",
		Means: "kms:CallerAccount is twelve digits, and the cluster is in another account than the statement names.", Why: "the statement does nothing for the cluster", Remedy: "Write the twelve digits of the cluster's account, in quotes.", Sources: []string{callerAccount},
	}
	badViaService = diag.Code{
		ID: "via-service", Severity: diag.Warning, Title: "kms:ViaService has another form",
		Means: "kms:ViaService is SERVICE.REGION.amazonaws.com in lower case, and for volumes the service is ec2.", Why: neverMet, Remedy: "Write ec2.REGION.amazonaws.com.", Sources: []string{viaService},
	}
	viaServiceChina = diag.Code{
		ID: "via-service-cn", Severity: diag.Warning, Title: "kms:ViaService with China's suffix",
		Means: "kms:ViaService ends in .amazonaws.com in every partition.", Why: neverMet, Remedy: "Leave .cn out.", Sources: []string{viaService},
	}
	viaServiceRegion = diag.Code{
		ID: "via-service-region", Severity: diag.Warning, Title: "kms:ViaService of another region than the key's",
		Means: "EC2 uses keys of its own region only.", Why: neverMet, Remedy: "Write the key's region.", Sources: []string{viaService},
	}
	variablesNeedVersion = diag.Code{
		ID: "variables-need-version", Severity: diag.Warning, Title: "A variable in a policy of 2008",
		Means: "Without Version 2012-10-17 a variable such as ${aws:PrincipalAccount} is plain text.", Why: neverMet, Remedy: `Write "Version": "2012-10-17".`, Sources: []string{variables, policyVersions},
	}
	noVersion = diag.Code{
		ID: "no-version", Severity: diag.Warning, Title: "The policy names no version of the policy language",
		Means: "Without Version the policy is read as of 2008-10-17.", Why: "variables such as ${aws:PrincipalAccount} are plain text then, and conditions with them are never met",
		Remedy: `Write "Version": "2012-10-17".`, Sources: []string{policyVersions},
	}
	sessionPrincipal = diag.Code{
		ID: "session-principal", Severity: diag.Warning, Title: "A session stands as a principal",
		Means: "The principal is one session of a role, by its name.", Why: "a session ends, and whoever assumes the role under another name is someone else",
		Remedy: "Write arn:PARTITION:iam::ACCOUNT:role/NAME.", Sources: []string{principals},
	}
	mfaOfRoles = diag.Code{
		ID: "mfa-of-roles", Severity: diag.Warning, Title: "A Deny for want of MFA matches every role",
		Means: "aws:MultiFactorAuthPresent is false for instance roles and service-linked roles, and absent where long-term keys sign.", Why: "instances do not launch, and volumes do not attach",
		Remedy: `Name users with "ArnLike": {"aws:PrincipalArn": "arn:PARTITION:iam::ACCOUNT:user/*"}, or leave it to IAM policies.`, Sources: []string{keysOfIAM + "#condition-keys-multifactorauthpresent"},
	}
	redundantStatement = diag.Code{
		ID: "redundant-statement", Severity: diag.Info, Title: "Other statements allow all that volumes need of this one",
		Means: "Without the statement nothing that is checked is decided otherwise.", Why: "whoever narrows it, and means to narrow access, narrows nothing",
		Remedy: "Keep it if it is there for something else, or if you mean to narrow the others.", Sources: []string{"https://docs.aws.amazon.com/kms/latest/developerguide/determining-access-key-policy.html"},
	}
)

var lintCodes = []diag.Code{
	duplicateSid, noCallerAccount, noViaService, rootForAnyone, servicePrincipal, principalMustExist, deletedPrincipal, otherPartition,
	notPrincipalAllows, notActionAllows, unknownAction, foreignAction, unknownKey, grantKey, noEncryptionContext, absentKey, networkKey,
	setOperatorMissing, forAllValues, wildcardInEquals, badValue, sessionARN, badCallerAccount, badViaService, viaServiceChina,
	viaServiceRegion, variablesNeedVersion, noVersion, sessionPrincipal, mfaOfRoles, redundantStatement,
}
