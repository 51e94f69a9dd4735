// What a Kublr cluster is, and how a cluster of a user's is read by it.
local finding = import './finding.libsonnet';
local near = import './near.libsonnet';
local value = import './value.libsonnet';

// As text: std.parseJson is faster than an import.
local shape = std.parseJson(importstr '../cluster.json');

local steps = shape.places.location, n = std.length(steps) - 1;
local list = steps[:n], provider = shape.locations.provider;

// The fields by which groups' places refer to a location.
local refs = [
  s[std.length(s) - 1].each
  for place in std.objectFields(shape.places)
  for s in [shape.places[place]]
  if s[std.length(s) - 1] != null && 'as' in s[std.length(s) - 1] && s[std.length(s) - 1].as == 'location'
];

// hasKey tells whether some entry of an object at or below v is so.
local hasKey(v, is) =
  if std.isArray(v) then [e for e in v if hasKey(e, is)] != []
  else std.isObject(v) && [key for key in std.objectFields(v) if is(key, v[key]) || hasKey(v[key], is)] != [];

// mentionsLocation tells whether an object at or below v refers to a location, or a field
// that is called as the locations are names our provider.
local mentionsLocation(v) = hasKey(v, function(key, below)
  [ref for ref in refs if near.isAlike(key, ref)] != [] ||
  near.isAlike(key, list[n - 1]) && hasKey(below, function(key, _) near.isAlike(key, provider)));

// isKublr tells the shape of a Kublr cluster, in which words may be misspelt.
local isKublr(cluster) =
  local locations = value.at(cluster, list);
  value.textAt(cluster, ['kind']) == shape.kind && (
    locations == null && value.isThere(cluster, list) ||
    std.isArray(locations) && (locations == [] || [l for l in locations if l == null || std.isObject(l)] != []) ||
    mentionsLocation(cluster)
  );

// misses gives what keys of o are nearly called as one that is needed.
local misses(o, key, path, anyCase=false) = [finding.say('near-miss', path + [miss], { key: key }) for miss in near.misses(o, key, anyCase)];

// isOthers tells whether a location, or a group's, is of another provider than ours: it
// has an object, and none that is nearly called as ours.
local isOthers(o) =
  std.isObject(o) &&
  local objects = [key for key in std.objectFields(o) if std.isObject(o[key])];
  objects != [] && [key for key in objects if near.isAlike(key, provider)] == [];

local locationOf(l) = {
  name: value.textAt(l, [steps[n].each]),
  isOurs: std.isObject(value.at(l, [provider])),
  isOther: value.at(l, [provider]) == null && isOthers(l),
  region: value.textAt(l, shape.locations.region),
};

local notMapping(path) = [finding.say('not-a-mapping', path)];

// wrongLocation gives what is wrong with one.
local wrongLocation(l, path) =
  if l == null then []
  else if !std.isObject(l) then notMapping(path)
  else misses(l, steps[n].each, path) + misses(l, provider, path) + (
    local ours = value.at(l, [provider]);
    if ours == null || std.isObject(ours) then [] else notMapping(path + [provider])
  );

{
  shape:: shape,
  isOthers:: isOthers,
  misses:: misses,

  // read gives a cluster's locations, what is wrong with them and what nobody can tell of
  // them; null when it is none of Kublr's.
  read(cluster):: if isKublr(cluster) then {
    local given = value.at(cluster, list),
    local above = value.at(cluster, list[:n - 1]),
    local isThere = value.isThere(cluster, list),
    local indices = if std.isArray(given) then std.range(0, std.length(given) - 1) else [],
    locations: [locationOf(given[i]) for i in indices if std.isObject(given[i])],
    wrong:
      [f for i in std.range(0, std.length(shape.name) - 2) for f in misses(value.at(cluster, shape.name[:i]), shape.name[i], shape.name[:i])] +
      [f for i in std.range(0, n - 1) for f in misses(value.at(cluster, list[:i]), list[i], list[:i])] +
      (if std.isObject(above) || above == null then [] else notMapping(list[:n - 1])) +
      (if given == null || std.isArray(given) then [] else [finding.say('not-a-list', list)]) +
      [f for i in indices for f in wrongLocation(given[i], list + [i])],
    unclear:
      [
        finding.say('provider-unknown', list + [i])
        for i in indices
        if given[i] == null || std.isObject(given[i])
        for l in [locationOf(given[i])]
        if !l.isOurs && !l.isOther
      ] +
      if isThere && self.locations == [] && self.wrong == [] && (given == null || given == []) then [finding.say('provider-unknown/none', list)] else [],
    isPatch: !isThere && self.wrong == [],
  },

  name(cluster):: value.textAt(cluster, shape.name),
}
