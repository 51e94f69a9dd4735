package policy

import "github.com/kublr-encryption/kublr-encryption/diag"

// What Parse gives: why KMS refuses a policy.

const (
	keyPolicies    = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"
	putKeyPolicy   = "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html"
	resourceLimits = "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"
	policyGrammar  = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
	policyVersions = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"
	principals     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
	operatorsOfIAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
	jsonSyntax     = "https://www.rfc-editor.org/rfc/rfc8259"
	refusedByKMS   = "KMS answers MalformedPolicyDocumentException, and the key keeps the policy it had"
)

var (
	notJSON = diag.Code{
		ID: "json", Severity: diag.Error, Title: "The policy is no JSON object",
		Means: "The text breaks a rule of JSON at this place, or what it holds is no object.", Why: refusedByKMS,
		Remedy: "Correct the text at the place: quotes, commas and brackets are what is usually missing.", Sources: []string{jsonSyntax, policyGrammar},
	}
	duplicateElement = diag.Code{
		ID: "duplicate-element", Severity: diag.Error, Title: "An element stands twice",
		Means: "One object has two fields of one name. Readers of JSON keep one of them and say nothing.", Why: "what the other one says is lost, and which one that is depends on the reader",
		Remedy: "Put both into one.", Sources: []string{jsonSyntax + "#section-4"},
	}
	unknownElement = diag.Code{
		ID: "unknown-element", Severity: diag.Error, Title: "A policy has no such element",
		Means: "The name is none of the policy language. Names count with their case.", Why: refusedByKMS,
		Remedy: "Correct the name, or remove the element.", Sources: []string{policyGrammar},
	}
	tooLarge = diag.Code{
		ID: "size", Severity: diag.Error, Title: "The policy is too large",
		Means: "A key policy has at most 32,768 bytes, blanks included; the limit cannot be raised.", Why: "KMS answers LimitExceededException, and the key keeps the policy it had",
		Remedy: "Join statements, or give access by grants or IAM policies.", Sources: []string{resourceLimits},
	}
	badCharacter = diag.Code{
		ID: "charset", Severity: diag.Error, Title: "A character that KMS does not take",
		Means: "KMS takes U+0020 to U+00FF, tab, line feed and carriage return, in UTF-8.", Why: refusedByKMS,
		Remedy: "Write the policy in plain ASCII. Quotes and dashes from a word processor are the usual cause.", Sources: []string{putKeyPolicy},
	}
	badStatement = diag.Code{
		ID: "statement", Severity: diag.Error, Title: "There is no statement where one is needed",
		Means: "Statement is a statement, or a list of at least one; each is an object.", Why: refusedByKMS,
		Remedy: "Write a list of statements.", Sources: []string{policyGrammar},
	}
	badVersion = diag.Code{
		ID: "version", Severity: diag.Error, Title: "No version of the policy language",
		Means: "Version names the policy language, which has two: 2012-10-17 and 2008-10-17.", Why: refusedByKMS,
		Remedy: `Write "2012-10-17". It is no date of yours.`, Sources: []string{policyVersions},
	}
	badID = diag.Code{
		ID: "id", Severity: diag.Error, Title: "Id is no string",
		Means: "Id is a name of the policy, for people.", Why: refusedByKMS, Remedy: "Put it in double quotes, or remove it.", Sources: []string{policyGrammar},
	}
	badSid = diag.Code{
		ID: "sid", Severity: diag.Error, Title: "Sid is no string",
		Means: "Sid is a name of the statement. In a key policy it may have blanks.", Why: refusedByKMS, Remedy: "Put it in double quotes, or remove it.", Sources: []string{keyPolicies},
	}
	badEffect = diag.Code{
		ID: "effect", Severity: diag.Error, Title: "Effect is neither Allow nor Deny",
		Means: "A statement has an Effect, which is Allow or Deny, in this case.", Why: refusedByKMS, Remedy: `Write "Allow" or "Deny".`, Sources: []string{policyGrammar},
	}
	badAction = diag.Code{
		ID: "action", Severity: diag.Error, Title: "Action is missing, or names no action",
		Means: "A statement has Action or NotAction: names such as kms:Decrypt, in which * and ? are wildcards.", Why: refusedByKMS, Remedy: "Name the actions.", Sources: []string{keyPolicies, policyGrammar},
	}
	badResource = diag.Code{
		ID: "resource", Severity: diag.Error, Title: `Resource is not "*"`,
		Means: `In a key policy Resource is "*", which means the key that it is on.`, Why: refusedByKMS, Remedy: `Write "Resource": "*".`, Sources: []string{keyPolicies},
	}
	badPrincipal = diag.Code{
		ID: "principal", Severity: diag.Error, Title: "Principal is missing, or names none",
		Means: `A statement of a key policy says to whom it applies: "*", accounts, users, roles, sessions, services.`, Why: refusedByKMS,
		Remedy: "write an account's twelve digits or arn:PARTITION:iam::ACCOUNT:root, :user/NAME or :role/NAME", Sources: []string{principals, keyPolicies},
	}
	principalWildcard = diag.Code{
		ID: "principal-wildcard", Severity: diag.Error, Title: "A wildcard inside a principal",
		Means: `A principal is "*" or a whole name; no part of it is a pattern.`, Why: refusedByKMS,
		Remedy: `name each principal, or write {"AWS": "*"} with a condition on aws:PrincipalArn`, Sources: []string{principals},
	}
	badOperator = diag.Code{
		ID: "operator", Severity: diag.Error, Title: "No condition operator",
		Means: "A Condition has operators, each with condition keys. The name is no operator.", Why: refusedByKMS, Remedy: "Write one of IAM's, such as StringEquals, StringLike, ArnLike, Bool or Null.", Sources: []string{operatorsOfIAM},
	}
	badCondition = diag.Code{
		ID: "condition", Severity: diag.Error, Title: "Condition has another shape",
		Means: "A Condition is an object of operators, an operator one of condition keys, and a key has a value or a list of values.", Why: refusedByKMS,
		Remedy: `Write {"StringEquals": {"kms:CallerAccount": "111122223333"}}.`, Sources: []string{operatorsOfIAM},
	}
)

var parseCodes = []diag.Code{
	notJSON, duplicateElement, unknownElement, tooLarge, badCharacter, badStatement, badVersion, badID, badSid, badEffect, badAction,
	badResource, badPrincipal, principalWildcard, badOperator, badCondition,
}
