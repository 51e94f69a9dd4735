// A key for each region, and one key policy for both.
local enc = import '../main.libsonnet';

local intent =
  enc.intent.new('production', '111122223333')
  + enc.intent.withKey({ 'us-gov-east-1': 'alias/kublr-east', 'us-gov-west-1': 'alias/kublr-west' })
  + enc.intent.withKublrArn('arn:aws-us-gov:iam::111122223333:user/kublr')
  + enc.intent.withPolicy({ spot: true });

{ policy: enc.policy(intent), fragments: enc.fragments(intent, groups=['workers']) }
