local enc = import '../main.libsonnet';
local test = import './harness.libsonnet';
local given = import './intents.libsonnet';

local i = enc.intent;
local ours = { encrypted: true, kmsKeyId: 'alias/kublr-ebs' };
local done = enc.apply(given.alias, given.cluster);
local nodes(made) = [g.locations[0].aws for g in made.spec.nodes];
local eq(name, actual, expected) = test.case.new(name=name, test=test.expect.eq(actual=actual, expected=expected));
local two = given.cluster { spec+: {
  locations: [given.location(), given.location('aws2', 'us-west-2'), { name: 'azr', azure: { region: 'eastus' } }],
  nodes: [{ name: 'a', locations: [given.at('aws1'), given.at('aws2'), { locationRef: 'azr', azure: {} }] }],
} };
local overrides(list) = enc.apply(given.alias + i.withOverrides(list), given.cluster { groups:: ['gpu', 'gpu-2', 'scratch'] });

test.new(std.thisFile)
+ eq('every kind of volume', done, given.cluster { spec+: {
  master: { locations: [given.at(aws={ rootVolume: ours { size: 40 }, masterVolume: ours })] },
  nodes: [{ name: 'workers', locations: [given.at(aws={ rootVolume: ours })] }],
  features: { system: { values: { storageClass: { aws: { parameters: ours { encrypted: 'true' } } } } } },
} })
+ eq('twice is once', enc.apply(given.alias, done), done)
+ eq('the mixin does the same', given.cluster + enc.mixin(given.alias), done)
+ eq('some volumes only', enc.apply(given.alias + i.withVolumes(['nodeRoot']), given.cluster).spec.master, given.cluster.spec.master)
+ eq('later overrides win', nodes(overrides([
  { match: { group: 'gpu*' }, key: 'alias/gpu' },
  { match: { group: 'gpu-2' }, mode: 'ignore' },
  { match: { group: 'scratch' }, mode: 'plain' },
])), [{ rootVolume: ours { kmsKeyId: 'alias/gpu' } }, {}, { rootVolume: { encrypted: false } }])
+ eq('an override back to the intent', nodes(overrides([
  { match: { volume: 'nodeRoot' }, mode: 'plain' },
  { match: { group: 'gpu' }, mode: 'encrypt' },
])), [{ rootVolume: ours }, { rootVolume: { encrypted: false } }, { rootVolume: { encrypted: false } }])
+ eq('another cluster is left alone', enc.apply(given.alias + i.withClusters(['dev-*']), given.cluster), given.cluster)
+ eq('so it is by the mixin', given.cluster + enc.mixin(given.alias + i.withClusters(['dev-*'])), given.cluster)
+ eq('lists and maps of clusters', [
  enc.applyAll(given.alias, [given.cluster, done]),
  enc.applyAll(given.alias, { b: given.cluster, a: done, hidden:: 1 }),
  enc.applyAll(given.alias, []),
], [[done, done], { a: done, b: done }, []])
+ eq('Azure is left alone', enc.apply(given.alias, given.cluster { spec+: { locations: [{ name: 'azr', azure: {} }] } }).spec.master, given.cluster.spec.master)
+ eq('null and missing', enc.apply(given.alias, given.cluster { spec+: {
  master: null,
  nodes: [null, { locations: [{ aws: { rootVolume: null } }] }, { name: 'b', locations: null }],
  features: { system: null },
} }).spec, {
  locations: given.cluster.spec.locations,
  master: null,
  nodes: [null, { locations: [{ aws: { rootVolume: ours } }] }, { name: 'b', locations: null }],
  features: { system: { values: { storageClass: { aws: { parameters: ours { encrypted: 'true' } } } } } },
})
+ eq('a key for each region', nodes(enc.apply(
  given.bare + i.withKey({ 'us-east-1': 'alias/e', 'us-west-2': 'alias/w' }) + i.withVolumes(['nodeRoot']), two
) { spec+: { nodes: [{ locations: [l] } for l in super.nodes[0].locations[:2]] } }), [{ rootVolume: { encrypted: true, kmsKeyId: k } } for k in ['alias/e', 'alias/w']])
+ eq('an override by region', [l.aws.rootVolume.encrypted for l in enc.apply(
  given.alias + i.withVolumes(['nodeRoot']) + i.withOverrides([{ match: { region: 'us-west-*' }, mode: 'plain' }]), two
).spec.nodes[0].locations[:2]], [true, false])
+ eq('an override by location', [l.aws.rootVolume.encrypted for l in enc.apply(
  given.alias + i.withVolumes(['nodeRoot']) + i.withOverrides([{ match: { location: 'aws2' }, mode: 'plain' }]), two
).spec.nodes[0].locations[:2]], [true, false])
+ eq('one location needs no reference', nodes(enc.apply(
  given.bare + i.withKey(given.arn('us-east-1')), given.cluster { spec+: { nodes: [{ locations: [{ aws: {} }] }] } }
)), [{ rootVolume: { encrypted: true, kmsKeyId: given.arn('us-east-1') } }])
+ eq('no key leaves none', nodes(enc.apply(given.bare, done)), [{ rootVolume: { encrypted: true } }])
+ eq('and a key comes back', nodes(enc.apply(given.alias, enc.apply(given.bare, done))), [{ rootVolume: ours }])
+ eq('an account as a number', enc.apply(given.alias, given.cluster { spec+: { locations: [given.location() { aws+: { accountId: 111122223333 } }] } }).spec.nodes, done.spec.nodes)

// What Jsonnet knows of a cluster and its JSON does not show.
+ eq('late binding survives', (given.cluster + enc.mixin(given.alias) + { groups:: ['a', 'b'] }).spec.nodes, [
  { name: g, locations: [given.at(aws={ rootVolume: ours })] }
  for g in ['a', 'b']
])
+ eq('hidden fields survive', (given.cluster { spec+: { size:: 40, nodes: [{ name: 'a', size:: 20, locations: [given.at(aws={ rootVolume: { size: $.spec.size } })] }] } }
                               + enc.mixin(given.alias) + { spec+: { size:: 50 } }).spec, done.spec { nodes: [{ name: 'a', locations: [given.at(aws={ rootVolume: ours { size: 50 } })] }] })
+ eq('a hidden field can be read after', (given.cluster { spec+: { nodes: [{ name: 'a', size:: 20, locations: [] }] } } + enc.mixin(given.alias)).spec.nodes[0].size, 20)

+ eq('gaps of a new cluster', [g.path + ' ' + g.field for g in enc.gaps(given.alias, given.cluster)], [
  p + ' ' + f
  for p in [
    'spec.features.system.values.storageClass.aws.parameters',
    'spec.master.locations[0].aws.rootVolume',
    'spec.master.locations[0].aws.masterVolume',
    'spec.nodes[0].locations[0].aws.rootVolume',
  ]
  for f in ['encrypted', 'kmsKeyId']
])
+ eq('no gaps after', enc.gaps(given.alias, done), [])
+ eq('a gap says what it is', enc.gaps(given.bare + i.withVolumes(['nodeRoot']), done), [
  { path: 'spec.nodes[0].locations[0].aws.rootVolume', volume: 'nodeRoot', field: 'kmsKeyId', want: null, got: 'alias/kublr-ebs' },
])
