// Folds looks: rows of looks.json that say what makes a cluster wrong, whatever
// its volumes are. docs/rules.md says what they mean; the generator does the same
// to bytes.
local finding = import './finding.libsonnet';
local shape = (import './cluster.libsonnet').shape;
local text = import './text.libsonnet';
local value = import './value.libsonnet';

local rows = std.parseJson(importstr '../looks.json');

// leads tells whether a name leads to one of some locations: none leads to the
// only one.
local leads(name, locations) =
  if name == '' then std.length(locations) == 1 else [l for l in locations if l.name == name] != [];

// isBefore tells whether a text has a version, and one before another. It stands between
// dashes of the last part of a path: kublr-1.8.0-linux.tar.gz, or 1.20.2-37.
local isBefore(s, limit) =
  local path = std.split(s, '/'), n = std.length(limit);
  local isNumber(s) = std.length(s) < 10 && text.isOf(s, text.isDigit);
  local versions = [
    std.map(std.parseInt, numbers[:n])
    for part in std.split(path[std.length(path) - 1], '-')
    for numbers in [std.split(part, '.')]
    if std.length(numbers) >= n && std.length(std.filter(isNumber, numbers[:n])) == n
  ];
  versions != [] && versions[0] < limit;

local holds(test, plan, locations, place, cluster) =
  local last = std.length(test.at) - 1;
  local o = if 'ofCluster' in test then cluster else place;
  local v =
    if 'keyInAnyCase' in test then
      local above = value.at(o, test.at[:last]);
      local name = value.named(above, test.at[last])[:1];
      if name == [] then null else above[name[0]]
    else value.at(o, test.at);
  local plain = if 'isString' in test && !std.isString(v) then '' else value.text(v);
  local it = if 'inAnyCase' in test then std.asciiLower(plain) else plain;
  local unlike(known) = it != '' && known != [] && std.count(if std.isArray(known) then known else [known], it) == 0;
  (!('isMapping' in test) || std.isObject(v)) &&
  (!('isThere' in test) || value.isThere(o, test.at)) &&
  (!('is' in test) || std.count(test.is, it) > 0) &&
  (!('not' in test) || std.count(test.not, it) == 0) &&
  (!('has' in test) || [part for part in test.has if std.findSubstr(part, it) != []] != []) &&
  (!('unlike' in test) || unlike(plan[test.unlike])) &&
  (!('leads' in test) || leads(it, locations) == test.leads) &&
  (!('before' in test) || isBefore(it, test.before));

// reached gives the mappings that steps lead to, with their paths.
local reached(o, steps, path) =
  if steps == [] then if std.isObject(o) then [{ o: o, path: path }] else []
  else if !std.isObject(steps[0]) then reached(value.at(o, steps[:1]), steps[1:], path + steps[:1])
  else if !std.isArray(o) then []
  else [found for i in std.range(0, std.length(o) - 1) for found in reached(o[i], steps[1:], path + [i])];

// all gives the mappings at and below o.
local all(o, path) =
  if std.isArray(o) then [found for i in std.range(0, std.length(o) - 1) for found in all(o[i], path + [i])]
  else if !std.isObject(o) then []
  else [{ o: o, path: path }] + [found for key in std.objectFields(o) for found in all(o[key], path + [key])];

// twice refuses several spellings of one name: which of them counts is chance.
local twice(test, found) =
  local last = std.length(test.at) - 1, path = test.at[:last];
  local names = value.named(value.at(found.o, path), test.at[last]);
  if std.length(names) < 2 then [] else [finding.say('duplicate-key/case', found.path + path, { first: names[0], second: names[1] })];

// about gives what a look finds in a mapping: where it asks for a name that stands there
// in several spellings, only that.
local about(look, plan, locations, found, cluster) =
  local at = if 'at' in look then look.at else [];
  local values = if 'values' in look then look.values else {};
  local given(ways) = ([it for keys in ways for it in [value.textAt(found.o, keys)] if it != ''] + [''])[0];
  local failed = [test for test in look['if'] if !holds(test, plan, locations, found.o, cluster)];
  if [test for test in failed if !('keyInAnyCase' in test)] != [] then []
  else
    local refused = [f for test in look['if'] if 'keyInAnyCase' in test for f in twice(test, found)];
    if refused + failed != [] then refused
    else [finding.say(look.say, found.path + at, {
      it: value.textAt(found.o, at),
      account: plan.account,
      regions: std.join(', ', plan.regions),
    } + { [name]: given(values[name]) for name in std.objectFields(values) })];

{
  rows:: rows,
  about:: about,

  // fold gives what some looks find in a cluster.
  fold(looks, plan, locations, cluster):: [
    f
    for look in looks
    for upper in (if 'below' in look then all(value.at(cluster, look.below), look.below) else [{ o: cluster, path: [] }])
    for steps in [(if 'from' in look then shape.places[look.from] else []) + (if 'in' in look then look['in'] else [])]
    for found in reached(upper.o, steps, upper.path)
    for f in about(look, plan, locations, found, cluster)
  ],
}
