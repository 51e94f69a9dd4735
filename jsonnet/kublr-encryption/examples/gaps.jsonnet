// What a cluster lacks of what is asked for.
local enc = import '../main.libsonnet';
local cluster = import './cluster.libsonnet';

local intent =
  enc.intent.new('production', '111122223333')
  + enc.intent.withKey('alias/kublr-ebs')
  + enc.intent.withKublrUser('kublr')
  + enc.intent.withVolumes(['masterRoot', 'nodeRoot']);

enc.gaps(intent, cluster)
