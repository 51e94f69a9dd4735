// Intents and clusters that the tests start from.
local enc = import '../main.libsonnet';

{
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  arn(region, account='111122223333', partition='aws'):: 'arn:' + partition + ':kms:' + region + ':' + account + ':key/' + self.id,

  bare:: enc.intent.new('production', '111122223333') + enc.intent.withKublrUser('kublr'),
  alias:: self.bare + enc.intent.withKey('alias/kublr-ebs'),

  location(name='aws1', region='us-east-1'):: { name: name, aws: { region: region } },
  at(location='aws1', aws={}):: { locationRef: location, aws: aws },
  cluster:: {
    local here = self,
    groups:: ['workers'],
    kind: 'Cluster',
    metadata: { name: 'prod-a' },
    spec: {
      locations: [$.location()],
      master: { locations: [$.at(aws={ rootVolume: { size: 40 } })] },
      nodes: [{ name: g, locations: [$.at()] } for g in here.groups],
    },
  },

  // brief gives findings without their texts.
  brief(findings):: [f.severity + ' ' + f.code + ' ' + std.join('.', [std.toString(s) for s in f.field]) for f in findings],
  errors(intent):: self.brief([f for f in enc.plan(intent).findings if f.severity == 'error']),
}
