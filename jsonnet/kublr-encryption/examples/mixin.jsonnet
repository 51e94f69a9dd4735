// The same with +, and an assert that nothing that comes after takes it back.
local enc = import '../main.libsonnet';
local cluster = import './cluster.libsonnet';

local intent =
  enc.intent.new('production', '111122223333')
  + enc.intent.withKey('alias/kublr-ebs')
  + enc.intent.withKublrUser('kublr');

local encrypted = cluster + enc.mixin(intent) + { metadata+: { space: 'prod' } };

assert enc.gaps(intent, encrypted) == [] : std.toString(enc.gaps(intent, encrypted));
encrypted
