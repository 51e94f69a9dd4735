// The plan: an intent expanded to rules and key policies, or what is wrong with it.
local finding = import './finding.libsonnet';
local keyref = import './keyref.libsonnet';
local mistakes = import './mistakes.libsonnet';
local policy = import './policy.libsonnet';
local reading = import './reading.libsonnet';
local rules = import './rules.libsonnet';
local text = import './text.libsonnet';
local validate = import './validate.libsonnet';
local volumes = import './volumes.libsonnet';

// As text: it is parsed at every start, and std.parseJson is three times as fast.
local schema = std.parseJson(importstr '../intent.schema.json');

local unique(list) = [list[i] for i in std.range(0, std.length(list) - 1) if std.count(list[:i], list[i]) == 0];

// keysIn gives the keys an intent uses in a region whose policies are ours to write.
local keysIn(read, region) =
  local serves(r) = std.count([null, region], r.region) > 0 && std.count([null, region], r.ref.region) > 0;
  local here = [c for c in read.overrides if !('region' in c.match) || text.matches(c.match.region, region)];
  unique([r.text for c in [read.base] + here for r in c.refs if serves(r) && !keyref.isManaged(r.ref)]);

function(value, regions=[])
  local read = reading(value);
  local checked = mistakes(read, regions);
  local findings = validate(schema, value) + checked.findings;
  local isGood = finding.errors(findings) == [];
  local named = std.set([r for c in [read.base] + read.overrides for k in c.refs for r in [k.region, k.ref.region] if r != null]);
  local known = if read.regions != [] then read.regions else if regions != [] then unique(regions) else named;
  local served = [[r, keysIn(read, r)] for r in known];
  local written = policy(read, checked.partition);
  local document = written.document;
  local policies = [
    { account: read.account, partition: checked.partition, region: s[0], keys: s[1], document: document([s[0]]) }
    for s in (if isGood then served else [])
    if s[1] != []
  ];
  {
    findings: findings,
    clusters: read.clusters,
    account: read.account,
    regions: read.regions,
    shape: volumes.shape,
    rules: if isGood then rules.of(read) else [],
    policies: policies,
    // Who uses and administers the keys, by ARN.
    principals: if isGood then written.principals else {},
    partition: checked.partition,
    policy:
      if policies == [] then null
      else if std.length(policies) == 1 then policies[0].document
      else document([p.region for p in policies]),

    // The name of the ConfigMap that is to hold the policies, or ''.
    configMap: if 'configMap' in read.policy && std.isString(read.policy.configMap) then read.policy.configMap else '',
    // Whether a key is used whose policy is ours to write.
    ownKey: [k for c in [read.base] + read.overrides for k in c.refs if !keyref.isManaged(k.ref)] != [],

    // For the library's own use: the regions that are known.
    known:: known,
  }
