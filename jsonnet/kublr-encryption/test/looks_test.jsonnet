local kublr = import '../lib/cluster.libsonnet';
local looks = import '../lib/looks.libsonnet';
local enc = import '../main.libsonnet';
local test = import './harness.libsonnet';
local given = import './intents.libsonnet';

local eq(name, actual, expected) = test.case.new(name=name, test=test.expect.eq(actual=actual, expected=expected));
local plan = enc.plan(given.alias + enc.intent.withRegions(['us-east-1']));
local found(row, cluster) = std.length(looks.fold([row], plan, kublr.read(cluster).locations, cluster));
local brief(cluster, intent=given.alias) = given.brief(enc.findings(intent, cluster));
local errors(cluster) = given.brief([f for f in enc.findings(given.alias, cluster) if f.severity == 'error']);

// A cluster in which each row finds something, and one in which none does.
local resources = {
  volume: { Type: 'AWS::EC2::Volume', Properties: { Encrypted: false } },
  files: { Type: 'AWS::EFS::FileSystem' },
  devices: { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: {} }] },
  class: { kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'ebs.csi.aws.com', parameters: { encrypted: true } },
  chart: { storageClasses: [{ name: 'gp3', parameters: { type: 'gp3' } }], defaultStorageClass: { enabled: true } },
};
local bad = {
  kind: 'Cluster',
  metadata: { name: 'prod-${ENV}' },
  spec: {
    locations: [
      { name: '{{ name }}', aws: { region: '${REGION}', accountId: '{{account}}', resourcesCloudFormationExtras: resources } },
      { name: 'aws2', aws: { region: 'eu-west-1', accountId: 444455556666 } },
    ],
    master: { locations: [{ locationRef: 'aws9', aws: {} }, { aws: {} }] },
    nodes: [{ locations: [{ locationRef: 'aws9', aws: { masterVolume: { encrypted: true } } }, { aws: { masterVolume: { kmsKeyId: 'a' } } }] }],
    features: { logging: { storageClass: 'a', storageClassName: 'b' } },
    packages: { db: { values: [{ storageClass: 'c', storageClassName: 'd' }] } },
  },
};
local good = given.cluster { spec+: {
  locations: [given.location() { aws+: { accountId: 111122223333, resourcesCloudFormationExtras: {
    volume: resources.volume { Properties: { Encrypted: 'True' } },
    devices: { BlockDeviceMappings: [{ VirtualName: 'ephemeral0' }, { Ebs: { Encrypted: true } }] },
    class: resources.class { parameters: { kmsKeyId: 'alias/a' } },
    other: resources.class { provisioner: 'nfs' },
    chart: { storageClasses: [{ name: 'a', parameters: { ENCRYPTED: 'true' } }, { name: 'b', parameters: { provisioningMode: 'efs-ap' } }], defaultStorageClass: { enabled: false } },
  } } }],
  features: { logging: { storageClass: { aws: {} }, storageClassName: '-' } },
} };
local rows = looks.rows.unrendered + looks.rows.conflicts + looks.rows.uncovered + looks.rows.classes;

test.new(std.thisFile)
+ eq('each row finds something', [r.say for r in rows if found(r, bad) == 0], [])
+ eq('none finds anything where all is well', [r.say for r in rows if found(r, good) != 0], [])
+ eq('what does not say its account or region is no mismatch', [
  r.say
  for r in looks.rows.conflicts
  if found(r, given.cluster { spec+: { locations: [{ name: 'aws1', aws: { accountId: null, region: '' } }] } }) != 0
], [])
+ eq('another provider is none of ours', [r.say for r in looks.rows.conflicts if found(r, given.cluster { spec+: { locations: [
  { name: 'aws1', azure: { region: 'eastus' }, aws: null },
] } }) != 0], [])
+ eq('an unrendered cluster', errors(bad { spec+: { locations: [{ name: 'aws1', aws: { region: 'us-east-1' } }] } }), ['error template metadata.name'])
+ eq("another project's cluster", brief({ kind: 'Cluster', metadata: { name: '${NAME}' }, spec: { volume: resources.volume } }), [])
+ eq('a cluster that is not selected', brief(given.cluster { spec+: { x: resources } }, given.alias + enc.intent.withClusters(['dev-*'])), [])
+ eq('no cluster', brief({ kind: 'List', items: [resources.class] }), ['warning uncovered-storage-class items.0'])
+ eq('a name in two spellings, whatever else is right', [
  brief(resources.class { parameters: { encrypted: 'true', kmsKeyId: 'a', KMSKeyId: 'b' } }),
  brief({ storageClasses: [{ parameters: { encrypted: 'true', Encrypted: 'true' } }] }),
  brief(resources.class { provisioner: 'nfs', parameters: { encrypted: 'true', Encrypted: 'true' } }),
], [['error duplicate-key parameters'], ['error duplicate-key storageClasses.0.parameters'], []])
+ eq('classes of a cluster are no matter of others', brief({ kind: 'Deployment', spec: bad.spec { locations:: [] } }), [])
+ eq('a launch configuration and a key', brief(given.cluster { spec+: { nodes: [{ locations: [given.at(aws={ groupType: 'asg-lc' })] }] } }, given.alias + enc.intent.withVolumes(['nodeRoot'])), [
  'warning launch-configuration-key spec.nodes.0.locations.0.aws.groupType',
  'error not-encrypted spec.nodes.0.locations.0.aws.rootVolume',
])
+ eq('versions', [
  [std.split(f, ' ')[1] for f in brief(given.cluster { spec+: spec {
    nodes: [{ locations: [given.at(aws={ rootVolume: { encrypted: true, kmsKeyId: 'alias/kublr-ebs' } })] }],
    features: { system: { chart: { version: chart }, values: { storageClass: { aws: { parameters: { encrypted: 'true', kmsKeyId: 'alias/kublr-ebs' } } } } } },
  } }, given.alias + enc.intent.withVolumes(['nodeRoot', 'storageClass']))]
  for spec in [{ kublrAgentTgzUrl: 'https://10.0.0.1/kublr-1.9.1-linux.tar.gz', kublrVersion: '1.8.0' }, { kublrAgentTgzUrl: 'https://a/kublr-1.17.4-9-linux.tar.gz' }, { kublrVersion: '1.8' }, { kublrVersion: 1.2 }]
  for chart in [null, '1.17.0-3', '1.18.0', 'latest']
  if std.objectHas(spec, 'kublrAgentTgzUrl') || chart == null
], [
  ['feature-unread', 'launch-configuration-key'],
  ['feature-unread', 'launch-configuration-key'],
  ['launch-configuration-key'],
  ['launch-configuration-key'],
  [],
  ['feature-unread'],
  [],
  [],
  ['feature-unread'],
  [],
])
+ eq('a launch configuration without one', brief(given.cluster { spec+: { nodes: [{ locations: [given.at(aws={ groupType: 'asg-lc', rootVolume: { encrypted: true } })] }] } }, given.bare + enc.intent.withVolumes(['nodeRoot'])), [])
+ eq('a change to what runs', [f.message for f in enc.findings(given.alias + enc.intent.withVolumes(['masterEtcd']), given.cluster { spec+: { master: { locations: [given.at(aws={ masterVolume: { encrypted: false, kmsKeyId: ['x'] } })] } } })][1:], [
  'has encrypted: false, kmsKeyId: a list, where the intent wants encrypted: true, kmsKeyId: alias/kublr-ebs',
])
+ eq('an intent with errors', brief(bad, given.alias { spec+: { account: 1 } })[:1], ['error type spec.account'])
+ eq('a value is not read as a hole', [f.message for f in enc.findings(given.alias, given.cluster { spec+: { locations: [given.location() { aws+: { accountId: '{{$account$' } }] } })][:1], [
  'holds a placeholder, so nobody can say yet what this cluster is',
])
