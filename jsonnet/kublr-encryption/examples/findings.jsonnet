// All there is to say of a cluster, and what a code of it means.
local enc = import '../main.libsonnet';
local cluster = import './cluster.libsonnet';

local intent =
  enc.intent.new('production', '111122223333')
  + enc.intent.withKey('alias/kublr-ebs')
  + enc.intent.withKublrUser('kublr')
  + enc.intent.withVolumes(['masterEtcd']);

local found = enc.findings(intent, cluster { spec+: { features: { logging: { storageClass: 'fast' } } } });

{ findings: found, why: { [c.code]: c.why for c in enc.codes for f in found if f.code == c.code } }
