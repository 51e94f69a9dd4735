// Who uses the key, and how IAM calls them.
local partitions = import './partitions.libsonnet';
local text = import './text.libsonnet';

local isName(s) =
  local parts = std.split(s, '/');
  [p for p in parts if !text.isOf(p, text.isIAM)] == [] && std.length(parts[std.length(parts) - 1]) <= 64;

// isArn tells whether s is the ARN of an IAM principal whose last part is good.
local isArn(s, good) =
  local part = std.split(s, ':');
  std.length(part) == 6 && part[0] == 'arn' && std.count(partitions.names, part[1]) == 1 && part[2] == 'iam' && part[3] == '' &&
  std.length(part[4]) == 12 && text.isOf(part[4], text.isDigit) && good(part[5]);

local isRole(s) = text.startsWith(s, 'role/') && isName(s[5:]);
local isUser(s) = text.startsWith(s, 'user/') && isName(s[5:]);

// Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
local isOrganization(s) =
  text.startsWith(s, 'o-') && std.length(s) >= 12 && std.length(s) <= 34 && text.isOf(s[2:], function(c) c != '-' && text.isDashed(c));

local isService(s) =
  [part for part in std.split(s, '.') if !text.isOf(part, text.isDashed)] == [] && (std.endsWith(s, '.amazonaws.com') || std.endsWith(s, '.amazonaws.com.cn'));

local autoScaling = 'AWSServiceRoleForAutoScaling';
local autoScalingPath = 'aws-service-role/autoscaling.amazonaws.com/';

// Who uses and administers a key, a row each, in the order of their statements:
// `option` names them in the intent, `default` stands for those that it does not
// name, and `role` is a service-linked role that it turns on. `name` is theirs in
// Sids; who has none is given the use of the key by no statement of their own.
// `capability` is the verdict of the offline proof that their use decides.
//
// Only the partition of service-linked roles changes elsewhere; the path keeps
// amazonaws.com.
//
// Sources: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html,
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-requests.html#service-linked-roles-spot-instance-requests,
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-ec2-fleet.html#ec2-fleet-service-linked-role
local row = { name: null, default: [], administers: false, narrows: false };
local rows = [
  row { option: 'kublr', name: 'Kublr', capability: 'kublr-creates-volumes' },
  row { option: 'administrators', default: ['root'], administers: true, capability: 'key-is-manageable' },
  row { option: 'autoScalingRoles', name: 'Auto Scaling', default: [autoScaling], capability: 'auto-scaling-launches' },
  row { option: 'spot', name: 'Spot', role: 'role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot', capability: 'spot-launches' },
  row { option: 'fleet', name: 'EC2 Fleet', role: 'role/aws-service-role/ec2fleet.amazonaws.com/AWSServiceRoleForEC2Fleet', capability: 'ec2-fleet-launches' },
  row { option: 'instanceRoles', narrows: true, capability: 'etcd-volumes-attach' },
];

local isAutoScaling(s) =
  s == autoScaling || text.startsWith(s, autoScaling + '_') && std.length(s) > 29 && isName(s) && std.length(std.split(s, '/')) == 1;

{
  isName:: isName,
  isPrincipalArn(s):: isArn(s, function(name) isRole(name) || isUser(name)),
  isAnyArn(s):: isArn(s, function(name) name == 'root' || isRole(name) || isUser(name)),
  isPrincipal(s):: isName(s) || self.isAnyArn(s),
  isTrusted(s)::
    self.isAnyArn(s) || isOrganization(s) || isService(s) || std.length(s) == 12 && text.isOf(s, text.isDigit),
  isOrganization:: isOrganization,
  isRole(s):: isName(s) || isArn(s, isRole),
  isAutoScalingRole(s)::
    local path = 'role/' + autoScalingPath;
    isAutoScaling(s) || isArn(s, function(name) text.startsWith(name, path) && isAutoScaling(name[std.length(path):])),

  rows: rows,

  // arn gives the ARN of one of the account. Where nothing tells the partition,
  // that of the region is meant.
  arn(read, partition, name)::
    if text.startsWith(name, 'arn:') then name
    else
      local path =
        if name == 'root' || isUser(name) || isRole(name) then name
        else if isAutoScaling(name) then 'role/' + autoScalingPath + name
        else 'role/' + name;
      if partition == null then { byRegion: 'arn:${partition}:iam::' + read.account + ':' + path }
      else 'arn:' + partition + ':iam::' + read.account + ':' + path,

  // of gives the rows with the ARNs they are about in an intent, and as the plan
  // shows them.
  of(read, partition)::
    local kublr = [if kind == 'arn' then read.kublr.arn else kind + '/' + read.kublr[kind] for kind in std.objectFields(read.kublr)];
    local given(r) = if r.option == 'kublr' then kublr else if r.option in read.policy then read.policy[r.option] else [];
    [
      r { arns: arns, shown: if 'role' in r then arns != [] else if r.option == 'kublr' then arns[0] else arns }
      for r in rows
      for names in [given(r)]
      for arns in [[self.arn(read, partition, n) for n in (if names == true then [r.role] else if std.isArray(names) && names != [] then names else r.default)]]
    ],
}
