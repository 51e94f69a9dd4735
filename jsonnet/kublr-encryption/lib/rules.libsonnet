// An intent's rules, by the kind of volume they are about: first the intent's own,
// then one for each override that can touch the kind. docs/rules.md says what they
// mean.
local keyref = import './keyref.libsonnet';

// value gives what kmsKeyId must hold: a key as it is, or by region when the
// intent says so or an ARN does.
local value(refs) =
  if keyref.regionOf(refs[0]) == null then refs[0].text else { byRegion: { [keyref.regionOf(r)]: r.text for r in refs } };

// The modes of a choice: what each sets and unsets, and the finding about a place
// where the first field that is not so is this one.
local modes = {
  encrypt(kind, refs)::
    { gaps: { encrypted: 'not-encrypted', kmsKeyId: 'wrong-key' } } +
    if refs == [] then { set: { encrypted: kind.on }, unset: ['kmsKeyId'] }
    else { set: { encrypted: kind.on, kmsKeyId: value(refs) }, unset: [] },
  plain(kind, refs):: { set: { encrypted: kind.off }, unset: ['kmsKeyId'], gaps: { encrypted: 'not-plain', kmsKeyId: 'wrong-key' } },
  ignore(kind, refs):: { set: {}, unset: [], gaps: {} },
};

// touches tells whether an override can be about a kind of volume.
local touches(override, kind) =
  (override.volume == '' || override.volume == kind.volume) &&
  [d for d in std.objectFields(override.match) if std.count(kind.dims, d) == 0] == [];

{
  modes:: std.objectFieldsAll(modes),
  touches:: touches,

  kinds(read):: [
    { volume: kind.volume, piece: kind.piece, 'in': kind['in'], at: kind.at } +
    (if 'running' in kind then { running: kind.running } else {}) +
    (if 'anyCase' in kind then { anyCase: kind.anyCase } else {}) + {
      rules: [{ match: {} } + modes[read.base.mode](kind, read.base.refs)] +
             [{ match: o.match, override: o.index } + modes[o.mode](kind, o.refs) for o in read.overrides if touches(o, kind)],
    }
    for kind in read.kinds
  ],
}
