package policy

import "github.com/kublr-encryption/kublr-encryption/diag"

// A capability is something that must work: the requests that AWS then makes, and
// what a person is told. What AWS calls is written here from AWS's documents. It is
// never taken from the statements that are checked, for a proof that reads its own
// claim proves nothing.
type capability struct {
	diag.Code // Why is what is seen when it goes wrong
	who       parties
	anyOne    bool     // it is enough that one of them may
	direct    bool     // they call KMS, else EC2 does for them
	copied    bool     // of a copied snapshot, whose encryption context is another
	actions   []string // each is one request
}

// What EC2 calls for whoever creates a volume, attaches one, or copies what
// another key encrypts. Of an encrypted source, the same data key goes on when
// the key stays the same; else it is re-encrypted.
//
// Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#how-ebs-encryption-works,
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#ebs-encryption-permissions
var (
	creates = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"}
	attach  = []string{"kms:CreateGrant", "kms:Decrypt"}
	recodes = []string{"kms:ReEncryptFrom", "kms:ReEncryptTo"}
)

const (
	howEBSWorks    = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#how-ebs-encryption-works"
	ebsPermissions = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#ebs-encryption-permissions"
	autoScalingKey = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html"
	callerAccount  = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account"
	viaService     = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service"
	forAWSResource = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource"
	lockout        = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key"
	leastPrivilege = "https://docs.aws.amazon.com/kms/latest/developerguide/least-privilege.html"
)

var capabilities = []capability{
	{
		Code: diag.Code{
			ID: "kublr-creates-volumes", Severity: diag.Error, Title: "Kublr creates encrypted volumes",
			Means:   "Kublr's principal may not do through EC2 all that EC2 asks for when it creates an encrypted volume.",
			Why:     "the volume seems to be created and then is gone, and EC2 says InvalidVolume.NotFound",
			Remedy:  "allow it to the principals of the account through EC2, or to Kublr's by name",
			Sources: []string{howEBSWorks, ebsPermissions, "https://github.com/aws/aws-cli/issues/2604"},
		},
		who: kublr, actions: creates,
	},
	{
		Code: diag.Code{
			ID: "root-volumes-attach", Severity: diag.Error, Title: "EBS attaches root volumes",
			Means:   "An Auto Scaling role may not do through EC2 what EBS asks for when it attaches an encrypted root volume.",
			Why:     `instances end with "Client.InternalError: Client error on launch"`,
			Remedy:  "allow it to the principals of the account through EC2, or to the Auto Scaling role by name",
			Sources: []string{howEBSWorks, autoScalingKey},
		},
		who: autoScaling, actions: attach,
	},
	{
		Code: diag.Code{
			ID: "etcd-volumes-attach", Severity: diag.Error, Title: "Masters attach etcd volumes",
			Means:   "The masters' instance role may not do through EC2 what EBS asks for when it attaches an encrypted volume.",
			Why:     "masters wait for their etcd volume, and EC2 says CustomerKeyHasBeenRevoked or InvalidKMSKey.InvalidState",
			Remedy:  "allow it to the principals of the account through EC2, or to the masters' instance role",
			Sources: []string{howEBSWorks, "https://github.com/kubernetes/kops/issues/398", "https://github.com/kubernetes/kubernetes/issues/62171"},
		},
		who: instances, actions: attach,
	},
	{
		Code: diag.Code{
			ID: "auto-scaling-launches", Severity: diag.Error, Title: "Auto Scaling launches instances with encrypted volumes",
			Means:   "An Auto Scaling role may not do through EC2 all that a launch with encrypted volumes asks for.",
			Why:     `instances end with "Client.InternalError: Client error on launch", and the group launches the next`,
			Remedy:  "allow it to the principals of the account through EC2, or to the Auto Scaling role by name",
			Sources: []string{autoScalingKey, ebsPermissions, "https://github.com/kubernetes/kops/issues/11545"},
		},
		who: autoScaling, actions: creates,
	},
	{
		Code: diag.Code{
			ID: "auto-scaling-launches-encrypted-images", Severity: diag.Error, Title: "Auto Scaling launches from encrypted AMIs",
			Means:   "An Auto Scaling role may not re-encrypt through EC2, which an AMI asks for that another key encrypts.",
			Why:     `instances of an AMI that another key encrypts end with "Client.InternalError: Client error on launch"`,
			Remedy:  "allow kms:ReEncrypt* beside the other actions",
			Sources: []string{autoScalingKey, ebsPermissions},
		},
		who: autoScaling, copied: true, actions: recodes,
	},
	{
		Code: diag.Code{
			ID: "spot-launches", Severity: diag.Error, Title: "Spot launches instances with encrypted volumes",
			Means:   "The Spot role may not do through EC2 all that a launch with encrypted volumes asks for.",
			Why:     `Spot instances end with "Client.InternalError: Client error on launch"`,
			Remedy:  "allow it to the principals of the account through EC2, or to AWSServiceRoleForEC2Spot by name",
			Sources: []string{"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-requests.html#spot-service-linked-roles-access-to-cmks", autoScalingKey},
		},
		who: spot, copied: true, actions: append(creates[:len(creates):len(creates)], recodes...),
	},
	{
		Code: diag.Code{
			ID: "ec2-fleet-launches", Severity: diag.Error, Title: "EC2 Fleet launches instances with encrypted volumes",
			Means:   "The EC2 Fleet role may not do through EC2 all that a launch with encrypted volumes asks for.",
			Why:     `the fleet's instances end with "Client.InternalError: Client error on launch"`,
			Remedy:  "allow it to the principals of the account through EC2, or to AWSServiceRoleForEC2Fleet by name",
			Sources: []string{"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-ec2-fleet.html#ec2-fleet-service-linked-roles-access-to-cmks"},
		},
		who: fleet, copied: true, actions: append(creates[:len(creates):len(creates)], recodes...),
	},
	{
		Code: diag.Code{
			ID: "csi-creates-volumes", Severity: diag.Error, Title: "The CSI driver creates encrypted volumes",
			Means:   "The CSI driver's instance role may not do through EC2 all that EC2 asks for when it creates an encrypted volume.",
			Why:     "persistent volume claims stay pending, and EC2 says InvalidVolume.NotFound",
			Remedy:  "allow it to the principals of the account through EC2, or to the instance role of the CSI driver",
			Sources: []string{ebsPermissions, "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/issues/2441"},
		},
		who: instances, actions: creates,
	},
	{
		Code: diag.Code{
			ID: "csi-attaches-volumes", Severity: diag.Error, Title: "The CSI driver attaches encrypted volumes",
			Means:   "The CSI driver's instance role may not do through EC2 what EBS asks for when it attaches an encrypted volume.",
			Why:     "pods stay in ContainerCreating, and EC2 says CustomerKeyHasBeenRevoked",
			Remedy:  "allow kms:CreateGrant beside kms:Decrypt, in a statement of its own when it has a condition on kms:GrantIsForAWSResource",
			Sources: []string{howEBSWorks, "https://github.com/kubernetes/kubernetes/issues/62171"},
		},
		who: instances, actions: attach,
	},
	{
		Code: diag.Code{
			ID: "csi-restores-snapshots", Severity: diag.Error, Title: "The CSI driver snapshots encrypted volumes and restores them",
			Means:   "The CSI driver's instance role may not do through EC2 what a volume from an encrypted snapshot asks for.",
			Why:     "a volume restored from a snapshot stays pending",
			Remedy:  "allow it to the principals of the account through EC2, or to the instance role of the CSI driver",
			Sources: []string{howEBSWorks, ebsPermissions},
		},
		who: instances, actions: creates,
	},
	{
		Code: diag.Code{
			ID: "csi-clones-volumes", Severity: diag.Error, Title: "The CSI driver clones volumes to this key from another",
			Means:   "The CSI driver's instance role may not re-encrypt through EC2, which a clone from another key asks for.",
			Why:     "a clone, or a volume from a snapshot under another key, stays pending",
			Remedy:  "allow kms:ReEncrypt* beside the other actions",
			Sources: []string{ebsPermissions, "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md"},
		},
		who: instances, copied: true, actions: append(creates[:len(creates):len(creates)], recodes...),
	},
	{
		Code: diag.Code{
			ID: "images-copy", Severity: diag.Error, Title: "Kublr copies encrypted AMIs and snapshots",
			Means:   "Kublr's principal may not re-encrypt through EC2, which a copy of an encrypted AMI or snapshot asks for.",
			Why:     "the copy fails, or the image stays pending and is then gone",
			Remedy:  "allow kms:ReEncrypt* beside the other actions",
			Sources: []string{"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html", "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-copy-snapshot.html", ebsPermissions},
		},
		who: kublr, copied: true, actions: append(creates[:len(creates):len(creates)], recodes...),
	},
	{
		Code: diag.Code{
			ID: "key-is-manageable", Severity: diag.Error, Title: "Someone can still change the key's policy",
			Means:   "No administrator may call kms:PutKeyPolicy.",
			Why:     "KMS refuses the policy, since nobody could change it again; only AWS Support unlocks such a key",
			Remedy:  `allow kms:* to arn:PARTITION:iam::ACCOUNT:root, which lets IAM decide who administers the key`,
			Sources: []string{lockout, "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html"},
		},
		who: administrators, anyOne: true, direct: true, actions: []string{"kms:PutKeyPolicy"},
	},
}
