// The schema's own formats: Jsonnet has no regular expressions, so a format here
// is a function, and the published schema has a pattern that says the same.
local keyref = import './keyref.libsonnet';
local partitions = import './partitions.libsonnet';
local principals = import './principals.libsonnet';
local text = import './text.libsonnet';

local format(what, accepted, ok) = {
  // problem gives what is wrong with s; null when nothing is.
  problem(s):: if ok(s) then null else '"' + s + '" is not ' + what + ': expected ' + accepted,
};

local endsInStar(s) = s != '' && s[std.length(s) - 1] == '*';
local isNamePattern(s) =
  local parts = std.split(s, '*');
  s != '' && (std.length(parts) == 1 || std.length(parts) == 2 && parts[1] == '');

// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
local isObjectName(s) =
  [p for p in std.split(s, '.') if !text.isOf(p, text.isDashed) || p[0] == '-' || p[std.length(p) - 1] == '-'] == [];

{
  account: format('an AWS account', 'twelve digits', function(s) std.length(s) == 12 && text.isOf(s, text.isDigit)),
  'auto-scaling-role': format(
    'a service-linked role of Auto Scaling', 'AWSServiceRoleForAutoScaling, the same with _SUFFIX, or its ARN', principals.isAutoScalingRole
  ),
  'iam-name': format('an IAM name', 'NAME or PATH/NAME, a name being 1 to 64 of A-Z a-z 0-9 _+=,.@-', principals.isName),
  key: {
    problem(s)::
      local problem = keyref.problem(s);
      if problem == null then null
      else '"' + s + '" is not a KMS key, ' + problem + ': expected a key id, alias/NAME, a key ARN or an alias ARN',
  },
  'name-pattern': format('a name', 'a name, or the beginning of one and a single trailing *', isNamePattern),
  'object-name': format('a name for a Kubernetes object', 'lower case letters, digits, - and .', isObjectName),
  organization: format('an organization of AWS', 'o- and 10 to 32 of a-z 0-9', principals.isOrganization),
  principal: format('an IAM principal', "a role's NAME or PATH/NAME, role/NAME, user/NAME, or an ARN of one", principals.isPrincipal),
  'principal-arn': format('the ARN of an IAM user or role', 'arn:PARTITION:iam::ACCOUNT:user/NAME or …:role/NAME', principals.isPrincipalArn),
  region: format('an AWS region', 'a name such as us-east-1', function(s) partitions.of(s) != null),
  'region-pattern': format(
    'an AWS region',
    'a name such as us-east-1, or the beginning of one and a trailing *',
    function(s) if endsInStar(s) then s == '*' || text.isOf(s[:std.length(s) - 1], text.isDashed) else partitions.of(s) != null
  ),
  role: format('an IAM role', 'NAME, PATH/NAME, role/NAME, or its ARN', principals.isRole),
  trusted: format(
    'someone to trust', "an IAM principal's ARN, an account, an organization (o-…) or a service such as backup.amazonaws.com", principals.isTrusted
  ),
}
