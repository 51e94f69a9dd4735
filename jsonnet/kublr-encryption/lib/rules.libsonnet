// An intent's rules: first one per kind of volume, then one per override and kind
// of volume it can touch.

// value gives what kmsKeyId must hold: a key as it is, or by region when the
// intent says so or an ARN does.
local value(refs) =
  local region(r) = if r.region != null then r.region else r.ref.region;
  if region(refs[0]) == null then refs[0].text else { byRegion: { [region(r)]: r.text for r in refs } };

local settings(kind, choice) =
  if choice.mode == 'ignore' then { set: {}, unset: [] }
  else if choice.mode == 'plain' then { set: { encrypted: kind.off }, unset: ['kmsKeyId'] }
  else if choice.refs == [] then { set: { encrypted: kind.on }, unset: ['kmsKeyId'] }
  else { set: { encrypted: kind.on, kmsKeyId: value(choice.refs) }, unset: [] };

local rule(kind, match, choice) =
  { volume: kind.volume, match: match, 'in': kind['in'], at: kind.at } + settings(kind, choice) +
  (if 'running' in kind then { running: kind.running } else {});

// touches tells whether an override can be about a kind of volume.
local touches(override, kind) =
  (override.volume == '' || override.volume == kind.volume) &&
  [d for d in std.objectFields(override.match) if std.count(kind.dims, d) == 0] == [];

{
  touches:: touches,
  of(read)::
    [rule(k, {}, read.base) for k in read.kinds] +
    [rule(k, o.match, o) + { override: o.index } for o in read.overrides for k in read.kinds if touches(o, k)],
}
