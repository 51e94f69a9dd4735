// Partitions and regions of AWS. A region's name is AREA-WORD-NUMBER, and its
// area tells the partition; new regions appear in known areas.
//
// Source: aws-sdk-go-v2 internal/endpoints/awsrulesfn/partitions.json
local text = import './text.libsonnet';

local areas = {
  af: 'aws',
  ap: 'aws',
  ca: 'aws',
  eu: 'aws',
  il: 'aws',
  me: 'aws',
  mx: 'aws',
  sa: 'aws',
  us: 'aws',
  cn: 'aws-cn',
  'eusc-de': 'aws-eusc',
  'us-gov': 'aws-us-gov',
  'us-iso': 'aws-iso',
  'us-isob': 'aws-iso-b',
  'eu-isoe': 'aws-iso-e',
  'us-isof': 'aws-iso-f',
};

local names = std.set([areas[area] for area in std.objectFields(areas)]);

{
  areas: areas,
  names: names,

  // of gives the partition of a region, null when its name is none.
  of(region)::
    local parts = std.split(region, '-');
    local n = std.length(parts);
    if n < 3 || !text.isOf(parts[n - 1], text.isDigit) || !text.isOf(parts[n - 2], text.isLower) then null
    else
      local area = std.join('-', parts[:n - 2]);
      if std.objectHas(areas, area) then areas[area] else null,
}
