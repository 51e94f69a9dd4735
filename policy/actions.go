package policy

import "strings"

// A class is a kind of what one may do with a key. Every action belongs to one.
type class uint8

const (
	use            class = iota // encrypts and decrypts with the key itself
	dataKeys                    // makes the keys that data is encrypted with
	grants                      // hands the key on
	grantsUndone                // takes what was handed on away
	policyOf                    // says who may do what
	deletion                    // makes all that the key encrypts unreadable
	administration              // enables, disables, rotates
	importing                   // brings key material, or takes it away
	replication                 // makes the key one of another region
	aliases                     // says which name is which key
	tags                        // says what conditions on tags see
	reading                     // sees what the key is, and nothing that it encrypts
)

func (c class) String() string {
	return [...]string{"use", "data keys", "grants", "undoing grants", "policy", "deletion", "administration", "import", "replication", "aliases", "tags", "reading"}[c]
}

// The actions that a key policy may speak of, what each is, and whether KMS has it
// for a key of another account. A test compares the names with AWS's own list.
//
// Sources: https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html,
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
var actions = []struct {
	name            string
	class           class
	crossesAccounts bool
}{
	{"Decrypt", use, true},
	{"Encrypt", use, true},
	{"ReEncryptFrom", use, true},
	{"ReEncryptTo", use, true},
	{"Decapsulate", use, true},
	{"DeriveSharedSecret", use, true},
	{"Encapsulate", use, true},
	{"GenerateMac", use, true},
	{"Sign", use, true},
	{"Verify", use, true},
	{"VerifyMac", use, true},
	{"GenerateDataKey", dataKeys, true},
	{"GenerateDataKeyWithoutPlaintext", dataKeys, true},
	{"GenerateDataKeyPair", dataKeys, true},
	{"GenerateDataKeyPairWithoutPlaintext", dataKeys, true},
	{"CreateGrant", grants, true},
	{"RevokeGrant", grantsUndone, true},
	{"RetireGrant", grantsUndone, true},
	{"PutKeyPolicy", policyOf, false},
	{"ScheduleKeyDeletion", deletion, false},
	{"CancelKeyDeletion", deletion, false},
	{"DisableKey", administration, false},
	{"DisableKeyRotation", administration, false},
	{"ConnectCustomKeyStore", administration, false},
	{"CreateCustomKeyStore", administration, false},
	{"CreateKey", administration, false},
	{"DeleteCustomKeyStore", administration, false},
	{"DisconnectCustomKeyStore", administration, false},
	{"EnableKey", administration, false},
	{"EnableKeyRotation", administration, false},
	{"RotateKeyOnDemand", administration, false},
	{"UpdateCustomKeyStore", administration, false},
	{"UpdateKeyDescription", administration, false},
	{"DeleteImportedKeyMaterial", importing, false},
	{"ImportKeyMaterial", importing, false},
	{"GetParametersForImport", importing, false},
	{"ReplicateKey", replication, false},
	{"SynchronizeMultiRegionKey", replication, false},
	{"UpdatePrimaryRegion", replication, false},
	{"UpdateAlias", aliases, false},
	{"CreateAlias", aliases, false},
	{"DeleteAlias", aliases, false},
	{"TagResource", tags, false},
	{"UntagResource", tags, false},
	{"DescribeKey", reading, true},
	{"GetKeyPolicy", reading, false},
	{"DescribeCustomKeyStores", reading, false},
	{"GenerateRandom", reading, false},
	{"GetKeyLastUsage", reading, false},
	{"GetKeyRotationStatus", reading, true},
	{"GetPublicKey", reading, true},
	{"ListAliases", reading, false},
	{"ListGrants", reading, true},
	{"ListKeyPolicies", reading, false},
	{"ListKeyRotations", reading, false},
	{"ListKeys", reading, false},
	{"ListResourceTags", reading, false},
	{"ListRetirableGrants", reading, false},
}

// classOf gives the class of an action that KMS has.
func classOf(action string) (c class, ok bool) {
	vendor, name, _ := strings.Cut(action, ":")
	for _, a := range actions {
		if len(a.name) == len(name) && strings.EqualFold(a.name, name) {
			return a.class, strings.EqualFold(vendor, "kms")
		}
	}
	return 0, false
}
