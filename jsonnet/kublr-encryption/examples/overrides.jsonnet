// Exceptions: a key of its own for one group, none for another, the key's ARN
// for the StorageClass so that volumes can be cloned. Later ones win.
local enc = import '../main.libsonnet';
local cluster = import './cluster.libsonnet';

local arn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
local intent =
  enc.intent.new('production', '111122223333')
  + enc.intent.withKey('alias/kublr-ebs')
  + enc.intent.withKublrRole('automation/kublr')
  + enc.intent.withOverrides([
    { match: { group: 'gpu' }, key: 'alias/gpu' },
    { match: { cluster: 'prod-*', group: 'scratch' }, mode: 'plain' },
    { match: { volume: 'storageClass' }, key: arn },
  ]);

enc.apply(intent, cluster)
