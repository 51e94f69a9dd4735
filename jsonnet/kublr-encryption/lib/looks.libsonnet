// Folds looks: rows of looks.json that say what makes a cluster wrong, whatever
// its volumes are. docs/rules.md says what they mean; the generator does the same
// to bytes.
local finding = import './finding.libsonnet';
local shape = (import './cluster.libsonnet').shape;
local value = import './value.libsonnet';

local rows = std.parseJson(importstr '../looks.json');

// leads tells whether a name leads to one of some locations: none leads to the
// only one.
local leads(name, locations) =
  if name == '' then std.length(locations) == 1 else [l for l in locations if l.name == name] != [];

local holds(test, plan, locations, o) =
  local last = std.length(test.at) - 1;
  local v =
    if 'keyInAnyCase' in test then
      local above = value.at(o, test.at[:last]);
      local name = value.named(above, test.at[last])[:1];
      if name == [] then null else above[name[0]]
    else value.at(o, test.at);
  local plain = if 'isString' in test && !std.isString(v) then '' else value.text(v);
  local text = if 'inAnyCase' in test then std.asciiLower(plain) else plain;
  local unlike(known) = text != '' && known != [] && std.count(if std.isArray(known) then known else [known], text) == 0;
  (!('isMapping' in test) || std.isObject(v)) &&
  (!('isThere' in test) || value.isThere(o, test.at)) &&
  (!('is' in test) || std.count(test.is, text) > 0) &&
  (!('not' in test) || std.count(test.not, text) == 0) &&
  (!('has' in test) || [part for part in test.has if std.findSubstr(part, text) != []] != []) &&
  (!('unlike' in test) || unlike(plan[test.unlike])) &&
  (!('leads' in test) || leads(text, locations) == test.leads);

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
local about(look, plan, locations, found) =
  local at = if 'at' in look then look.at else [];
  local values = if 'values' in look then look.values else {};
  local given(ways) = ([text for keys in ways for text in [value.textAt(found.o, keys)] if text != ''] + [''])[0];
  local failed = [test for test in look['if'] if !holds(test, plan, locations, found.o)];
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
    for f in about(look, plan, locations, found)
  ],
}
