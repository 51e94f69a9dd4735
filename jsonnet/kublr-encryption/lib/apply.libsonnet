// Holds a plan's rules against a cluster, in one walk: docs/rules.md says how. It
// knows rules and no path of Kublr's; the generator, in Go, does the same to bytes.
//
// Objects only ever grow, by +, so that what is hidden, asserted or late bound in
// a cluster written in Jsonnet survives. For the same reason a field that must not
// stand there is hidden.
local byregion = import './byregion.libsonnet';
local kublr = import './cluster.libsonnet';
local finding = import './finding.libsonnet';
local looks = import './looks.libsonnet';
local text = import './text.libsonnet';
local value = import './value.libsonnet';

local at = value.at;

// isOfGroup tells whether a kind's places stand in a location of a group.
local isOfGroup(kind) = [s for s in kind['in'] if std.isObject(s) && s.as == 'location'] != [];

// shared gives the regions of our locations, each once.
local shared(locations) = byregion.unique([l.region for l in locations if l.isOurs]);

// regionOf gives the region of a place, or '': that of the location it names, of
// the only one when it names none, and outside the groups the one all share.
local regionOf(locations, kind, dims) =
  local regions =
    if !isOfGroup(kind) then shared(locations)
    else if 'location' in dims then [l.region for l in locations if l.name == dims.location][:1]
    else [l.region for l in locations];
  if std.length(regions) == 1 then regions[0] else '';

// locationOf gives, as a list, the location that a place in a group refers to: none is the
// only one.
local locationOf(locations, dims) =
  if 'location' in dims then [l for l in locations if l.name == dims.location][:1]
  else if std.length(locations) == 1 then locations
  else [];

local isOurs(locations, dims) = [l for l in locationOf(locations, dims) if l.isOurs] != [];

// isElsewhere tells whether a group's location is plainly of another provider: it refers
// to such a one or, where nobody knows to which, is written so itself.
local isElsewhere(locations, o, dims) =
  local found = locationOf(locations, dims);
  if found == [] then kublr.isOthers(o) else found[0].isOther;

local noKey(mark, region, path, kind, locations) =
  local known = std.join(', ', std.objectFields(mark.byRegion));
  local regions = shared(locations);
  if !isOfGroup(kind) && std.length(regions) > 1 then finding.say('region-unknown/shared', path, { shared: std.join(', ', regions), volume: kind.volume })
  else if region == '' then finding.say('region-unknown', path, { known: known })
  else finding.say('key-region', path, { region: region, known: known });

// notMappings gives the first of keys below o that is there and no mapping.
local notMappings(o, keys, path) =
  if o == null then []
  else if !std.isObject(o) then [finding.say('not-a-mapping', path)]
  else if keys == [] then []
  else notMappings(at(o, keys[:1]), keys[1:], path + keys[:1]);

// claim gives what is wanted of one place. Null: nothing is.
local claim(locations, kind, o, dims, path) =
  local region = regionOf(locations, kind, dims);
  local known = if region == '' then dims else dims { region: region };
  local holds(match) = [d for d in std.objectFields(match) if !(d in known && text.matches(match[d], known[d]))] == [];
  local matching = [r for r in kind.rules if holds(r.match)];
  local rule = matching[std.length(matching) - 1];
  local target = at(o, kind.at);
  // Of a kind whose fields are the same in any case, they have the spelling that is there.
  local spellings(f) = if 'anyCase' in kind then value.named(target, f) else [];
  local spelled(f) = (spellings(f) + [f])[0];
  local twice = [f for f in std.objectFields(rule.set) + rule.unset if std.length(spellings(f)) > 1];
  local fields = std.objectFields(rule.set);
  local set = [[spelled(f), byregion.fill(rule.set[f], [region])] for f in fields];
  local unset = [spelled(f) for f in rule.unset];
  local got(f) = if std.isObject(target) && std.objectHas(target, f) then target[f] else null;
  if matching == [] || rule.set == {} && rule.unset == [] then null
  else {
    kind: kind,
    place: { o: o, path: path },
    path: path + kind.at,
    target: target,
    set: set,
    unset: [f for f in unset if got(f) != null],
    // problems keep the claim from being made; errors come from making it.
    problems: ([noKey(rule.set[f], region, path + kind.at, kind, locations) for f in fields if byregion.fill(rule.set[f], [region]) == null] + [
                 finding.say('duplicate-key/case', path + kind.at, { first: spellings(f)[0], second: spellings(f)[1] })
                 for f in twice[:1]
               ])[:1],
    // misspelt are keys on the way to the fields, and fields, that are nearly called so.
    misspelt:
      [f for i in std.range(0, std.length(kind.at) - 1) for f in kublr.misses(at(o, kind.at[:i]), kind.at[i], path + kind.at[:i])] +
      [f for s in set for f in kublr.misses(target, s[0], path + kind.at, 'anyCase' in kind)] +
      [f for key in unset for f in kublr.misses(target, key, path + kind.at, 'anyCase' in kind)],
    errors: notMappings(o, kind.at, path) + [
      finding.say('not-a-scalar', path + kind.at + [s[0]], { it: value.spell(got(s[0])) })
      for s in set
      if std.isArray(got(s[0])) || std.isObject(got(s[0]))
    ],
    gaps: [
      { path: finding.spell(path + kind.at), volume: kind.volume, field: want[0], want: want[1], got: got(want[0]) }
      for want in set + [[f, null] for f in unset]
      if got(want[0]) != want[1]
    ],
    code: rule.gaps[[f for f in std.objectFields(rule.gaps) if spelled(f) == self.gaps[0].field][0]],
    wants: std.join(', ', [s[0] + ': ' + value.spell(s[1]) for s in set] + ['no ' + f for f in unset]),
    has: std.join(', ', [
      if got(f) == null then 'no ' + f else f + ': ' + value.spell(got(f))
      for f in [s[0] for s in set] + self.unset
    ]),
  };

// put gives o with a claim's fields in it.
local put(o, keys, claim) =
  if keys == [] then
    std.foldl(
      function(o, f) o { [f]:: null },
      claim.unset,
      std.foldl(function(o, s) o { [s[0]]::: s[1] }, claim.set, o)
    )
  else
    local inner = at(o, keys[:1]);
    o { [keys[0]]: put(if inner == null then {} else inner, keys[1:], claim) };

// walk gives what o becomes, the claims on it, how many places of volumes there are, what is
// wrong on the way, and where nobody can tell of volumes: kinds are those whose places lie
// at or below o, and depth says how many of their steps are done.
local walk(locations, o, depth, kinds, dims, path) =
  local places = [k for k in kinds if std.length(k['in']) == depth];
  local here = [c for k in places for c in [claim(locations, k, o, dims, path)] if c != null];
  local deeper = [k for k in kinds if std.length(k['in']) > depth];
  local nothing = { value: o, claims: [], places: 0, errors: [], doubts: [] };
  local wrong(what) = nothing { errors: [finding.say(what, path)] };
  local all(field, children) = [x for c in children for x in c.made[field]];
  local sum(children) = { places: std.foldl(function(n, c) n + c.made.places, children, 0), errors: all('errors', children), doubts: all('doubts', children) };
  if deeper != [] && std.isObject(deeper[0]['in'][depth]) then
    local step = deeper[0]['in'][depth];
    local below(e, i) =
      local name = value.textAt(e, [step.each]);
      local misses = kublr.misses(e, step.each, path + [i]);
      if e == null then nothing { value: e, doubts: [finding.say('no-volume/null', path + [i])] }
      else
        local made = walk(locations, e, depth + 1, deeper, if name == '' then dims else dims { [step.as]: name }, path + [i]);
        made { errors: misses + made.errors };
    if !std.isArray(o) then wrong('not-a-list')
    else
      local children = [{ made: below(o[i], i) } for i in std.range(0, std.length(o) - 1)];
      sum(children) {
        value: [c.made.value for c in children],
        claims: all('claims', children),
        doubts+: if o == [] && std.length(path) > 2 then [finding.say('no-volume/empty', path)] else [],
      }
  else if !std.isObject(o) then wrong('not-a-mapping')
  else
    // A null at the end of the way is an empty mapping where the location is ours.
    local isEnd(kinds) = [k for k in kinds if isOfGroup(k) && std.length(k['in']) == depth + 1] != [];
    local isEmpty(key, kinds) = std.objectHasAll(o, key) && o[key] == null && isEnd(kinds) && isOurs(locations, dims);
    local doubt(key, kinds) =
      if at(o, [key]) != null || isEmpty(key, kinds) || isEnd(kinds) && isElsewhere(locations, o, dims) then []
      else if std.length(path) > 1 then [finding.say('no-volume', path, { key: key })]
      else if std.objectHasAll(o, key) then [finding.say('null-group', path + [key])]
      else [];
    local keys = std.set([k['in'][depth] for k in deeper]);
    local children = [
      { key: key, made: made }
      for key in keys
      for below in [[k for k in deeper if k['in'][depth] == key]]
      for v in [if isEmpty(key, below) then {} else at(o, [key])]
      if v != null
      for made in [walk(locations, v, depth + 1, below, dims, path + [key])]
    ];
    sum(children) {
      value: std.foldl(function(o, c) put(o, c.kind.at, c), here, o { [c.key]: c.made.value for c in children if o[c.key] != null || c.made.claims != [] }),
      claims: here + all('claims', children),
      places+: std.length(places),
      errors+: [f for key in keys for f in kublr.misses(o, key, path)] + finding.once([f for c in here for f in c.misspelt]),
      doubts+: [f for key in keys for f in doubt(key, [k for k in deeper if k['in'][depth] == key])],
    };

// verified gives what is to be said of a claim, as the cluster is now.
local verified(plan, locations, claim, cluster) =
  if claim.problems != [] then claim.problems
  else [
    f
    for look in looks.rows.claimed
    if std.count(look.volumes, claim.kind.volume) > 0 && [s for s in claim.set if s[0] == look.sets] != []
    for f in looks.about(look, plan, locations, claim.place, cluster)
  ] + (
    if claim.gaps == [] then []
    else
      (if 'running' in claim.kind && std.isObject(claim.target) then [finding.say('running-change', claim.path, { wants: claim.wants, running: claim.kind.running })] else []) +
      [finding.say(claim.code, claim.path, { has: claim.has, wants: claim.wants })]
  );

// described says what was given where a cluster is needed.
local described(v) =
  local kind = value.textAt(v, ['kind']);
  if std.isArray(v) then 'a list'
  else if !std.isObject(v) then std.type(v)
  else if kind == '' then 'an object without kind'
  else if kind == kublr.shape.kind then "a Cluster of another project's shape"
  else 'an object of kind ' + kind;

// It gives what the cluster becomes, where it falls short of the plan now, and all
// that is to be said of it. The first two fail with all errors in the plan and the
// cluster, whose fields begin with way.
function(plan, cluster, way=[])
  local read = kublr.read(cluster);
  local locations = if read == null then [] else read.locations;
  local name = kublr.name(cluster);
  local isOurs = read != null && !read.isPatch && [l for l in locations if l.isOurs] != [];
  local isUnclear = read != null && read.wrong + read.unclear != [];
  local isSelected = [c for c in plan.clusters if text.matches(c, name)] != [];
  local isTaken = isOurs && isSelected;
  local made = walk(locations, cluster, 0, plan.kinds, if name == '' then {} else { cluster: name }, []);
  local open = if isOurs || isUnclear then looks.fold(looks.rows.unrendered, plan, locations, cluster) else [];
  local conflicts = looks.fold(looks.rows.conflicts, plan, locations, cluster) + finding.once(read.wrong + made.errors);
  local stored = looks.fold(looks.rows.uncovered, plan, locations, cluster), classes = looks.fold(looks.rows.classes, plan, locations, cluster);
  local doubts = read.unclear + made.doubts + if made.places == 0 && made.doubts == [] then [finding.say('no-volume/none', [])] else [];
  local errors = finding.errors(plan.findings) + [
    f { field: if way + f.field == [] then ['the cluster'] else way + f.field }
    for f in (
      if read == null then [finding.say('not-a-cluster', [], { it: described(cluster) })]
      else if open != [] then open
      else if isTaken then conflicts + [f for c in made.claims for f in c.problems + c.errors]
      else if isSelected && isUnclear then read.wrong
      else []
    )
  ];
  {
    value: finding.orFail(errors, if isTaken then made.value else cluster),
    gaps: finding.orFail(errors, if isTaken then [g for c in made.claims for g in c.gaps] else []),
    findings:
      if finding.errors(plan.findings) != [] then plan.findings
      else if open != [] then open + (if isTaken then stored + classes else [])
      else if isTaken then
        stored + classes + conflicts + doubts + [f for c in made.claims for f in verified(plan, locations, c, cluster)]
      else if (isOurs || isUnclear) && isSelected then read.wrong + read.unclear
      else if (isOurs || isUnclear) && name == '' then [finding.say('cluster-unnamed', [])]
      else if value.textAt(cluster, ['kind']) == kublr.shape.kind then []
      else stored,
  }
