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
local named(name, arns) = [
  statement('Allow use of the key by ' + name, arns, use),
  statement('Allow attachment of persistent resources by ' + name, arns, ['kms:CreateGrant'], forGrants),
];

// It gives who uses and administers the key, by ARN, and a function from regions
// to the document for a key that serves them.
function(read, partition)
  local p = read.policy;
  local list(name, default) = local l = if name in p then p[name] else []; if l == [] then default else l;
  local arns(names) = [principals.arn(partition, read.account, n) for n in names];
  local kublr = arns([
    if kind == 'arn' then read.kublr.arn else kind + '/' + read.kublr[kind]
    for kind in std.objectFields(read.kublr)
  ]);
  local administrators = arns(list('administrators', ['root']));
  local autoScaling = arns(list('autoScalingRoles', [principals.autoScaling]));
  local spot = if 'spot' in p && p.spot then arns([principals.spot]) else [];
  local instances = arns(list('instanceRoles', []));
  local narrowed =
    if instances == [] then {}
    else { ArnEquals: { 'aws:PrincipalArn': kublr + autoScaling + spot + instances } };

  // Without it no one could change the policy again, and KMS refuses it.
  //
  // Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  local administration = statement('Allow administration of the key', administrators, ['kms:*']);

  local document(regions) =
    // ViaService keeps amazonaws.com in every partition.
    //
    // Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    local throughEC2 = {
      StringEquals: { 'kms:CallerAccount': read.account, 'kms:ViaService': oneOrMany(['ec2.' + r + '.amazonaws.com' for r in regions]) },
    } + narrowed;
    local standard =
      named('Kublr', kublr) +
      // Source: https://support.kublr.com/support/solutions/articles/33000257339
      [statement(
        'Allow access through EBS for all principals in the account that are authorized to use EBS',
        ['*'],
        ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:DescribeKey'],
        throughEC2
      )] +
      named('Auto Scaling', autoScaling) +
      (if spot == [] then [] else named('Spot', spot));
    // Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html#ebs-encryption-permissions
    local minimal = [
      statement('Allow use of the key for volumes through EC2', ['*'], least, throughEC2),
      statement('Allow EC2 to hold grants for volumes', ['*'], ['kms:CreateGrant'], throughEC2 + forGrants),
    ];
    {
      Version: '2012-10-17',
      Statement: [administration] + (if 'form' in p && p.form == 'minimal' then minimal else standard),
    };
  {
    principals: {
      kublr: std.join('', kublr),
      administrators: administrators,
      autoScalingRoles: autoScaling,
      instanceRoles: instances,
      spot: spot != [],
    },
    document:: document,
  }
