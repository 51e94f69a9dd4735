// What a Kublr cluster is, and how a cluster of a user's is read by it.
local value = import './value.libsonnet';

// As text: std.parseJson is faster than an import.
local shape = std.parseJson(importstr '../cluster.json');

{
  shape:: shape,

  // locations reads a cluster's locations; null when it is none of Kublr's.
  locations(cluster)::
    local steps = shape.places.location, n = std.length(steps) - 1;
    local list = value.at(cluster, steps[:n]);
    if value.textAt(cluster, ['kind']) != shape.kind || !std.isArray(list) then null
    else [
      {
        name: value.textAt(l, [steps[n].each]),
        isOurs: std.isObject(value.at(l, [shape.locations.provider])),
        region: value.textAt(l, shape.locations.region),
      }
      for l in list
    ],

  name(cluster):: value.textAt(cluster, shape.name),
}
