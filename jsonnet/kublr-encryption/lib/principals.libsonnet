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

// Service-linked roles. Only the ARN's partition changes elsewhere; the path
// keeps amazonaws.com.
//
// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
local autoScaling = 'AWSServiceRoleForAutoScaling';
local linked = {
  autoScaling: 'aws-service-role/autoscaling.amazonaws.com/' + autoScaling,
  spot: 'aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot',
};

local isAutoScaling(s) =
  s == autoScaling || text.startsWith(s, autoScaling + '_') && std.length(s) > 29 && isName(s) && std.length(std.split(s, '/')) == 1;

{
  isName:: isName,
  isPrincipalArn(s):: isArn(s, function(name) isRole(name) || isUser(name)),
  isAnyArn(s):: isArn(s, function(name) name == 'root' || isRole(name) || isUser(name)),
  isPrincipal(s):: isName(s) || self.isAnyArn(s),
  isRole(s):: isName(s) || isArn(s, isRole),
  isAutoScalingRole(s)::
    local path = 'role/' + linked.autoScaling[:std.length(linked.autoScaling) - std.length(autoScaling)];
    isAutoScaling(s) || isArn(s, function(name) text.startsWith(name, path) && isAutoScaling(name[std.length(path):])),

  // arn gives the ARN of a principal of an account: itself when it is one, else
  // that of root, user/NAME, role/NAME, or a role's bare name.
  arn(partition, account, principal)::
    if text.startsWith(principal, 'arn:') then principal
    else 'arn:' + partition + ':iam::' + account + ':' +
         (if principal == 'root' || isUser(principal) || isRole(principal) then principal
          else if isAutoScaling(principal) then 'role/' + linked.autoScaling + principal[std.length(autoScaling):]
          else 'role/' + principal),

  autoScaling: autoScaling,
  spot: 'role/' + linked.spot,
}
