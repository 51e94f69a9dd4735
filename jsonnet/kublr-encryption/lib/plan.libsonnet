// The plan: an intent expanded to rules and a key policy, or what is wrong with it.
local finding = import './finding.libsonnet';
local keys = import './keys.libsonnet';
local mistakes = import './mistakes.libsonnet';
local partitions = import './partitions.libsonnet';
local policy = import './policy.libsonnet';
local principals = import './principals.libsonnet';
local reading = import './reading.libsonnet';
local rules = import './rules.libsonnet';
local validate = import './validate.libsonnet';

// As text: it is parsed at every start, and std.parseJson is three times as fast.
local schema = std.parseJson(importstr '../intent.schema.json');

function(value)
  local read = reading(value);
  local checked = mistakes(read);
  local findings = finding.capped(validate(schema, value) + checked.findings, 20);
  local isGood = finding.errors(findings) == [];
  {
    findings: findings,
    clusters: read.clusters,
    // What the KRM function does: '' sets what is wanted, verify only compares.
    mode: read.mode,
    account: read.account,
    // The regions that the intent names, and those that its keys name.
    regions: read.regions,
    keyRegions: checked.keyRegions,
    // Null: that of the regions at hand.
    partition: checked.partition,
    partitions: partitions.areas,
    kinds: if isGood then rules.kinds(read) else [],
    // The keys whose policy is ours to write, and what it says.
    policy: if isGood then { keys: keys(read) } + policy.of(read, checked.partition) else { keys: [] },

    // What IAM lets principals do, for the proof of the key policies.
    iam: [i { arn: principals.arn(read, checked.partition, i.name) } for i in read.iam],

    // How a key is made, and which of that the intent itself says.
    name: read.name,
    create: { multiRegion: false, rotationDays: 365, description: '', tags: {} } + (if isGood then read.create else {}) + { named: std.objectFields(read.create) },

    // The name of the ConfigMap that is to hold the policies, or ''.
    configMap: if 'configMap' in read.policy && std.isString(read.policy.configMap) then read.policy.configMap else '',
  }
