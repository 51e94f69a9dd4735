local enc = import '../main.libsonnet';
local test = import './harness.libsonnet';
local given = import './intents.libsonnet';

local i = enc.intent;
local eq(name, actual, expected) = test.case.new(name=name, test=test.expect.eq(actual=actual, expected=expected));
local rules(intent) = [[k.volume, r.match, r.set, r.unset] + (if 'override' in r then [r.override] else []) for k in enc.plan(intent).kinds for r in k.rules];
local on = { encrypted: true, kmsKeyId: 'alias/kublr-ebs' };
local keys(intent) = [[k.key, k.region] for k in enc.plan(intent).policy.keys];
local known(intent, regions=[]) = (import '../lib/regions.libsonnet')(enc.plan(intent), regions).known;
local sids(intent, regions=['us-east-1']) = [s.Sid for s in enc.policy(intent, regions).Statement];
local statement(intent, sid, regions=['us-east-1']) = [s for s in enc.policy(intent, regions).Statement if s.Sid == sid][0];
local throughEBS = 'Allow access through EBS for all principals in the account that are authorized to use EBS';
local withPolicy(p) = given.alias + i.withPolicy(p);

test.new(std.thisFile)
+ eq('base rules', rules(given.alias), [
  ['masterRoot', {}, on, []],
  ['masterEtcd', {}, on, []],
  ['nodeRoot', {}, on, []],
  ['storageClass', {}, on { encrypted: 'true' }, []],
])
+ eq('an override touches what it can', rules(given.alias + i.withOverrides([{ match: { location: 'aws1' }, mode: 'plain' }])), [
  rule
  for v in ['masterRoot', 'masterEtcd', 'nodeRoot']
  for rule in [[v, {}, on, []], [v, { location: 'aws1' }, { encrypted: false }, ['kmsKeyId'], 0]]
] + [['storageClass', {}, on { encrypted: 'true' }, []]])
+ eq('ignore sets nothing', rules(given.alias + i.withVolumes(['storageClass']) + i.withOverrides([{ match: { cluster: 'a' }, mode: 'ignore' }])), [
  ['storageClass', {}, on { encrypted: 'true' }, []],
  ['storageClass', { cluster: 'a' }, {}, [], 0],
])
+ eq('no key', rules(given.bare + i.withVolumes(['nodeRoot'])), [['nodeRoot', {}, { encrypted: true }, ['kmsKeyId']]])
+ eq('an ARN is for its region', rules(given.bare + i.withKey(given.arn('us-east-1')) + i.withVolumes(['nodeRoot']))[0][2].kmsKeyId, { byRegion: { 'us-east-1': given.arn('us-east-1') } })
+ eq('no rules of a wrong intent', [enc.plan(given.alias { spec+: { account: 1 } })[f] for f in ['kinds', 'policy']], [[], { keys: [] }])
+ eq('running only where it matters', [k.volume for k in enc.plan(given.alias).kinds if 'running' in k], ['masterEtcd', 'storageClass'])

+ eq('what is nearly a field is known, and the key is not to be left out', [
  [f.hint for f in enc.plan(given.bare { spec+: spec }).findings if f.severity == 'error'][0]
  for spec in [{ kmsKey: 'a' }, { kmsKeyId: 'a' }, { kye: 'a' }, { keyId: 'a' }, { accountId: 'a' }, { cmk: 'alias/a' }, { policy: { autoScaling: [] } }, { policy: { roles: [] } }, { extra: 'a' }, { key: null }]
], [
  'did you mean key?',
  'did you mean key?',
  'did you mean key?',
  'did you mean key?',
  'did you mean account?',
  'did you mean key?',
  'did you mean autoScalingRoles?',
  'did you mean autoScalingRoles?',
  'leave it out',
  'give it a value',
])

+ eq('an empty text is a mistake wherever one stands', [
  [f.field for f in enc.plan(given.alias { spec+: spec }).findings if f.severity == 'error'][0]
  for spec in [
    { account: '' },
    { clusters: [''] },
    { regions: ['us-east-1', ''] },
    { key: '' },
    { kublr: { role: '' } },
    { overrides: [{ match: { group: '' }, mode: 'plain' }] },
    { overrides: [{ match: { group: 'a' }, key: '' }] },
    { policy: { configMap: '' } },
    { policy: { trusted: [''] } },
  ]
], [
  ['spec', 'account'],
  ['spec', 'clusters', 0],
  ['spec', 'regions', 1],
  ['spec', 'key'],
  ['spec', 'kublr', 'role'],
  ['spec', 'overrides', 0, 'match', 'group'],
  ['spec', 'overrides', 0, 'key'],
  ['spec', 'policy', 'configMap'],
  ['spec', 'policy', 'trusted', 0],
])

+ eq("the intent's regions go first", known(given.alias + i.withRegions(['us-east-1', 'us-west-2']), ['eu-west-1']), ['us-east-1', 'us-west-2'])
+ eq('then those at hand', known(given.alias, ['cn-north-1', 'cn-north-1']), ['cn-north-1'])
+ eq('then those the keys name', known(given.bare + i.withKey({ 'us-east-1': 'alias/a', 'us-west-2': 'alias/b' })), ['us-east-1', 'us-west-2'])
+ eq('a key for any region', keys(given.alias), [['alias/kublr-ebs', '*']])
+ eq('a key for each region', keys(given.bare + i.withKey({ 'us-east-1': 'alias/a', 'us-west-2': given.arn('us-west-2') })), [['alias/a', 'us-east-1'], [given.arn('us-west-2'), 'us-west-2']])
+ eq('the keys of overrides', keys(given.alias + i.withOverrides([
  { match: { group: 'a' }, key: 'alias/a' },
  { match: { group: 'c' }, key: 'alias/a' },
  { match: { region: 'us-west-*' }, key: 'alias/west' },
  { match: { region: 'us-*' }, key: given.arn('us-east-1') },
  { match: { region: 'eu-*' }, key: given.arn('us-east-1') },
  { match: { group: 'b' }, mode: 'plain' },
])), [['alias/kublr-ebs', '*'], ['alias/a', '*'], ['alias/west', 'us-west-*'], [given.arn('us-east-1'), 'us-east-1']])
+ eq('no policy for the default key', enc.policy(given.bare, ['us-east-1']), null)
+ eq('but one for the key of an override', keys(given.bare + i.withOverrides([{ match: { group: 'a' }, key: 'alias/a' }])), [['alias/a', '*']])
+ eq('no policy for the managed key', enc.policy(given.bare + i.withKey('alias/aws/ebs'), ['us-east-1']), null)
+ eq('the partition that the intent names', [enc.plan(given.alias + f).partition for f in [i.withRegions(['cn-north-1']), i.withKey(given.arn('us-gov-west-1', partition='aws-us-gov')), {}]], ['aws-cn', 'aws-us-gov', null])

+ eq('standard', sids(given.alias), [
  'Allow administration of the key',
  'Allow use of the key by Kublr',
  'Allow attachment of persistent resources by Kublr',
  throughEBS,
  'Allow use of the key by Auto Scaling',
  'Allow attachment of persistent resources by Auto Scaling',
])
+ eq('standard with Spot', sids(withPolicy({ spot: true }))[6:], ['Allow use of the key by Spot', 'Allow attachment of persistent resources by Spot'])
+ eq('standard with EC2 Fleet', sids(withPolicy({ fleet: true }))[6:], ['Allow use of the key by EC2 Fleet', 'Allow attachment of persistent resources by EC2 Fleet'])
+ eq('standard with neither', sids(withPolicy({ spot: false, fleet: false })), sids(given.alias))
+ eq('minimal', sids(withPolicy({ form: 'minimal' })), ['Allow administration of the key', 'Allow use of the key for volumes through EC2', 'Allow EC2 to hold grants for volumes'])
+ eq('ViaService of one region, amazonaws.com in China too', statement(given.alias, throughEBS, ['cn-north-1']).Condition.StringEquals, {
  'kms:CallerAccount': '111122223333',
  'kms:ViaService': 'ec2.cn-north-1.amazonaws.com',
})
+ eq('ViaService of two regions', statement(given.alias, throughEBS, ['us-east-1', 'us-west-2']).Condition.StringEquals['kms:ViaService'], ['ec2.us-east-1.amazonaws.com', 'ec2.us-west-2.amazonaws.com'])
+ eq('ARNs by partition', [s.Principal.AWS for s in enc.policy(withPolicy({ spot: true, administrators: ['root', 'ops/admin', 'user/eve', 'role/adm', 'arn:aws-us-gov:iam::111122223333:role/x'] }), ['us-gov-west-1']).Statement], [
  ['arn:aws-us-gov:iam::111122223333:' + p for p in ['root', 'role/ops/admin', 'user/eve', 'role/adm', 'role/x']],
  'arn:aws-us-gov:iam::111122223333:user/kublr',
  'arn:aws-us-gov:iam::111122223333:user/kublr',
  '*',
  'arn:aws-us-gov:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
  'arn:aws-us-gov:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
  'arn:aws-us-gov:iam::111122223333:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot',
  'arn:aws-us-gov:iam::111122223333:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot',
])
+ eq('several roles of Auto Scaling', statement(withPolicy({ autoScalingRoles: ['AWSServiceRoleForAutoScaling', 'AWSServiceRoleForAutoScaling_a'] }), 'Allow use of the key by Auto Scaling').Principal.AWS, [
  'arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling' + s
  for s in ['', '_a']
])
+ eq('narrowed to instance roles', statement(given.alias + i.withKublrRole('sys/kublr') + i.withPolicy({ instanceRoles: ['masters', 'k/nodes'] }), throughEBS).Condition.ArnEquals, {
  'aws:PrincipalArn': ['arn:aws:iam::111122223333:role/' + r for r in [
    'sys/kublr',
    'aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
    'masters',
    'k/nodes',
  ]],
})
+ eq('minimal narrowed, with Spot and EC2 Fleet', [std.length(s.Condition.ArnEquals['aws:PrincipalArn']) for s in enc.policy(withPolicy({ form: 'minimal', spot: true, fleet: true, instanceRoles: ['a'] }), ['us-east-1']).Statement[1:]], [5, 5])

+ eq('fragments without a region', enc.fragments(given.alias + i.withVolumes(['masterEtcd'])), [{
  region: null,
  master: { spec: { master: { locations: [given.at(aws={ masterVolume: on })] } } },
  nodes: null,
  storageClass: null,
}])
+ eq('fragments of nothing', enc.fragments(given.alias + i.withOverrides([{ match: { volume: 'storageClass' }, mode: 'ignore' }]) + i.withVolumes(['storageClass'])), [
  { region: null, master: null, nodes: null, storageClass: null },
])
+ eq('fragments by region and group', [
  [f.region] + [[g.name, g.locations[0].aws.rootVolume.kmsKeyId] for g in f.nodes.spec.nodes]
  for f in enc.fragments(given.bare + i.withKey({ 'us-east-1': 'alias/e', 'us-west-2': 'alias/w' }) + i.withRegions(['us-east-1', 'us-west-2'])
                         + i.withOverrides([{ match: { group: 'gpu' }, key: 'alias/gpu' }]), ['a', 'gpu'])
], [['us-east-1', ['a', 'alias/e'], ['gpu', 'alias/gpu']], ['us-west-2', ['a', 'alias/w'], ['gpu', 'alias/gpu']]])
+ eq('an intent made by parts', given.bare + i.withPolicy({ spot: true }) + i.withPolicyMixin({ form: 'minimal' })
                                + i.withOverrides([1]) + i.withOverridesMixin([2]) + i.withKublrArn('x') + i.withClusters(['c']), {
  apiVersion: 'kublr-encryption.github.io/v1alpha1',
  kind: 'EncryptionIntent',
  metadata: { name: 'production' },
  spec: { account: '111122223333', kublr: { arn: 'x' }, policy: { spot: true, form: 'minimal' }, overrides: [1, 2], clusters: ['c'] },
})
