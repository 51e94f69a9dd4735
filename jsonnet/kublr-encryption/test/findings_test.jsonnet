local enc = import '../main.libsonnet';
local test = import './harness.libsonnet';
local given = import './intents.libsonnet';

local i = enc.intent;
local spec(fields) = given.alias { spec+: fields };
local key(k) = given.bare + i.withKey(k);
local override(fields) = spec({ overrides: [fields] });

local case(name, intent, expected) =
  test.case.new(name=name, test=test.expect.eq(actual=given.errors(intent), expected=expected));
local served = import '../lib/regions.libsonnet';
local regions(name, intent, regions, expected) =
  test.case.new(name=name, test=test.expect.eq(actual=given.brief(served(enc.plan(intent), regions).findings), expected=expected));

test.new(std.thisFile)
+ case('the usual intent', given.alias, [])
+ case('no mapping', 'x', ['error type '])
+ case('nothing', null, ['error type '])
+ case('an empty mapping', {}, ['error required ' + f for f in ['apiVersion', 'kind', 'metadata', 'spec']])
+ case('another version', given.alias { apiVersion: 'v1' }, ['error enum apiVersion'])
+ case('an unknown field', spec({ acount: 'x' }), ['error unknown-field spec.acount'])
+ case('every mistake at once', spec({ account: 123, key: 'my key', kublr: {}, regions: ['moon'], volumes: ['root'] }), [
  'error type spec.account',
  'error format spec.key',
  'error required spec.kublr',
  'error format spec.regions.0',
  'error enum spec.volumes.0',
])
+ case('null for a key', key(null), ['error type spec.key'])
+ case('account of eleven digits', spec({ account: '11112222333' }), ['error format spec.account'])
+ case('account with a letter', spec({ account: '11112222333x' }), ['error format spec.account'])
+ case('kublr twice', spec({ kublr: { user: 'a', role: 'b' } }), ['error contradiction spec.kublr'])
+ case('kublr elsewhere', spec({ regions: ['us-east-1'], kublr: { arn: 'arn:aws-cn:iam::999988887777:role/x' } }), [
  'error principal-account spec.kublr.arn',
  'error principal-partition spec.kublr.arn',
])
+ case('kublr says the partition when no region does', spec({ kublr: { arn: 'arn:aws-cn:iam::111122223333:role/x' } }), [])
+ case('empty lists', spec({ regions: [], clusters: [], volumes: [] }), ['error required spec.clusters', 'error required spec.regions', 'error required spec.volumes'])
+ case('an empty name of a cluster', spec({ clusters: [''], overrides: [{ match: { cluster: 'a' }, mode: 'plain' }] }), ['error format spec.clusters.0'])
+ case('empty lists that mean the default', spec({ overrides: [], policy: { administrators: [], autoScalingRoles: [], instanceRoles: [] } }), [])
+ case('duplicates', spec({ regions: ['us-east-1', 'us-east-1'], clusters: ['a', 'a', 'a'] }), ['error duplicate spec.clusters', 'error duplicate spec.regions'])
+ case('a new region of a known area', spec({ regions: ['ap-northsouth-9'] }), [])
+ case('a region that is none', spec({ regions: ['us-east-1a'] }), ['error format spec.regions.0'])
+ case('regions of two partitions', spec({ regions: ['us-east-1', 'cn-north-1', 'us-gov-west-1'] }), ['error partition-mixed spec.regions.1', 'error partition-mixed spec.regions.2'])
+ regions('clusters of two partitions', given.alias, ['us-east-1', 'cn-north-1'], ['error partition-mixed spec.regions'])
+ regions('a cluster of another partition than a principal', spec({ kublr: { arn: 'arn:aws-cn:iam::111122223333:role/x' } }), ['us-east-1', 'cn-north-1'], ['error partition-mixed spec.regions'])
+ regions('regions that are none', given.alias, ['moon', 'us-east-1', '', 'us-west-2'], ['error format spec.regions', 'error format spec.regions'])
+ regions("the intent's own go before", given.alias + i.withRegions(['us-east-1']), ['moon', 'cn-north-1'], [])
+ regions('no region at all', given.alias, [], ['error region-unknown spec.regions'])
+ regions('no region, and no key of ours', given.bare, [], [])

+ case('create', spec({ regions: ['us-east-1', 'eu-west-1'], create: { multiRegion: true, rotationDays: 180, tags: { team: 'platform' } } }), [])
+ case('create without an alias', key(given.id) + i.withCreate({ rotationDays: 0 }), ['error create-without-alias spec.create'])
+ case('create with the managed alias alone', key('alias/aws/ebs') + i.withCreate({ rotationDays: 0 }), ['error create-without-alias spec.create'])
+ case('create with an alias in an override', key(given.id) + i.withCreate({ rotationDays: 0 }) + i.withOverrides([{ match: { group: 'gpu' }, key: 'alias/gpu' }]), [])
+ case('rotation too often', spec({ create: { rotationDays: 89 } }), ['error rotation spec.create.rotationDays'])
+ case('rotation too seldom', spec({ create: { rotationDays: 2561 } }), ['error rotation spec.create.rotationDays'])
+ case('rotation by half days', spec({ create: { rotationDays: 90.5 } }), ['error rotation spec.create.rotationDays'])
+ case('rotation in words', spec({ create: { rotationDays: 'yearly' } }), ['error type spec.create.rotationDays'])
+ case('multi-region without regions', spec({ create: { multiRegion: true } }), ['error required spec.regions'])
+ case('tags that are reserved', spec({ create: { tags: { 'aws:x': '', 'kublr-encryption/key': '', ok: '' } } }), ['error tag spec.create.tags.aws:x', 'error tag spec.create.tags.kublr-encryption/key'])

+ case('key: id', key(given.id), [])
+ case('key: multi-region id', key('mrk-0123456789abcdef0123456789abcdef'), [])
+ case('key: ARN', key(given.arn('us-east-1')), [])
+ case('key: alias ARN', key('arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/a/b'), [])
+ case('key: the managed one', key('alias/aws/ebs'), [])
+ case('key: another managed one', key('alias/aws/rds'), ['error managed-key spec.key'])
+ case('key: another managed one by ARN', key('arn:aws:kms:us-east-1:111122223333:alias/aws/s3'), ['error managed-key spec.key'])
+ case('key: a bare name', key('kublr-ebs'), ['error format spec.key'])
+ case('key: an id in capitals', key('1234ABCD-12ab-34cd-56ef-1234567890ab'), ['error format spec.key'])
+ case('key: an ARN of something else', key('arn:aws:iam::111122223333:role/x'), ['error format spec.key'])
+ case('key: ARN of another account', key(given.arn('us-east-1', '999988887777')), ['error key-account spec.key'])
+ case('key: ARN of a wrong partition', key(given.arn('cn-north-1')), ['error key-partition spec.key'])
+ case('key: ARN elsewhere', key(given.arn('us-east-1')) + i.withRegions(['us-west-2']), ['error key-region spec.key'])
+ case('key: ARN for one of two regions', key(given.arn('us-east-1')) + i.withRegions(['us-east-1', 'us-west-2']), ['error region-key-missing spec.key'])
+ case('key: all wrong with one ARN', key(given.arn('cn-north-1', '999988887777')), ['error key-account spec.key', 'error key-partition spec.key'])
+ case('key map', key({ 'us-east-1': 'alias/a', 'us-west-2': given.arn('us-west-2') }) + i.withRegions(['us-east-1', 'us-west-2']), [])
+ case('key map: nothing in it', key({}), ['error required spec.key'])
+ case('key map: no region', key({ moon: 'alias/a' }), ['error format spec.key.moon'])
+ case('key map: no key', key({ 'us-east-1': 1 }), ['error type spec.key.us-east-1'])
+ case('key map: ARN of another region', key({ 'us-east-1': given.arn('us-west-2') }), ['error key-region spec.key.us-east-1'])
+ case('key map: lacks a region', key({ 'us-east-1': 'alias/a' }) + i.withRegions(['us-east-1', 'us-west-2']), ['error region-key-missing spec.key'])
+ case('key map: lacks a region that an override takes over', key({ 'us-east-1': 'alias/a' }) + i.withRegions(['us-east-1', 'us-west-2'])
                                                              + i.withOverrides([{ match: { region: 'us-west-*' }, mode: 'plain' }]), [])
+ case('key map: one region too many', key({ 'us-east-1': 'alias/a', 'us-west-2': 'alias/b' }) + i.withRegions(['us-east-1']), ['error key-region spec.key.us-west-2'])
+ case('key map: two partitions', key({ 'us-east-1': 'alias/a', 'cn-north-1': 'alias/b' }), ['error partition-mixed spec.key.us-east-1'])

+ case('override: neither key nor mode', override({ match: { group: 'a' } }), ['error required spec.overrides.0'])
+ case('override: no match', override({ key: 'alias/a' }), ['error required spec.overrides.0.match'])
+ case('override: an empty match', override({ match: {}, key: 'alias/a' }), ['error required spec.overrides.0.match'])
+ case('override: key and mode plain', override({ match: { group: 'a' }, key: 'alias/a', mode: 'plain' }), ['error contradiction spec.overrides.0.key'])
+ case('override: a mode that is none', override({ match: { group: 'a' }, mode: 'encrypted' }), ['error enum spec.overrides.0.mode'])
+ case('override: a star in the middle', override({ match: { group: 'a*b' }, mode: 'plain' }), ['error format spec.overrides.0.match.group'])
+ case('override: volume left out', override({ match: { volume: 'masterEtcd' }, mode: 'plain' }) + i.withVolumes(['nodeRoot']), ['error override-unreachable spec.overrides.0.match.volume'])
+ case('override: a group of masters', override({ match: { volume: 'masterRoot', group: 'a' }, mode: 'plain' }), ['error override-unreachable spec.overrides.0.match.group'])
+ case('override: a group, but no node volumes', override({ match: { group: 'a' }, mode: 'plain' }) + i.withVolumes(['masterRoot']), ['error override-unreachable spec.overrides.0.match.group'])
+ case('override: StorageClass of a location', override({ match: { volume: 'storageClass', location: 'a' }, mode: 'plain' }), ['error override-unreachable spec.overrides.0.match.location'])
+ case('override: clusters apart', override({ match: { cluster: 'dev-*' }, mode: 'plain' }) + i.withClusters(['prod-*', 'test']), ['error override-unreachable spec.overrides.0.match.cluster'])
+ case('override: clusters that meet', override({ match: { cluster: 'prod-a*' }, mode: 'plain' }) + i.withClusters(['prod-*']), [])
+ case('override: a wider pattern', override({ match: { cluster: 'p*' }, mode: 'plain' }) + i.withClusters(['prod-*']), [])
+ case('override: region apart', override({ match: { region: 'eu-*' }, mode: 'plain' }) + i.withRegions(['us-east-1']), ['error override-unreachable spec.overrides.0.match.region'])
+ case('override: region of another partition', override({ match: { region: 'cn-north-1' }, mode: 'plain' }) { spec+: { kublr: { arn: 'arn:aws:iam::111122223333:role/x' } } }, ['error partition-mixed spec.overrides.0.match.region'])
+ case('override: key of another account', override({ match: { group: 'a' }, key: given.arn('us-east-1', '999988887777') }), ['error key-account spec.overrides.0.key'])
+ case('override: key map for the regions it is about', override({ match: { region: 'us-west-2' }, key: { 'us-west-2': 'alias/a' } }) + i.withRegions(['us-east-1', 'us-west-2']), [])
+ case('policy: principals elsewhere', spec({ regions: ['us-east-1'], policy: { administrators: ['arn:aws:iam::999988887777:root'], instanceRoles: ['arn:aws-cn:iam::111122223333:role/x'] } }), [
  'error principal-account spec.policy.administrators.0',
  'error principal-partition spec.policy.instanceRoles.0',
])
+ case('policy: not Auto Scaling', spec({ policy: { autoScalingRoles: ['AWSServiceRoleForAutoScalingX'] } }), ['error format spec.policy.autoScalingRoles.0'])

+ test.case.new('did you mean', test.expect.eq(
  actual=[f.hint for f in enc.plan(spec({ kublr: { usr: 'a' }, Regions: [], volumes: ['noderoot'], quite: 1 })).findings if f.severity == 'error'],
  expected=['did you mean regions?', 'did you mean user?', 'leave it out', 'did you mean nodeRoot?']
))
+ test.case.new('an account without quotes', test.expect.eq(
  actual=[f.message + '; ' + f.hint for f in enc.plan(spec({ account: 111122223333 })).findings if f.severity == 'error'],
  expected=['must be a string, got number; put it in quotes: as a number it loses leading zeros']
))
+ test.case.new('StorageClass with an alias', test.expect.eq(
  actual=given.brief(enc.plan(given.alias).findings),
  expected=['warning storage-class-alias spec.key']
))
+ test.case.new('StorageClass with an ARN by override', test.expect.eq(
  actual=given.brief(enc.plan(given.alias + i.withOverrides([{ match: { volume: 'storageClass' }, key: given.arn('us-east-1') }])).findings),
  expected=[]
))
+ test.case.new('StorageClass with an ARN in one of two regions', test.expect.eq(
  actual=given.brief(enc.plan(given.alias + i.withRegions(['us-east-1', 'us-west-2'])
                              + i.withOverrides([{ match: { volume: 'storageClass', region: 'us-east-1' }, key: given.arn('us-east-1') }])).findings),
  expected=['warning storage-class-alias spec.key']
))
+ test.case.new('StorageClass left alone', test.expect.eq(
  actual=given.brief(enc.plan(given.alias + i.withOverrides([{ match: { volume: 'storageClass' }, mode: 'ignore' }])).findings),
  expected=[]
))
+ test.case.new('StorageClass with an alias by override', test.expect.eq(
  actual=given.brief(enc.plan(key(given.arn('us-east-1')) + i.withOverrides([{ match: { cluster: 'a' }, key: 'alias/a' }])).findings),
  expected=['warning storage-class-alias spec.overrides.0.key']
))
+ test.case.new('the default key', test.expect.eq(
  actual=given.brief(enc.plan(given.bare).findings),
  expected=['info default-key spec.key']
))
+ test.case.new('the managed key by its alias', test.expect.eq(
  actual=given.brief(enc.plan(key('alias/aws/ebs')).findings),
  expected=['warning storage-class-alias spec.key', 'info default-key spec.key']
))
+ test.case.new('a word far from all', test.expect.eq(
  actual=[f.hint for f in enc.plan(spec({}) { apiVersion: 'kublr-encryption.github.io/v1', kind: std.join('', std.makeArray(20, function(i) 'EncryptionIntent')) }).findings if f.severity == 'error'],
  expected=['', '']
))
