// Reading values of a cluster spec, whatever they are.

// at gives what stands below o, null when nothing does.
local at(o, keys) =
  if keys == [] then o
  else if std.isObject(o) && std.objectHasAll(o, keys[0]) then at(o[keys[0]], keys[1:])
  else null;

// text gives a string, number or boolean as text; '' for anything else.
local text(v) = if std.isString(v) then v else if std.isNumber(v) || std.isBoolean(v) then std.toString(v) else '';

{
  at:: at,
  text:: text,
  textAt(o, keys):: text(at(o, keys)),

  // isThere tells whether a key stands there, even when it is null.
  isThere(o, keys)::
    local n = std.length(keys) - 1, above = at(o, keys[:n]);
    std.isObject(above) && std.objectHasAll(above, keys[n]),

  // named gives the keys of o that are a name in any case.
  named(o, name):: if std.isObject(o) then [key for key in std.objectFields(o) if std.asciiLower(key) == std.asciiLower(name)] else [],

  // spell gives a value as messages do.
  spell(v)::
    if v == 'true' || v == 'false' then "'" + v + "'"
    else if std.isArray(v) then 'a list'
    else if std.isObject(v) then 'a mapping'
    else text(v),
}
