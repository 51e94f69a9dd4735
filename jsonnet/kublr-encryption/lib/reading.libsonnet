// The reading of an intent: what is well formed, and defaults for the rest, so that a
// mistake in one field hides none in another.
local keyref = import './keyref.libsonnet';
local partitions = import './partitions.libsonnet';
local principals = import './principals.libsonnet';
local volumes = import './volumes.libsonnet';

local has(o, name) = std.isObject(o) && std.objectHas(o, name);

// get gives a field of the type its default has, else the default.
local get(o, name, default) =
  if has(o, name) && std.type(o[name]) == std.type(default) then o[name] else default;

local strings(list) = [s for s in list if std.isString(s) && s != ''];

// refs gives the keys of a key field, one or one a region, that can be read.
local refs(field, key) = [
  { field: r.field, region: r.region, ref: keyref.parse(r.text), text: r.text }
  for r in (
    if std.isString(key) then [{ field: field, region: null, text: key }]
    else if std.isObject(key) then [
      { field: field + [r], region: r, text: key[r] }
      for r in std.objectFields(key)
      if partitions.of(r) != null && std.isString(key[r])
    ]
    else []
  )
  if keyref.problem(r.text) == null
];

// choice reads what spec or an override wants. own are the keys it gives itself,
// refs those its volumes get.
local choice(o, field, mode, default) =
  local hasKey = has(o, 'key');
  local key = if hasKey then o.key;
  local own = refs(field + ['key'], key);
  {
    field: field,
    mode: mode,
    hasMode: has(o, 'mode'),
    hasKey: hasKey,
    isMap: std.isObject(key),
    own: own,
    refs: if mode != 'encrypt' then [] else if hasKey then own else default,
  };

// arns gives the ARNs among the principals, which may contradict the account; those
// who are trusted may be of another.
local arns(kublr, policy) =
  local texts = [{ field: ['spec', 'kublr', 'arn'], text: get(kublr, 'arn', ''), ok: principals.isPrincipalArn }] + [
    { field: ['spec', 'policy', name, i], text: list[i], ok: principals.isAnyArn }
    for name in [row.option for row in principals.rows] + ['trusted']
    for list in [get(policy, name, [])]
    for i in std.range(0, std.length(list) - 1)
  ] + [{ field: ['spec', 'policy', 'iam', name], text: name, ok: principals.isAnyArn } for name in std.objectFields(get(policy, 'iam', {}))];
  [
    { field: t.field, partition: part[1], account: part[4], isOwn: t.field[2] != 'trusted' }
    for t in texts
    if std.isString(t.text) && t.ok(t.text)
    for part in [std.split(t.text, ':')]
  ];

local override(o, index, base) =
  local match = get(o, 'match', {});
  choice(o, ['spec', 'overrides', index], get(o, 'mode', 'encrypt'), base.refs) {
    index: index,
    volume: get(match, 'volume', ''),
    match: { [d]: match[d] for d in ['cluster', 'group', 'location', 'region'] if get(match, d, '') != '' },
  };

function(intent)
  local spec = get(intent, 'spec', {});
  local base = choice(spec, ['spec'], 'encrypt', []);
  local overrides = get(spec, 'overrides', []);
  local read = [override(overrides[i], i, base) for i in std.range(0, std.length(overrides) - 1)];
  local chosen = get(spec, 'volumes', [k.volume for k in volumes.kinds]);
  local kinds = [k for k in volumes.kinds if std.count(chosen, k.volume) > 0];
  local kublr = get(spec, 'kublr', {});
  local policy = get(spec, 'policy', {});
  local principalArns = arns(kublr, policy);
  local clusters = strings(get(spec, 'clusters', []));
  local metadata = get(intent, 'metadata', {});
  local annotations = get(metadata, 'annotations', {});
  {
    name: get(metadata, 'name', ''),
    annotations: std.objectFields(annotations),
    mode: get(annotations, 'kublr-encryption.github.io/mode', ''),
    account: get(spec, 'account', ''),
    kublr: kublr,
    regions: strings(get(spec, 'regions', [])),
    clusters: if clusters == [] then ['*'] else clusters,
    volumes: chosen,
    kinds: kinds,
    base: base,
    overrides: read,
    policy: policy,
    trusted: strings(get(policy, 'trusted', [])),
    organization: get(policy, 'organization', ''),
    iam: [
      { name: name, documents: policy.iam[name] }
      for name in std.objectFields(get(policy, 'iam', {}))
      if principals.isPrincipal(name) && std.isArray(policy.iam[name])
    ],
    create: get(spec, 'create', {}),
    arns: principalArns,
  }
