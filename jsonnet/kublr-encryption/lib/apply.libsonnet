// Holds a plan's rules against a cluster, in one walk. It knows rules and no path
// of Kublr's; the generator, in Go, does the same to bytes.
//
// Objects only ever grow, by +, so that what is hidden, asserted or late bound in
// a cluster written in Jsonnet survives. For the same reason a field that must not
// stand there is hidden.
local byregion = import './byregion.libsonnet';
local finding = import './finding.libsonnet';
local text = import './text.libsonnet';

// at gives what stands below o, null when nothing does.
local at(o, keys) =
  if keys == [] then o
  else if std.isObject(o) && std.objectHasAll(o, keys[0]) then at(o[keys[0]], keys[1:])
  else null;

local string(o, keys) = local v = at(o, keys); if std.isString(v) then v else '';

// locations reads the cluster's locations; null when it is none of Kublr's.
local locations(shape, cluster) =
  local steps = shape.locations['in'], n = std.length(steps) - 1;
  local list = at(cluster, steps[:n]);
  if string(cluster, ['kind']) != shape.kind || !std.isArray(list) then null
  else [
    {
      path: steps[:n] + [i],
      name: string(list[i], [steps[n].each]),
      isOurs: std.isObject(at(list[i], [shape.locations.provider])),
      region: string(list[i], shape.locations.region),
      account: at(list[i], shape.locations.account),
    }
    for i in std.range(0, std.length(list) - 1)
  ];

// unrendered gives the placeholders where a cluster says what it is: as long as
// they stand there, nobody can say which rules are about it.
local unrendered(shape, cluster, places) =
  local isOpen(v) = std.isString(v) && std.findSubstr('${', v) + std.findSubstr('{{', v) != [];
  [
    finding.err('template', f.path, 'holds a placeholder, so nobody can say yet what this cluster is', 'render the spec first')
    for f in [{ path: shape.name, value: string(cluster, shape.name) }] + [
      field
      for l in places
      for field in [
        { path: l.path + [shape.locations['in'][std.length(shape.locations['in']) - 1].each], value: l.name },
        { path: l.path + shape.locations.region, value: l.region },
        { path: l.path + shape.locations.account, value: l.account },
      ]
    ]
    if isOpen(f.value)
  ];

local isTaken(plan, cluster, places) =
  local name = string(cluster, plan.shape.name);
  places != null && [l for l in places if l.isOurs] != [] && [c for c in plan.clusters if text.matches(c, name)] != [];

// conflicts gives what in the locations stands against the intent.
local conflicts(plan, places) = [
  finding.err(
    'account-mismatch',
    l.path + plan.shape.locations.account,
    'is account ' + l.account + ', but the intent is for account ' + plan.account,
    'leave this cluster out with spec.clusters, or correct one of the two'
  )
  for l in places
  if l.isOurs && std.count([null, '', plan.account], l.account) == 0 && std.toString(l.account) != plan.account
] + [
  finding.err(
    'region-mismatch',
    l.path + plan.shape.locations.region,
    'is ' + l.region + ', but the intent is for ' + std.join(', ', plan.regions),
    "add the region to the intent's spec.regions, or leave this cluster out with spec.clusters"
  )
  for l in places
  if l.isOurs && plan.regions != [] && l.region != '' && std.count(plan.regions, l.region) == 0
];

// isOfGroup tells whether a kind's places stand in a location of a group.
local isOfGroup(kind) = [s for s in kind['in'] if std.isObject(s) && s.as == 'location'] != [];

// regionOf gives the region of a place, or '': that of the location it names, of
// the only one when it names none, and outside the groups the one all share.
local regionOf(places, kind, dims) =
  local regions =
    if !isOfGroup(kind) then std.set([l.region for l in places if l.isOurs])
    else if 'location' in dims then [l.region for l in places if l.name == dims.location][:1]
    else [l.region for l in places];
  if std.length(regions) == 1 then regions[0] else '';

local keyProblem(value, region, path, kind, places) =
  local known = std.join(', ', std.objectFields(value.byRegion));
  local shared = std.set([l.region for l in places if l.isOurs]);
  if !isOfGroup(kind) && std.length(shared) > 1 then finding.err(
    'region-unknown',
    path,
    'its key depends on the region, and the locations of this cluster, which share it, are in ' + std.join(', ', shared),
    'leave it out for this cluster, by overrides: - match: {cluster: NAME, volume: ' + kind.volume + '}, mode: ignore'
  )
  else if region == '' then finding.err(
    'region-unknown',
    path,
    'its key depends on the region, and the spec does not say which one this is (the intent has a key for ' + known + ')',
    'give aws.region in the spec.locations entry that its locationRef names'
  )
  else finding.err(
    'key-region',
    path,
    'stands in ' + region + ", but the intent's key is in " + known + ', and EBS takes only keys of its own region',
    'give the key as a map by region, or as an alias that each region has'
  );

local notA(what, path) = finding.err('not-a-' + what, path, 'is not the ' + what + ' that a Kublr cluster has here', 'correct the spec');

// notMappings gives the first of keys below o that is there and no mapping.
local notMappings(o, keys, path) =
  if o == null then []
  else if !std.isObject(o) then [notA('mapping', path)]
  else if keys == [] then []
  else notMappings(at(o, keys[:1]), keys[1:], path + keys[:1]);

// claim gives what is wanted of one place: an edit, its findings and its gaps.
// Null: nothing is.
local claim(places, kind, o, dims, path) =
  local region = regionOf(places, kind, dims);
  local known = if region == '' then dims else dims { region: region };
  local holds(match) = [d for d in std.objectFields(match) if !(d in known && text.matches(match[d], known[d]))] == [];
  local matching = [r for r in kind.rules if holds(r.match)];
  local rule = matching[std.length(matching) - 1];
  local set = [[f, byregion.fill(rule.set[f], [region])] for f in std.objectFields(rule.set)];
  local there = path + kind.at;
  local found = at(o, kind.at);
  local got(f) = if std.isObject(found) && std.objectHas(found, f) then found[f];
  if matching == [] || rule.set == {} && rule.unset == [] then null
  else {
    at: kind.at,
    set: set,
    unset: rule.unset,
    findings: [keyProblem(rule.set[s[0]], region, there, kind, places) for s in set if s[1] == null] + notMappings(o, kind.at, path),
    gaps: [
      { path: finding.spell(there), volume: kind.volume, field: want[0], want: want[1], got: got(want[0]) }
      for want in set + [[f, null] for f in rule.unset]
      if got(want[0]) != want[1]
    ],
  };

// put gives o with a claim's fields in it.
local put(o, keys, claim) =
  if keys == [] then
    std.foldl(
      function(o, f) if std.objectHas(o, f) then o { [f]:: null } else o,
      claim.unset,
      std.foldl(function(o, s) o { [s[0]]::: s[1] }, claim.set, o)
    )
  else
    local inner = at(o, keys[:1]);
    o { [keys[0]]: put(if inner == null then {} else inner, keys[1:], claim) };

// walk gives what o becomes, and the claims on it: kinds are those whose places
// lie at or below o, and depth says how many of their steps are done.
local walk(places, o, depth, kinds, dims, path) =
  local here = [c for k in kinds if std.length(k['in']) == depth for c in [claim(places, k, o, dims, path)] if c != null];
  local deeper = [k for k in kinds if std.length(k['in']) > depth];
  local wrong(what) = { value: o, claims: [{ findings: [notA(what, path)], gaps: [] }] };
  if deeper != [] && std.isObject(deeper[0]['in'][depth]) then
    local step = deeper[0]['in'][depth];
    local below(e, i) =
      local name = string(e, [step.each]);
      if e == null then { value: e, claims: [] }
      else walk(places, e, depth + 1, deeper, if name == '' then dims else dims { [step.as]: name }, path + [i]);
    if !std.isArray(o) then wrong('list')
    else
      local children = [below(o[i], i) for i in std.range(0, std.length(o) - 1)];
      { value: [c.value for c in children], claims: [claim for c in children for claim in c.claims] }
  else if !std.isObject(o) then wrong('mapping')
  else
    local children = [
      { key: key, made: walk(places, v, depth + 1, [k for k in deeper if k['in'][depth] == key], dims, path + [key]) }
      for key in std.set([k['in'][depth] for k in deeper])
      for v in [at(o, [key])]
      if v != null
    ];
    {
      value: std.foldl(function(o, c) put(o, c.at, c), here, o { [c.key]: c.made.value for c in children }),
      claims: here + [claim for c in children for claim in c.made.claims],
    };

// It gives what the cluster becomes, and where it falls short of the plan now.
// Either fails with all errors in the plan and the cluster.
function(plan, cluster)
  local places = locations(plan.shape, cluster);
  local isOurs = isTaken(plan, cluster, places);
  local name = string(cluster, plan.shape.name);
  local made = walk(places, cluster, 0, plan.kinds, if name == '' then {} else { cluster: name }, []);
  local claims = made.claims;
  local open = if places == null || [l for l in places if l.isOurs] == [] then [] else unrendered(plan.shape, cluster, places);
  local findings = finding.errors(plan.findings) + open +
                   (if isOurs && open == [] then conflicts(plan, places) + [f for c in claims for f in c.findings] else []);
  {
    value: finding.orFail(findings, if isOurs then made.value else cluster),
    gaps: finding.orFail(findings, if isOurs then [g for c in claims for g in c.gaps] else []),
  }
