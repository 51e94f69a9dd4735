// Fragments: what the rules make of a cluster with nothing in it, in pieces to
// paste or to import.
local apply = import './apply.libsonnet';
local shape = (import './cluster.libsonnet').shape;

local location = 'aws1';

// reached gives the least value in which steps lead somewhere.
local reached(steps, groups, end) =
  if steps == [] then end
  else
    local step = steps[0], below = reached(steps[1:], groups, end);
    if !std.isObject(step) then { [step]: below }
    else [below { [step.each]: name } for name in (if 'as' in step && step.as == 'group' then groups else [location])];

local skeleton(plan, groups, region) =
  local at = shape.locations;
  std.foldl(
    function(made, part) std.mergePatch(made, part),
    [reached(kind['in'], groups, {}) for kind in plan.kinds] +
    [reached(shape.places.location, groups, { [at.provider]: {} } + (if region == null then {} else reached(at.region, groups, region)))],
    { kind: shape.kind }
  );

// piece gives the two upper keys of a kind's places, when something is there.
local piece(kind, made) =
  local path = kind['in'] + kind.at;
  if std.objectHas(made[path[0]], path[1]) then { [path[0]]: { [path[1]]: made[path[0]][path[1]] } } else null;

function(plan, groups, regions) [
  std.foldl(
    function(pieces, kind) pieces { [kind.piece]: piece(kind, made) },
    plan.kinds,
    { region: region, master: null, nodes: null, storageClass: null }
  )
  for region in (if regions == [] then [null] else regions)
  for made in [apply(plan { clusters: ['*'], regions: [] }, skeleton(plan, groups, region)).value]
]
