package livekey

import (
	"slices"

	"github.com/kublr-encryption/kublr-encryption/diag"
)

// Codes are all that the package gives.
func Codes() []diag.Code { return codes }

// found gives a finding that is about no place in a file.
func found(c diag.Code, message, hint string) diag.Findings {
	return diag.Findings{c.Finding(diag.Position{}, nil, message, hint)}
}

// about gives one about a slot, in one region or in all.
func about(c diag.Code, s Slot, region, message, hint string) diag.Findings {
	return found(c, s.named(region)+" "+message, hint)
}

const (
	kmsAPI = "https://docs.aws.amazon.com/kms/latest/APIReference/API_"
	kmsDev = "https://docs.aws.amazon.com/kms/latest/developerguide/"
)

var (
	noCredentials = diag.Code{
		ID: "credentials", Severity: diag.Error, Title: "no usable credentials",
		Means: "AWS could not be asked, or it did not accept who asks.", Why: "Nothing can be read or made without them.",
		Remedy: "Set AWS_PROFILE or the environment's credentials; sign in again when they have expired.", Sources: []string{"https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html"},
	}
	otherAccount = diag.Code{
		ID: "account", Severity: diag.Error, Title: "credentials of another account",
		Means: "The credentials are of another account than the intent's.", Why: "The keys would be made where no cluster can use them.",
		Remedy: "Use credentials of the intent's account.", Sources: []string{"https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"},
	}
	denied = diag.Code{
		ID: "denied", Severity: diag.Error, Title: "AWS denied a call",
		Means: "The caller lacks a permission that is needed.", Why: "What was denied could not be read or done.",
		Remedy: "Give the caller what `key permissions` prints.", Sources: []string{kmsDev + "determining-access.html"},
	}
	awsFailed = diag.Code{
		ID: "aws", Severity: diag.Error, Title: "AWS did not answer as expected",
		Means: "A call failed in a way that says nothing about the key.", Why: "The outcome is not known.",
		Remedy: "Run the command again.", Sources: []string{kmsDev + "programming-error-handling.html"},
	}
	regionMissing = diag.Code{
		ID: "region-missing", Severity: diag.Error, Title: "no region",
		Means: "A key is made in a region, and none is given.", Why: "",
		Remedy: "Give spec.regions.", Sources: []string{kmsDev + "concepts.html"},
	}
	aliasForms = diag.Code{
		ID: "alias", Severity: diag.Error, Title: "no alias for a key of ours",
		Means: "The alias is ill-formed or reserved.", Why: "KMS refuses it.",
		Remedy: "Choose another.", Sources: []string{kmsAPI + "CreateAlias.html"},
	}
	aliasSplit = diag.Code{
		ID: "alias-split", Severity: diag.Error, Title: "the alias names two keys",
		Means: "In two regions the alias names keys that are not replicas of each other.", Why: "A multi-region key has one id everywhere; which of the two is meant cannot be told.",
		Remedy: "Delete the alias that is wrong.", Sources: []string{kmsDev + "multi-region-keys-overview.html"},
	}
	keyKind = diag.Code{
		ID: "key-kind", Severity: diag.Error, Title: "a key of another kind",
		Means: "The alias names a key that EBS cannot use, or that is not of the kind the intent wants.", Why: "What a key is, is fixed when it is made; volumes may use it, so it is never replaced.",
		Remedy: "Choose another alias, or change the intent.", Sources: []string{kmsDev + "services-ebs.html"},
	}
	keyState = diag.Code{
		ID: "key-state", Severity: diag.Error, Title: "a key that cannot be used now",
		Means: "The key is disabled, pending deletion or import, or not ready.", Why: "Volumes on it cannot be made or attached.",
		Remedy: "Enable it, cancel its deletion, or wait.", Sources: []string{kmsDev + "key-state.html"},
	}
	keyForeign = diag.Code{
		ID: "key-foreign", Severity: diag.Error, Title: "a key that is not ours",
		Means: "The alias names a key that was not made for it by this program.", Why: "Someone else may own its policy.",
		Remedy: "Choose another alias, or take the key over.", Sources: []string{kmsDev + "tagging-keys.html"},
	}
	searchDenied = diag.Code{
		ID: "search-denied", Severity: diag.Error, Title: "keys could not be looked for",
		Means: "Neither tags nor keys could be listed.", Why: "A key that an interrupted run left would not be found, and a second one made.",
		Remedy: "Allow tag:GetResources, or kms:ListKeys and kms:ListResourceTags.", Sources: []string{"https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html"},
	}
	principalMissing = diag.Code{
		ID: "principal-missing", Severity: diag.Error, Title: "a principal that IAM does not know",
		Means: "The key policy names a user or role that is not there.", Why: "KMS refuses such a policy.",
		Remedy: "Make it first, or correct the intent.", Sources: []string{kmsDev + "key-policy-overview.html"},
	}
	policyRefused = diag.Code{
		ID: "policy", Severity: diag.Error, Title: "a policy that KMS refuses",
		Means: "The policy is not one that KMS takes.", Why: "",
		Remedy: "Correct the intent, or the statements that stand there.", Sources: []string{kmsAPI + "PutKeyPolicy.html"},
	}
	policyLockout = diag.Code{
		ID: "policy-lockout", Severity: diag.Error, Title: "a policy that may lock everyone out",
		Means: "Under this policy the account could not change it again.", Why: "A key whose principals are deleted would be unmanageable.",
		Remedy: "Keep the account's root among the administrators.", Sources: []string{kmsDev + "key-policy-default.html"},
	}
	policyUnknown = diag.Code{
		ID: "policy-unknown", Severity: diag.Error, Title: "a policy that could not be read",
		Means: "The key's policy is kept from us.", Why: "What it lets in is not known, and it cannot be changed without losing statements.",
		Remedy: "Allow kms:GetKeyPolicy.", Sources: []string{kmsAPI + "GetKeyPolicy.html"},
	}
	deadPrincipal = diag.Code{
		ID: "principal-dead", Severity: diag.Error, Title: "a principal that was deleted",
		Means: "The policy names the unique id of a user or role that is gone.", Why: "KMS refuses to take such a policy back, so nothing can be added to it.",
		Remedy: "Remove the statement, or name the new principal.", Sources: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"},
	}
	limit = diag.Code{
		ID: "limit", Severity: diag.Error, Title: "a limit of the account",
		Means: "KMS has no room for another key, alias or policy byte.", Why: "",
		Remedy: "Ask AWS for more, or tidy up.", Sources: []string{kmsDev + "limits.html"},
	}
	keyMayAppear = diag.Code{
		ID: "key-unknown", Severity: diag.Error, Title: "a key may have been made",
		Means: "KMS did not answer CreateKey, and no new key is to be seen yet.", Why: "Another try could leave two keys.",
		Remedy: "Run `key plan` in five minutes: it names the key.", Sources: []string{kmsAPI + "CreateKey.html"},
	}
	changed = diag.Code{
		ID: "changed", Severity: diag.Error, Title: "something has changed since the plan",
		Means: "What was read is not what the plan was made of.", Why: "Doing the old plan could undo someone's work.",
		Remedy: "Look at the new plan.", Sources: []string{kmsAPI + "PutKeyPolicy.html"},
	}
	notYet = diag.Code{
		ID: "not-yet", Severity: diag.Error, Title: "not as wanted yet",
		Means: "What was set is not read back in time.", Why: "AWS shows some changes only after minutes.",
		Remedy: "Run the command again.", Sources: []string{kmsDev + "programming-eventual-consistency.html"},
	}

	codes = []diag.Code{
		noCredentials, otherAccount, denied, awsFailed, regionMissing, aliasForms, aliasSplit, keyKind, keyState, keyForeign, searchDenied, principalMissing, policyRefused, policyLockout, policyUnknown, deadPrincipal, limit, keyMayAppear, changed, notYet,
	}
)

// IsIncomplete tells whether findings say that something could not be asked or is not
// known: then the answer is incomplete.
func IsIncomplete(all diag.Findings) bool {
	return slices.ContainsFunc(all, func(f diag.Finding) bool {
		return slices.ContainsFunc([]diag.Code{noCredentials, denied, awsFailed, searchDenied, policyUnknown, keyMayAppear}, func(c diag.Code) bool { return c.ID == f.Code })
	})
}
