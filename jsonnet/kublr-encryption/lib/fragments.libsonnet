// Fragments: what the rules make of a cluster with nothing in it, in pieces to
// paste or to import.
local apply = import './apply.libsonnet';

local skeleton(groups, region) =
  local locations = [{ locationRef: 'aws1', aws: {} }];
  {
    kind: 'Cluster',
    spec: {
      locations: [{ name: 'aws1', aws: if region == null then {} else { region: region } }],
      master: { locations: locations },
      nodes: [{ name: g, locations: locations } for g in groups],
    },
  };

function(plan, groups)
  local touched = std.set([(r['in'] + r.at)[1] for r in plan.rules]);
  [
    {
      region: region,
      master: piece('master'),
      nodes: piece('nodes'),
      storageClass: piece('features'),
    }
    for region in (if plan.known == [] then [null] else plan.known)
    for made in [apply(plan { clusters: ['*'], regions: [] }, skeleton(groups, region)).value]
    for piece in [function(name) if std.count(touched, name) == 0 then null else { spec: { [name]: made.spec[name] } }]
  ]
