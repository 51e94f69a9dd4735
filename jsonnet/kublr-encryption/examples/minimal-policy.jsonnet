// The smallest key policy, narrowed to the roles of the clusters' instances.
local enc = import '../main.libsonnet';

local intent =
  enc.intent.new('production', '111122223333')
  + enc.intent.withKey('alias/kublr-ebs')
  + enc.intent.withKublrUser('kublr')
  + enc.intent.withPolicy({ form: 'minimal', administrators: ['admin'], instanceRoles: ['kublr/masters', 'kublr/nodes'] });

enc.policy(intent, ['us-east-1'])
