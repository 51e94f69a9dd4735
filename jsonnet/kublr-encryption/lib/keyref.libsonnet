// The four forms in which EBS takes a KMS key: key id, alias/NAME, key ARN, alias ARN.
//
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
local partitions = import './partitions.libsonnet';
local text = import './text.libsonnet';

local isId(s) =
  if text.startsWith(s, 'mrk-') then std.length(s) == 36 && text.isOf(s[4:], text.isHex)
  else
    local parts = std.split(s, '-');
    std.map(std.length, parts) == [8, 4, 4, 4, 12] && text.isOf(std.join('', parts), text.isHex);

local isAlias(s) =
  text.startsWith(s, 'alias/') && std.length(s) <= 256 && text.isOf(s[6:], text.isAlias);

local isKey(s) = text.startsWith(s, 'key/') && isId(s[4:]);

// problem tells what is wrong with an ARN; null when nothing is.
local problem(part) =
  if std.length(part) != 6 then 'an ARN has six parts between colons'
  else if std.count(partitions.names, part[1]) == 0 then 'its partition is none of ' + std.join(', ', partitions.names)
  else if part[2] != 'kms' then 'its service is not kms'
  else if partitions.of(part[3]) == null then 'its region is none'
  else if std.length(part[4]) != 12 || !text.isOf(part[4], text.isDigit) then 'its account is not twelve digits'
  else if !isKey(part[5]) && !isAlias(part[5]) then 'it ends in neither key/KEY-ID nor alias/NAME'
  else null;

{
  // problem tells why s is no key; null when it is one.
  problem(s)::
    if text.startsWith(s, 'arn:') then problem(std.split(s, ':'))
    else if isAlias(s) || isId(s) then null
    else if text.startsWith(s, 'mrk-') then 'a multi-Region key id is mrk- and 32 hex digits without further dashes'
    else if isAlias('alias/' + s) then 'an alias is written alias/' + s
    else 'it is in none of the forms',

  // parse reads a key that has no problem. Partition, region and account are
  // those an ARN names, else null; alias is null for a key id and a key ARN.
  parse(s)::
    local part = std.split(s, ':');
    local isArn = std.length(part) == 6;
    local name = part[std.length(part) - 1];
    {
      arn: if isArn then s else null,
      partition: if isArn then part[1] else null,
      region: if isArn then part[3] else null,
      account: if isArn then part[4] else null,
      alias: if text.startsWith(name, 'alias/') then name else null,
    },

  // regionOf gives the region that a key is for: the one it is given for, or that
  // of its ARN; null for any.
  regionOf(r):: if r.region != null then r.region else r.ref.region,

  // isManaged tells whether AWS owns the key behind an alias, and its policy.
  isManaged(ref):: ref.alias != null && text.startsWith(ref.alias, 'alias/aws/'),
}
