// Checks a value against a JSON Schema, and gives all that is wrong with it.
//
// It knows the keywords below and no others: a schema with another one would be
// passed in silence, so a test refuses such schemas.
local finding = import './finding.libsonnet';
local formats = import './formats.libsonnet';

local words = { array: 'a list', boolean: 'true or false', 'function': 'a function', 'null': 'null', number: 'a number', object: 'a mapping', string: 'a string' };
local list(names) = std.join(', ', names);
local quoted(v) = if std.isString(v) then '"' + v + '"' else words[std.type(v)];

// isKey tells the field without which another key counts: it is never to be left out.
local isKey(field) = field != [] && field[std.length(field) - 1] == 'key';

local wrongType(types, value, field) = finding.err(
  'type',
  field,
  'must be ' + std.join(' or ', [words[t] for t in types]) + ', got ' + std.type(value),
  if std.isNumber(value) && std.count(types, 'string') > 0 then 'put it in quotes: as a number it loses leading zeros'
  else if value == null then (if isKey(field) then 'give it a value' else 'leave the field out, or give it a value')
  else ''
);

local notOneOf(accepted, value, field) =
  local near = if std.isString(value) then (import './nearest.libsonnet')(value, accepted);
  finding.err(
    'enum',
    field,
    quoted(value) + ' is not accepted here: expected ' + list(accepted),
    if near == null then '' else 'did you mean ' + near + '?'
  );

local unknown(name, value, known, field) =
  local near = (import './meant.libsonnet')(name, known, value);
  finding.err(
    'unknown-field',
    field + [name],
    'is not a field here: known are ' + list(known),
    if near == null then 'leave it out' else 'did you mean ' + near + '?'
  );

local formatted(schema, s, field) =
  local problem = if 'format' in schema then formats[schema.format].problem(s);
  if problem == null then [] else [finding.err('format', field, problem)];

local missing(properties, name, field) = finding.err(
  'required',
  field + [name],
  'is missing',
  if std.objectHas(properties, name) && 'description' in properties[name] then 'give it: ' + properties[name].description else 'give it'
);

local check(schema, value, field) =
  local type = std.type(value);
  local types = if !('type' in schema) then [type] else if std.isString(schema.type) then [schema.type] else schema.type;
  if 'const' in schema && value != schema.const then [notOneOf([schema.const], value, field)]
  else if 'enum' in schema && std.count(schema.enum, value) == 0 then [notOneOf(schema.enum, value, field)]
  else if std.count(types, type) == 0 then [wrongType(types, value, field)]
  else if type == 'object' then object(schema, value, field)
  else if type == 'array' then array(schema, value, field)
  else if type == 'string' then
    if 'minLength' in schema && std.length(value) < schema.minLength then [finding.err('required', field, 'is empty', 'leave the field out, or give it a value')]
    else if 'maxLength' in schema && std.length(value) > schema.maxLength then
      [finding.err('format', field, 'has ' + std.length(value) + ' characters: at most ' + schema.maxLength + ' are accepted')]
    else formatted(schema, value, field)
  else [],

      array(schema, value, field) =
  local strings = std.sort([v for v in value if std.isString(v)]);
  local twice = std.set([strings[i] for i in std.range(1, std.length(strings) - 1) if strings[i] == strings[i - 1]]);
  (
    if !('minItems' in schema) || std.length(value) >= schema.minItems then []
    else [finding.err('required', field, 'is an empty list', 'name at least one, or leave the field out for its default')]
  ) + (
    if !('uniqueItems' in schema) then []
    else [finding.err('duplicate', field, '"' + v + '" is there more than once', 'name it once') for v in twice]
  ) + (
    if !('items' in schema) then []
    else [f for i in std.range(0, std.length(value) - 1) for f in check(schema.items, value[i], field + [i])]
  ),

      object(schema, value, field) =
  local properties = if 'properties' in schema then schema.properties else {};
  local known = std.objectFields(properties);
  local names = std.objectFields(value);
  local count = std.length(names);
  local others = if 'additionalProperties' in schema then schema.additionalProperties else true;
  (
    if !('required' in schema) then []
    else [missing(properties, name, field) for name in schema.required if std.count(names, name) == 0]
  ) + (
    if !('minProperties' in schema) || count >= schema.minProperties then []
    else [finding.err('required', field, 'is an empty mapping', if known == [] then '' else 'give one of ' + list(known))]
  ) + (
    if !('maxProperties' in schema) || count <= schema.maxProperties then []
    else [finding.err('contradiction', field, 'gives ' + std.join(' and ', names), 'give exactly one of ' + list(known))]
  ) + [
    f
    for name in names
    for f in (
      (if 'propertyNames' in schema then formatted(schema.propertyNames, name, field + [name]) else []) +
      if std.count(known, name) > 0 then check(properties[name], value[name], field + [name])
      else if std.isObject(others) then check(others, value[name], field + [name])
      else if others then []
      else [unknown(name, value[name], known, field)]
    )
  ];

function(schema, value) check(schema, value, [])
