// What is wrong with an intent beyond what its schema can say: fields that
// contradict each other or AWS, and overrides that can do nothing.
local finding = import './finding.libsonnet';
local keyref = import './keyref.libsonnet';
local partitions = import './partitions.libsonnet';
local rules = import './rules.libsonnet';
local text = import './text.libsonnet';

local err = finding.err;
local isIn(x, list) = std.count(list, x) > 0;
local names(list) = std.join(', ', list);

// first gives the first of some problems that is there, as a list of findings.
local first(problems) =
  local found = [p.found for p in problems if p.is];
  found[:1];

// elsewhere tells whether a region is in another partition: an account lives in one.
local elsewhere(partition, region) = partition != null && std.count([null, partition], partitions.of(region)) == 0;

local mixed(field, region, partition) = {
  is: elsewhere(partition, region),
  found: finding.say('partition-mixed', field, { region: region, partition: partitions.of(region), wanted: partition }),
};

local correct = 'correct one of the two';
local ownRegion = 'EBS takes only keys of its own region';

// ofKey gives what is wrong with one key by itself.
local ofKey(read, partition, k) =
  local ref = k.ref, stray(region) = read.regions != [] && !isIn(region, read.regions);
  first([
    {
      is: ref.alias != null && keyref.isManaged(ref) && ref.alias != 'alias/aws/ebs',
      found: err(
        'managed-key',
        k.field,
        ref.alias + ' is a key that AWS manages for another service than EBS',
        "use a key of your own, or alias/aws/ebs, or leave key out for the account's default EBS key"
      ),
    },
    {
      is: k.region != null && stray(k.region),
      found: err('key-region', k.field, k.region + ' is none of spec.regions (' + names(read.regions) + ')', 'add it there, or take this key out'),
    },
    mixed(k.field, k.region, partition) { is: k.region != null && super.is },
  ]) + (
    if ref.arn == null then []
    else first([{
      is: read.account != '' && ref.account != read.account,
      found: err('key-account', k.field, 'is a key of account ' + ref.account + ', but spec.account is ' + read.account, correct),
    }]) + first([
      {
        is: partitions.of(ref.region) != ref.partition,
        found: err(
          'key-partition',
          k.field,
          'is an ARN of partition ' + ref.partition + ', but ' + ref.region + ' is in ' + partitions.of(ref.region),
          'write arn:' + partitions.of(ref.region) + ':…'
        ),
      },
      {
        is: k.region != null && k.region != ref.region,
        found: err('key-region', k.field, 'is a key of ' + ref.region + ', but stands for ' + k.region, ownRegion),
      },
      {
        is: k.region == null && stray(ref.region),
        found: err('key-region', k.field, 'is a key of ' + ref.region + ', which is none of spec.regions (' + names(read.regions) + ')', ownRegion),
      },
      mixed(k.field, ref.region, partition) { is: k.region == null && super.is },
    ])
  );

local covers(match, region) = !('region' in match) || text.matches(match.region, region);

// decides tells whether an override decides alone for a kind of volume in a
// region, so that what stands before it does not matter there. A null region
// stands for any.
local decides(override, volume, region) =
  isIn(override.volume, ['', volume]) && (
    override.match == {} || region != null && std.objectFields(override.match) == ['region'] && covers(override.match, region)
  );

// missing gives the regions of the intent for which a key field has no key.
local missing(read, choice, later) =
  local has = [r for k in choice.own for r in [if k.region != null then k.region else k.ref.region] if r != null];
  local undecided(region) = [v for v in read.volumes if [o for o in later if decides(o, v, region)] == []] != [];
  [
    err(
      'region-key-missing',
      choice.field + ['key'],
      'has a key for ' + names(has) + ' and none for ' + r + ', which is one of spec.regions',
      if choice.isMap then 'add ' + r + ': KEY' else 'give a mapping from region to key, or an alias that each region has'
    )
    for r in (if [h for h in has if isIn(h, read.regions)] == [] then [] else read.regions)
    if !isIn(r, has) && covers(choice.match, r) && undecided(r)
  ];

local ofOverride(read, partition, o) =
  local m = o.match;
  local unreachable(is, dim, why, hint=correct) = first([{
    is: is,
    found: err('override-unreachable', ['spec', 'overrides', o.index, 'match', dim], 'can never match: ' + why, hint),
  }]);
  local lone = o.volume != '' && !isIn(o.volume, read.volumes);
  local lacks(dim) = dim in m && !lone && [k for k in read.kinds if isIn(o.volume, ['', k.volume]) && isIn(dim, k.dims)] == [];
  local subject = if o.volume == '' then 'no kind of volume in spec.volumes has a ' else o.volume + ' has no ';
  unreachable(lone, 'volume', o.volume + ' is not among spec.volumes', 'add it there, or take this override out') +
  unreachable(lacks('group'), 'group', subject + 'group', 'leave group out') +
  unreachable(lacks('location'), 'location', subject + 'location', 'leave location out') +
  unreachable(
    'cluster' in m && [c for c in read.clusters if text.meet(c, m.cluster)] == [],
    'cluster',
    m.cluster + ' fits none of spec.clusters (' + names(read.clusters) + ')'
  ) +
  unreachable(
    'region' in m && read.regions != [] && [r for r in read.regions if text.matches(m.region, r)] == [],
    'region',
    m.region + ' fits none of spec.regions (' + names(read.regions) + ')'
  ) +
  first([
    mixed(['spec', 'overrides', o.index, 'match', 'region'], m.region, partition) { is: 'region' in m && read.regions == [] && super.is },
    {
      is: !o.hasKey && !o.hasMode,
      found: err('required', o.field, 'gives neither key nor mode', 'say what is to be done with the volumes it matches'),
    },
    {
      is: o.hasKey && o.mode != 'encrypt',
      found: err('contradiction', o.field + ['key'], 'gives a key, but mode: ' + o.mode + ' uses none', 'take out one of the two'),
    },
  ]);

local ofPrincipal(read, partition, a) =
  first([{
    is: a.isOwn && read.account != '' && a.account != read.account,
    found: err('principal-account', a.field, 'is of account ' + a.account + ', but spec.account is ' + read.account, correct),
  }]) + first([{
    is: a.partition != partition,
    found: err(
      'principal-partition', a.field, 'is an ARN of partition ' + a.partition + ', but the intent is about ' + partition, 'write arn:' + partition + ':…'
    ),
  }]);

// ofTrusted gives what is wrong with whom the intent trusts. The account's own root
// is in by what else it says.
local ofTrusted(read) = [
  err('contradiction', ['spec', 'policy', 'trusted', i], "is the intent's own account, and who is trusted there has a name", "give the ARN of a user or role, or name the account's root in spec.policy.administrators")
  for trusted in (if 'trusted' in read.policy && std.isArray(read.policy.trusted) then [read.policy.trusted] else [])
  for i in std.range(0, std.length(trusted) - 1)
  if isIn(trusted[i], [read.account] + ['arn:' + p + ':iam::' + read.account + ':root' for p in partitions.names])
];

// The EBS CSI driver wants the key's ARN in a StorageClass: it compares it with
// the volume's when it clones one.
//
// Source: kubernetes-sigs/aws-ebs-csi-driver docs/parameters.md, pkg/driver/controller.go
local storageClassAlias(read, choices) =
  local about = [
    c
    for c in choices
    for k in read.kinds
    if k.volume == 'storageClass' && rules.touches(c, k)
  ];
  local regions = if read.regions == [] then [null] else read.regions;
  local counts(i, r) = (r == null || covers(about[i].match, r)) && [o for o in about[i + 1:] if decides(o, 'storageClass', r)] == [];
  local named = [
    about[i]
    for i in std.range(0, std.length(about) - 1)
    if about[i].mode == 'encrypt' && [r for r in regions if counts(i, r)] != [] &&
       [k for k in about[i].own if k.ref.arn == null || k.ref.alias != null] != []
  ];
  [
    finding.warning(
      'storage-class-alias',
      c.field + ['key'],
      'goes into the StorageClass too: new volumes work, but the EBS CSI driver compares the key ARN when it clones a volume, so clones fail with an alias or a key id',
      'if volumes are cloned, give the ARN there, by overrides: - match: {volume: storageClass}, key: <key ARN>'
    )
    for c in named[:1]
  ];

local defaultKey(read, choices) =
  local known = 'it admits EC2 and Auto Scaling in the account already, and its policy cannot be changed, so none is written for it';
  if !read.base.hasKey then [finding.info(
    'default-key',
    ['spec', 'key'],
    "is not given, so volumes use the account's default EBS key. If that is aws/ebs, " + known,
    'if the account has another default (aws ec2 get-ebs-default-kms-key-id tells), its policy must hold the statements that are written when that key is given here'
  )]
  else [
    finding.info('default-key', k.field, 'is the key AWS manages for EBS: ' + known)
    for k in [k for c in choices for k in c.own if k.ref.alias == 'alias/aws/ebs'][:1]
  ];

// ofCreate gives what is wrong with how keys are made.
//
// Sources: https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html,
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Tag.html
local ofCreate(read, choices) =
  local field = ['spec', 'create'], days = if 'rotationDays' in read.create then read.create.rotationDays else 0;
  local aliases = [k for c in choices for k in c.refs if k.ref.alias != null && k.ref.arn == null && !keyref.isManaged(k.ref)];
  first([{
    is: read.create != {} && aliases == [],
    found: err('create-without-alias', field, 'says how a key is made, but no key is an alias', 'make a key an alias, or take this out'),
  }]) + first([{
    is: std.isNumber(days) && days != 0 && (days < 90 || days > 2560 || std.floor(days) != days),
    found: err('rotation', field + ['rotationDays'], 'is ' + days + ': KMS takes 90 to 2560 days, and 0 is never', 'give whole days'),
  }]) + first([{
    is: 'multiRegion' in read.create && read.create.multiRegion == true && read.regions == [],
    found: err('required', ['spec', 'regions'], 'is missing, and a multi-region key needs the regions of its primary and replicas', 'name them, the primary first'),
  }]) + [
    err('tag', field + ['tags', name], 'is not a tag that can be set', 'names have 1 to 128 characters, and aws: and kublr-encryption/ are reserved')
    for name in (if 'tags' in read.create && std.isObject(read.create.tags) then std.objectFields(read.create.tags) else [])
    if name == '' || std.length(name) > 128 || text.startsWith(std.asciiLower(name), 'aws:') || text.startsWith(name, 'kublr-encryption/')
  ];

// ofAnnotations gives those that bear this project's name and that it does not know: a
// misspelt one would leave undone what it asks for.
local ofAnnotations(read) = [
  err('unknown-field', ['metadata', 'annotations', name], 'is not an annotation of kublr-encryption: it knows ' + prefix + 'mode', 'correct its name, or leave it out')
  for prefix in ['kublr-encryption.github.io/']
  for name in read.annotations
  if text.startsWith(std.asciiLower(name), prefix) && name != prefix + 'mode'
];

// It gives the regions that keys name, the partition of the intent's account, null
// when nothing in the intent tells, and all findings. The first region that is
// named decides the partition.
function(read)
  local choices = [read.base { volume: '', match: {} }] + read.overrides;
  local keyRegions = [r for c in choices for k in c.own for r in [k.region, k.ref.region] if r != null];
  local known = [p for r in read.regions + keyRegions for p in [partitions.of(r)] if p != null] + [a.partition for a in read.arns] + [null];
  local partition = known[0];
  {
    partition: partition,
    keyRegions: std.set([r for c in choices for k in c.refs for r in [k.region, k.ref.region] if r != null]),
    findings: [
                f
                for i in std.range(0, std.length(read.regions) - 1)
                for f in first([mixed(['spec', 'regions', i], read.regions[i], partition)])
              ] + [
                f
                for i in std.range(0, std.length(choices) - 1)
                for f in [f for k in choices[i].own for f in ofKey(read, partition, k)] + missing(read, choices[i], read.overrides[i:])
              ] + [f for o in read.overrides for f in ofOverride(read, partition, o)] +
              [f for a in read.arns for f in ofPrincipal(read, partition, a)] + ofTrusted(read) + ofCreate(read, choices) + ofAnnotations(read) +
              storageClassAlias(read, choices) + defaultKey(read, choices),
  }
