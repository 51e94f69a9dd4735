// A cluster spec, encrypted: the spec may as well be an imported JSON file.
local enc = import '../main.libsonnet';
local cluster = import './cluster.libsonnet';

local intent =
  enc.intent.new('production', '111122223333')
  + enc.intent.withKey('alias/kublr-ebs')
  + enc.intent.withKublrUser('kublr');

enc.apply(intent, cluster)
