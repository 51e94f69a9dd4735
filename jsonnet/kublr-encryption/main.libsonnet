// kublr-encryption: which EBS volumes of Kublr clusters are encrypted, with which
// KMS key, and the key policy that lets them start.
local apply = import './lib/apply.libsonnet';
local d = import './lib/doc.libsonnet';
local finding = import './lib/finding.libsonnet';
local newPlan = import './lib/plan.libsonnet';

local intentArg = d.arg('intent', 'object');
local clusterArg = d.arg('cluster', 'object');
local regionsArg = d.arg('regions', 'array', []);

{
  '#':: d.pkg(
    'kublr-encryption',
    'github.com/kublr-encryption/kublr-encryption/jsonnet/kublr-encryption',
    'main.libsonnet',
    'Encrypted EBS volumes for Kublr clusters, from one intent.',
    'v' + self.version
  ),

  '#version':: d.val('string', 'The version of this library.'),
  version: '0.1.0',

  '#intent':: d.obj('Makes intents: `new` and the parts to add to it with `+`.'),
  intent:: import './lib/intent.libsonnet',

  '#plan':: d.fn(
    'Expands an intent: `findings`, the `kinds` of volume with their rules, and the key `policy` as data, with what depends on the region marked. Never fails on a mistake in the intent.',
    [intentArg]
  ),
  plan(intent):: newPlan(intent),

  '#apply':: d.fn('The cluster as the intent wants it. Fails with all that is wrong in either, a line each.', [intentArg, clusterArg]),
  apply(intent, cluster):: apply(newPlan(intent), cluster).value,

  '#applyAll':: d.fn('The same for a list of clusters, or a map of them by name: each as the intent wants it.', [intentArg, d.arg('clusters', 'array or object')]),
  applyAll(intent, clusters)::
    local plan = newPlan(intent), one(key) = apply(plan, clusters[key], [key]).value;
    if std.isArray(clusters) then [one(i) for i in std.range(0, std.length(clusters) - 1)]
    else if std.isObject(clusters) then clusters + { [name]: one(name) for name in std.objectFields(clusters) }
    else apply(plan, clusters).value,

  '#mixin':: d.fn('The same for `cluster + enc.mixin(intent)`. Fails when it stands before the cluster.', [intentArg]),
  mixin(intent)::
    local plan = newPlan(intent);
    {
      // No look at self.spec: jsonnet in C++ would make it once more.
      assert 'spec' in super : finding.orFail([finding.say('mixin-order', ['the cluster'])], ''),
      spec:
        // Here super is the cluster; one object further in it would not be.
        local kind = if 'kind' in super then super.kind;
        local metadata = if 'metadata' in super then super.metadata;
        local spec = if 'spec' in super then super.spec;
        apply(plan, { kind: kind, metadata: metadata, spec: spec }).value.spec,
    },

  '#gaps':: d.fn('What the intent asks for and the cluster does not have: a list of `{path, volume, field, want, got}`, for asserts.', [intentArg, clusterArg]),
  gaps(intent, cluster):: apply(newPlan(intent), cluster).gaps,

  '#findings':: d.fn(
    'All there is to say of a cluster, as `kublr-encryption verify` does: what is not as asked for, what contradicts the intent, what no rule covers. A list of `{severity, code, field, message, hint}`; for an intent with errors it is the intent that they are about.',
    [intentArg, clusterArg]
  ),
  findings(intent, cluster):: apply(newPlan(intent), cluster).findings,

  '#codes':: d.val('array', 'What each code of a finding means, why it matters and how to mend it: a list of `{code, severity, title, means, why, remedy, sources, controls}`.'),
  codes:: import './codes.json',

  '#fragments':: d.fn(
    'What the intent sets, as pieces of cluster spec with a location `aws1`: a list of `{region, master, nodes, storageClass}`, one for each region known. A piece the intent does not touch is null.',
    [intentArg, d.arg('groups', 'array', ['default']), regionsArg]
  ),
  fragments(intent, groups=['default'], regions=[])::
    local plan = newPlan(intent);
    (import './lib/fragments.libsonnet')(plan, groups, (import './lib/regions.libsonnet')(plan, regions).known),

  '#policy':: d.fn('The key policy, one for all regions; null for the key that AWS manages for EBS. `regions` are those of the clusters at hand, which count when the intent gives none.', [intentArg, regionsArg]),
  policy(intent, regions=[])::
    local plan = newPlan(intent), served = (import './lib/regions.libsonnet')(plan, regions);
    finding.orFail(plan.findings + served.findings, served.policy),
}
