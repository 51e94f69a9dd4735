// The intent as a Jsonnet value: new and the parts to add to it with +.
local d = import './doc.libsonnet';

local with(field, value) = { spec+: { [field]: value } };

{
  '#new':: d.fn('An intent for an AWS account, which is twelve digits in quotes.', [d.arg('name', 'string'), d.arg('account', 'string')]),
  new(name, account):: {
    apiVersion: 'kublr-encryption.github.io/v1alpha1',
    kind: 'EncryptionIntent',
    metadata: { name: name },
    spec: { account: account },
  },

  '#withKey':: d.fn('The KMS key: a key id, alias/NAME, a key ARN, an alias ARN, or one of these for each region.', [d.arg('key', 'string or object')]),
  withKey(key):: with('key', key),

  '#withKublrUser':: d.fn('The IAM user whose credentials Kublr uses.', [d.arg('name', 'string')]),
  withKublrUser(name):: with('kublr', { user: name }),

  '#withKublrRole':: d.fn('The IAM role that Kublr uses, with its path if it has one.', [d.arg('name', 'string')]),
  withKublrRole(name):: with('kublr', { role: name }),

  '#withKublrArn':: d.fn('The IAM user or role that Kublr uses, by its ARN.', [d.arg('arn', 'string')]),
  withKublrArn(arn):: with('kublr', { arn: arn }),

  '#withRegions':: d.fn('The regions of the clusters.', [d.arg('regions', 'array')]),
  withRegions(regions):: with('regions', regions),

  '#withClusters':: d.fn('Names of the clusters, a trailing * allowed.', [d.arg('clusters', 'array')]),
  withClusters(clusters):: with('clusters', clusters),

  '#withVolumes':: d.fn('The kinds of volume: masterRoot, masterEtcd, nodeRoot, storageClass.', [d.arg('volumes', 'array')]),
  withVolumes(volumes):: with('volumes', volumes),

  '#withOverrides':: d.fn('Exceptions, as `[{match: {group: "gpu"}, key: "alias/gpu"}]`. Later ones win.', [d.arg('overrides', 'array')]),
  withOverrides(overrides):: with('overrides', overrides),

  '#withOverridesMixin':: d.fn('Like withOverrides, after those already there.', [d.arg('overrides', 'array')]),
  withOverridesMixin(overrides):: { spec+: { overrides+: overrides } },

  '#withCreate':: d.fn('How a key is made where key is an alias: multiRegion, rotationDays, description, tags.', [d.arg('create', 'object')]),
  withCreate(create):: with('create', create),

  '#withPolicy':: d.fn('How the key policy is written: form, administrators, autoScalingRoles, spot, fleet, instanceRoles, trusted, organization, iam, configMap.', [d.arg('policy', 'object')]),
  withPolicy(policy):: with('policy', policy),

  '#withPolicyMixin':: d.fn('Like withPolicy, added to what is already there.', [d.arg('policy', 'object')]),
  withPolicyMixin(policy):: { spec+: { policy+: policy } },
}
