// Package code has the rows of the table of codes that the live key adds. It is apart
// from package livekey, so that who explains codes need not link AWS's clients.
package code

import "github.com/kublr-encryption/kublr-encryption/diag"

// All gives the rows.
func All() []diag.Code { return all }

const (
	kmsAPI = "https://docs.aws.amazon.com/kms/latest/APIReference/API_"
	kmsDev = "https://docs.aws.amazon.com/kms/latest/developerguide/"
)

var (
	NoCredentials = diag.Code{
		ID: "credentials", Severity: diag.Error, Title: "No usable credentials",
		Means: "AWS could not be asked, or it did not accept who asks.", Why: "Nothing can be read or made without them.",
		Remedy: "Set AWS_PROFILE or the environment's credentials; sign in again when they have expired.", Sources: []string{"https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html"},
	}
	OtherAccount = diag.Code{
		ID: "other-account", Severity: diag.Error, Title: "Credentials of another account",
		Means: "The credentials are of another account than the intent's.", Why: "The keys would be made where no cluster can use them.",
		Remedy: "Use credentials of the intent's account.", Sources: []string{"https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"},
	}
	Denied = diag.Code{
		ID: "denied", Severity: diag.Error, Title: "AWS denied a call",
		Means: "The caller lacks a permission that is needed.", Why: "What was denied could not be read or done.",
		Remedy: "Give the caller what `key permissions` prints.", Sources: []string{kmsDev + "determining-access.html"},
	}
	AWSFailed = diag.Code{
		ID: "aws-failed", Severity: diag.Error, Title: "AWS did not answer as expected",
		Means: "A call failed in a way that says nothing about the key.", Why: "The outcome is not known.",
		Remedy: "Run the command again.", Sources: []string{kmsDev + "programming-error-handling.html"},
	}
	RegionMissing = diag.Code{
		ID: "no-region", Severity: diag.Error, Title: "No region",
		Means: "A key is made in a region, and none is given.", Why: "A key policy names its region, and a key is of use there alone.",
		Remedy: "Give spec.regions.", Sources: []string{kmsDev + "concepts.html"},
	}
	AliasForm = diag.Code{
		ID: "alias-form", Severity: diag.Error, Title: "No alias for a key of ours",
		Means: "The alias is ill-formed or reserved.", Why: "KMS refuses it.",
		Remedy: "Choose another.", Sources: []string{kmsAPI + "CreateAlias.html"},
	}
	AliasNamesTwo = diag.Code{
		ID: "alias-names-two", Severity: diag.Error, Title: "The alias names two keys",
		Means: "In two regions the alias names keys that are not replicas of each other.", Why: "A multi-region key has one id everywhere; which of the two is meant cannot be told.",
		Remedy: "Delete the alias that is wrong.", Sources: []string{kmsDev + "multi-region-keys-overview.html"},
	}
	KeyKind = diag.Code{
		ID: "key-kind", Severity: diag.Error, Title: "A key of another kind",
		Means: "The alias names a key that EBS cannot use, or that is not of the kind the intent wants.", Why: "What a key is, is fixed when it is made; volumes may use it, so it is never replaced.",
		Remedy: "Choose another alias, or change the intent.", Sources: []string{kmsDev + "services-ebs.html"},
	}
	KeyState = diag.Code{
		ID: "key-state", Severity: diag.Error, Title: "A key that cannot be used now",
		Means: "The key is disabled, pending deletion or import, or not ready.", Why: "Volumes on it cannot be made or attached.",
		Remedy: "Enable it, cancel its deletion, or wait.", Sources: []string{kmsDev + "key-state.html"},
	}
	KeyMissing = diag.Code{
		ID: "key-missing", Severity: diag.Error, Title: "A key that is not there",
		Means: "KMS knows no key by this name in the region where volumes need it.", Why: "Volumes on it cannot be made: instances end at launch.",
		Remedy: "Make it with `key apply`, or name another.", Sources: []string{kmsAPI + "DescribeKey.html"},
	}
	KeyElsewhere = diag.Code{
		ID: "key-elsewhere", Severity: diag.Error, Title: "A key of another region",
		Means: "A volume names the key of another region than its own.", Why: "KMS keys, replicas included, are used in their own region alone.",
		Remedy: "Name a key of the volume's region, or an alias.", Sources: []string{kmsDev + "concepts.html"},
	}
	EBSDefault = diag.Code{
		ID: "ebs-default", Severity: diag.Info, Title: "What a region does by default",
		Means: "Whether volumes that ask for no encryption are encrypted in this region, and which key those get that name none.", Why: "It is what counts where a spec and its intent say nothing.",
		Remedy: "Change it with ec2 modify-ebs-default-kms-key-id and enable-ebs-encryption-by-default, if it is not as it should be.", Sources: []string{"https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html"},
	}
	DefaultUnknown = diag.Code{
		ID: "ebs-default-unknown", Severity: diag.Error, Title: "What a region does by default is not known",
		Means: "The region's default for EBS is kept from us.", Why: "Which key volumes get that name none is not known.",
		Remedy: "Allow ec2:GetEbsDefaultKmsKeyId and ec2:GetEbsEncryptionByDefault.", Sources: []string{"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsDefaultKmsKeyId.html"},
	}
	IAMUnknown = diag.Code{
		ID: "iam-unknown", Severity: diag.Error, Title: "What IAM lets a principal do is not known",
		Means: "Its policies in IAM could not be read, or it has a permissions boundary, which is not judged.", Why: "IAM may deny what the key's policy allows, and must allow what that leaves to it.",
		Remedy: "Give the caller what `key permissions --for check` prints.", Sources: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"},
	}
	KeyForeign = diag.Code{
		ID: "key-foreign", Severity: diag.Error, Title: "A key that is not ours",
		Means: "The alias names a key that was not made for it by this program.", Why: "Someone else may own its policy.",
		Remedy: "Choose another alias, or take the key over.", Sources: []string{kmsDev + "tagging-keys.html"},
	}
	SearchDenied = diag.Code{
		ID: "search-denied", Severity: diag.Error, Title: "Keys could not be looked for",
		Means: "Neither tags nor keys could be listed.", Why: "A key that an interrupted run left would not be found, and a second one made.",
		Remedy: "Allow tag:GetResources, or kms:ListKeys and kms:ListResourceTags.", Sources: []string{"https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html"},
	}
	PrincipalMissing = diag.Code{
		ID: "principal-missing", Severity: diag.Error, Title: "A principal that IAM does not know",
		Means: "The key policy names a user or role that is not there.", Why: "KMS refuses such a policy.",
		Remedy: "Make it first, or correct the intent.", Sources: []string{kmsDev + "key-policy-overview.html"},
	}
	PolicyRefused = diag.Code{
		ID: "policy-refused", Severity: diag.Error, Title: "A policy that KMS refuses",
		Means: "The policy is not one that KMS takes.", Why: "A key whose policy is not put lets in whom it let in before.",
		Remedy: "Correct the intent, or the statements that stand there.", Sources: []string{kmsAPI + "PutKeyPolicy.html"},
	}
	PolicyLockout = diag.Code{
		ID: "policy-lockout", Severity: diag.Error, Title: "A policy that may lock everyone out",
		Means: "Under this policy the account could not change it again.", Why: "A key whose principals are deleted would be unmanageable.",
		Remedy: "Keep the account's root among the administrators.", Sources: []string{kmsDev + "key-policy-default.html"},
	}
	PolicyUnknown = diag.Code{
		ID: "policy-unknown", Severity: diag.Error, Title: "A policy that could not be read",
		Means: "The key's policy is kept from us.", Why: "What it lets in is not known, and it cannot be changed without losing statements.",
		Remedy: "Allow kms:GetKeyPolicy.", Sources: []string{kmsAPI + "GetKeyPolicy.html"},
	}
	DeadPrincipal = diag.Code{
		ID: "principal-dead", Severity: diag.Error, Title: "A principal that was deleted",
		Means: "The policy names the unique id of a user or role that is gone.", Why: "KMS refuses to take such a policy back, so nothing can be added to it.",
		Remedy: "Remove the statement, or name the new principal.", Sources: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"},
	}
	Limit = diag.Code{
		ID: "aws-limit", Severity: diag.Error, Title: "A limit of the account",
		Means: "KMS has no room for another key, alias or policy byte.", Why: "Nothing more can be made until there is room.",
		Remedy: "Ask AWS for more, or tidy up.", Sources: []string{kmsDev + "limits.html"},
	}
	KeyMayAppear = diag.Code{
		ID: "key-may-exist", Severity: diag.Error, Title: "A key may have been made",
		Means: "KMS did not answer CreateKey, and no new key is to be seen yet.", Why: "Another try could leave two keys.",
		Remedy: "Run `key plan` in five minutes: it names the key.", Sources: []string{kmsAPI + "CreateKey.html"},
	}
	Changed = diag.Code{
		ID: "plan-changed", Severity: diag.Error, Title: "Something has changed since the plan",
		Means: "What was read is not what the plan was made of.", Why: "Doing the old plan could undo someone's work.",
		Remedy: "Look at the new plan.", Sources: []string{kmsAPI + "PutKeyPolicy.html"},
	}
	NotYet = diag.Code{
		ID: "not-yet", Severity: diag.Error, Title: "Not as wanted yet",
		Means: "What was set is not read back in time.", Why: "AWS shows some changes only after minutes.",
		Remedy: "Run the command again.", Sources: []string{kmsDev + "programming-eventual-consistency.html"},
	}

	all = []diag.Code{
		NoCredentials, OtherAccount, Denied, AWSFailed, Limit, RegionMissing,
		AliasForm, AliasNamesTwo, KeyMissing, KeyElsewhere, KeyKind, KeyState, KeyForeign, KeyMayAppear, SearchDenied, EBSDefault, DefaultUnknown, IAMUnknown,
		PrincipalMissing, DeadPrincipal, PolicyRefused, PolicyLockout, PolicyUnknown, Changed, NotYet,
	}
)
