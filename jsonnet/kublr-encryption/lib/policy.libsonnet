// Key policies. Every statement allows, and is about the key the policy is on.
local principals = import './principals.libsonnet';

// Actions by which a principal makes and opens volumes: those of AWS's examples,
// and the fewest by AWS's list of what EBS asks for.
//
// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
local use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#ebs-encryption-permissions
local least = ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

local oneOrMany(list) = if std.length(list) == 1 then list[0] else list;
local forGrants = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };

local statement(sid, principal, actions, condition={}) =
  { Sid: sid, Effect: 'Allow', Principal: { AWS: oneOrMany(principal) }, Action: oneOrMany(actions), Resource: '*' } +
  (if condition == {} then {} else { Condition: condition });

// named gives a principal use of the key. CreateGrant stands apart, since its
// condition would deny all else.
//
// Source: https://support.kublr.com/support/solutions/articles/33000257339
local named(who) = if who.arns == [] then [] else [
  statement('Allow use of the key by ' + who.name, who.arns, use),
  statement('Allow attachment of persistent resources by ' + who.name, who.arns, ['kms:CreateGrant'], forGrants),
];

// The forms of a policy, beside the administration of the key: functions of who
// uses it by name and of the condition that a call comes through EC2.
local forms = {
  // Source: https://support.kublr.com/support/solutions/articles/33000257339
  standard(users, throughEC2)::
    named(users[0]) +
    [statement(
      'Allow access through EBS for all principals in the account that are authorized to use EBS',
      ['*'],
      ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:DescribeKey'],
      throughEC2
    )] +
    std.flattenArrays([named(who) for who in users[1:]]),

  // Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#ebs-encryption-permissions
  minimal(users, throughEC2):: [
    statement('Allow use of the key for volumes through EC2', ['*'], least, throughEC2),
    statement('Allow EC2 to hold grants for volumes', ['*'], ['kms:CreateGrant'], throughEC2 + forGrants),
  ],
};

{
  forms:: std.objectFieldsAll(forms),

  // of gives who uses and administers the key, by ARN, and the policy's document.
  // What in either depends on the region is marked.
  of(read, partition)::
    local who = principals.of(read, partition);
    local narrowed =
      if [w for w in who if w.narrows && w.arns != []] == [] then {}
      else { ArnEquals: { 'aws:PrincipalArn': [arn for w in who if !w.administers for arn in w.arns] } };
    // ViaService keeps amazonaws.com in every partition.
    //
    // Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    local throughEC2 = {
      StringEquals: { 'kms:CallerAccount': read.account, 'kms:ViaService': { byRegion: 'ec2.${region}.amazonaws.com' } },
    } + narrowed;
    // Without it no one could change the policy again, and KMS refuses it.
    //
    // Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    local administration = [statement('Allow administration of the key', w.arns, ['kms:*']) for w in who if w.administers];
    local form = if 'form' in read.policy then read.policy.form else 'standard';
    {
      principals: { [w.option]: w.shown for w in who } + { trusted: read.trusted, organization: read.organization },
      document: {
        Version: '2012-10-17',
        Statement: administration + forms[form]([w for w in who if w.name != null], throughEC2),
      },
    },
}
