package policy

// A row is something that must work, or must not: the requests that AWS then
// makes, and what a person is told. What AWS calls is written here from AWS's
// documents. It is never taken from the statements that are checked, for a proof
// that reads its own claim proves nothing.
type row struct {
	code    string // never changes its meaning
	risk    bool   // must be denied
	title   string
	who     parties
	anyOne  bool     // it is enough that one of them may
	through string   // the service that calls for them; "" when they call KMS
	actions []string // each is one request
	meaning string   // what is seen when it goes wrong
	remedy  string
	sources []string
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
	manages = []string{"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial"}
)

const (
	howEBSWorks    = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#how-ebs-encryption-works"
	ebsPermissions = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#ebs-encryption-permissions"
	autoScalingKey = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html"
	callerAccount  = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account"
	viaService     = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service"
	forAWSResource = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource"
	noAsterisk     = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"
	lockout        = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key"
	leastPrivilege = "https://docs.aws.amazon.com/kms/latest/developerguide/least-privilege.html"
)

var rows = []row{
	{
		code: "kublr-creates-volumes", title: "Kublr creates encrypted volumes",
		who: kublr, through: "ec2", actions: creates,
		meaning: "the volume seems to be created and then is gone, and EC2 says InvalidVolume.NotFound",
		remedy:  "allow it to the principals of the account through EC2, or to Kublr's by name",
		sources: []string{howEBSWorks, ebsPermissions, "https://github.com/aws/aws-cli/issues/2604"},
	},
	{
		code: "root-volumes-attach", title: "EBS attaches root volumes",
		who: autoScaling, through: "ec2", actions: attach,
		meaning: `instances end with "Client.InternalError: Client error on launch"`,
		remedy:  "allow it to the principals of the account through EC2, or to the Auto Scaling role by name",
		sources: []string{howEBSWorks, autoScalingKey},
	},
	{
		code: "etcd-volumes-attach", title: "Masters attach etcd volumes",
		who: instances, through: "ec2", actions: attach,
		meaning: "masters wait for their etcd volume, and EC2 says CustomerKeyHasBeenRevoked or InvalidKMSKey.InvalidState",
		remedy:  "allow it to the principals of the account through EC2, or to the masters' instance role",
		sources: []string{howEBSWorks, "https://github.com/kubernetes/kops/issues/398", "https://github.com/kubernetes/kubernetes/issues/62171"},
	},
	{
		code: "auto-scaling-launches", title: "Auto Scaling launches instances with encrypted volumes",
		who: autoScaling, through: "ec2", actions: creates,
		meaning: `instances end with "Client.InternalError: Client error on launch", and the group launches the next`,
		remedy:  "allow it to the principals of the account through EC2, or to the Auto Scaling role by name",
		sources: []string{autoScalingKey, ebsPermissions, "https://github.com/kubernetes/kops/issues/11545"},
	},
	{
		code: "auto-scaling-launches-encrypted-images", title: "Auto Scaling launches from encrypted AMIs",
		who: autoScaling, through: "ec2", actions: recodes,
		meaning: `instances of an AMI that another key encrypts end with "Client.InternalError: Client error on launch"`,
		remedy:  "allow kms:ReEncrypt* beside the other actions",
		sources: []string{autoScalingKey, ebsPermissions},
	},
	{
		code: "spot-launches", title: "Spot launches instances with encrypted volumes",
		who: spot, through: "ec2", actions: append(creates[:len(creates):len(creates)], recodes...),
		meaning: `Spot instances end with "Client.InternalError: Client error on launch"`,
		remedy:  "allow it to the principals of the account through EC2, or to AWSServiceRoleForEC2Spot by name",
		sources: []string{"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-requests.html#spot-service-linked-roles-access-to-cmks", autoScalingKey},
	},
	{
		code: "ec2-fleet-launches", title: "EC2 Fleet launches instances with encrypted volumes",
		who: fleet, through: "ec2", actions: append(creates[:len(creates):len(creates)], recodes...),
		meaning: `the fleet's instances end with "Client.InternalError: Client error on launch"`,
		remedy:  "allow it to the principals of the account through EC2, or to AWSServiceRoleForEC2Fleet by name",
		sources: []string{"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-ec2-fleet.html#ec2-fleet-service-linked-roles-access-to-cmks"},
	},
	{
		code: "csi-creates-volumes", title: "The CSI driver creates encrypted volumes",
		who: instances, through: "ec2", actions: creates,
		meaning: "persistent volume claims stay pending, and EC2 says InvalidVolume.NotFound",
		remedy:  "allow it to the principals of the account through EC2, or to the instance role of the CSI driver",
		sources: []string{ebsPermissions, "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/issues/2441"},
	},
	{
		code: "csi-attaches-volumes", title: "The CSI driver attaches encrypted volumes",
		who: instances, through: "ec2", actions: attach,
		meaning: "pods stay in ContainerCreating, and EC2 says CustomerKeyHasBeenRevoked",
		remedy:  "allow kms:CreateGrant beside kms:Decrypt, in a statement of its own when it has a condition on kms:GrantIsForAWSResource",
		sources: []string{howEBSWorks, "https://github.com/kubernetes/kubernetes/issues/62171"},
	},
	{
		code: "csi-restores-snapshots", title: "The CSI driver snapshots encrypted volumes and restores them",
		who: instances, through: "ec2", actions: creates,
		meaning: "a volume restored from a snapshot stays pending",
		remedy:  "allow it to the principals of the account through EC2, or to the instance role of the CSI driver",
		sources: []string{howEBSWorks, ebsPermissions},
	},
	{
		code: "csi-clones-volumes", title: "The CSI driver clones volumes to this key from another",
		who: instances, through: "ec2", actions: append(creates[:len(creates):len(creates)], recodes...),
		meaning: "a clone, or a volume from a snapshot under another key, stays pending",
		remedy:  "allow kms:ReEncrypt* beside the other actions",
		sources: []string{ebsPermissions, "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md"},
	},
	{
		code: "images-copy", title: "Kublr copies encrypted AMIs and snapshots",
		who: kublr, through: "ec2", actions: append(creates[:len(creates):len(creates)], recodes...),
		meaning: "the copy fails, or the image stays pending and is then gone",
		remedy:  "allow kms:ReEncrypt* beside the other actions",
		sources: []string{"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html", "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-copy-snapshot.html", ebsPermissions},
	},
	{
		code: "key-is-manageable", title: "Someone can still change the key's policy",
		who: administrators, anyOne: true, actions: []string{"kms:PutKeyPolicy"},
		meaning: "KMS refuses the policy, since nobody could change it again; only AWS Support unlocks such a key",
		remedy:  `allow kms:* to arn:PARTITION:iam::ACCOUNT:root, which lets IAM decide who administers the key`,
		sources: []string{lockout, "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html"},
	},
	{
		code: "other-accounts-through-ec2", risk: true, title: "Another account uses the key through EC2",
		who: strangers, through: "ec2", actions: append(creates[:len(creates):len(creates)], recodes...),
		meaning: "who gets hold of a snapshot of yours can open it in an account of theirs",
		remedy:  `add the condition "StringEquals": {"kms:CallerAccount": "ACCOUNT"}`,
		sources: []string{callerAccount},
	},
	{
		code: "key-is-public", risk: true, title: "Everyone uses the key",
		who: strangers, actions: []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:CreateGrant", "kms:DescribeKey"},
		meaning: "the key is open to every AWS account, without any service in between",
		remedy:  `name the principals, or add conditions on kms:CallerAccount and kms:ViaService`,
		sources: []string{noAsterisk, "https://docs.aws.amazon.com/config/latest/developerguide/kms-key-policy-no-public-access.html"},
	},
	{
		code: "account-decrypts-directly", risk: true, title: "Any principal of the account decrypts directly",
		who: notAdministrators(others), actions: []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"},
		meaning: "who may call KMS in the account can decrypt data keys, without being allowed to use EC2",
		remedy:  `add the condition "StringEquals": {"kms:ViaService": "ec2.REGION.amazonaws.com"}`,
		sources: []string{viaService, noAsterisk},
	},
	{
		code: "account-uses-other-services", risk: true, title: "Any principal of the account uses the key through another service",
		who: notAdministrators(others), through: "rds", actions: []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"},
		meaning: "the key of the volumes opens other data too, and whoever may use that service may use the key",
		remedy:  "write ec2 in kms:ViaService, without a wildcard",
		sources: []string{viaService},
	},
	{
		code: "unnamed-roles-through-ec2", risk: true, title: "A role that is not named uses the key through EC2",
		who: notAdministrators(unnamed), through: "ec2", actions: creates,
		meaning: "instance roles are named so that others have no use of the key, and they do",
		remedy:  `add the condition "ArnEquals": {"aws:PrincipalArn": [ARNs of Kublr, Auto Scaling and the instance roles]}, or name no instance roles`,
		sources: []string{leastPrivilege, "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn"},
	},
	{
		code: "account-manages-key", risk: true, title: "Any principal of the account deletes, disables or re-policies the key",
		who: notAdministrators(others), actions: manages,
		meaning: "one call of anyone makes all volumes unreadable",
		remedy:  `allow administration to arn:PARTITION:iam::ACCOUNT:root, not to "*"`,
		sources: []string{noAsterisk},
	},
	{
		code: "kublr-manages-key", risk: true, title: "Kublr deletes, disables or re-policies the key",
		who: notAdministrators(kublr), actions: manages,
		meaning: "credentials that run clusters can make all their volumes unreadable",
		remedy:  "allow Kublr the use of the key only, or name it among the administrators",
		sources: []string{leastPrivilege},
	},
	{
		code: "auto-scaling-manages-key", risk: true, title: "Auto Scaling or instances delete, disable or re-policy the key",
		who: notAdministrators(autoScaling, spot, fleet, instances), actions: manages,
		meaning: "whoever acts through the role can make all volumes unreadable",
		remedy:  "allow the role the use of the key only",
		sources: []string{leastPrivilege, autoScalingKey},
	},
	{
		code: "grants-for-anyone", risk: true, title: "Grants are made that are not for AWS resources",
		who: notAdministrators(kublr, autoScaling, spot, fleet, instances, others), actions: []string{"kms:CreateGrant"},
		meaning: "who may grant without a condition can hand the key on, and no policy shows it",
		remedy:  `add the condition "Bool": {"kms:GrantIsForAWSResource": "true"} to the statement with kms:CreateGrant`,
		sources: []string{forAWSResource, ebsPermissions},
	},
}
