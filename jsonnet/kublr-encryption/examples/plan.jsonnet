// A plan is data, mistakes included: nothing fails here.
local enc = import '../main.libsonnet';

local intent =
  enc.intent.new('production', '111122223333')
  + enc.intent.withKublrUser('kublr')
  + enc.intent.withOverrides([{ match: { grop: 'gpu' }, key: 'gpu' }]);

{
  wrong: enc.plan(intent),
  right: enc.plan(intent + enc.intent.withOverrides([{ match: { group: 'gpu' }, key: 'alias/gpu' }])),
}
