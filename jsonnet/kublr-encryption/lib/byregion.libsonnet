// Values that depend on the region they are for, as { byRegion: … } marks them:
// docs/rules.md says how.
local partitions = import './partitions.libsonnet';

local unique(list) = [list[i] for i in std.range(0, std.length(list) - 1) if std.count(list[:i], list[i]) == 0];

local one(mark, region) =
  if std.isObject(mark) then if std.objectHas(mark, region) then mark[region] else null
  else
    local partition = partitions.of(region);
    std.strReplace(std.strReplace(mark, '${region}', region), '${partition}', if partition == null then 'aws' else partition);

local fill(value, regions) =
  if std.isArray(value) then [fill(v, regions) for v in value]
  else if !std.isObject(value) then value
  else if std.objectFields(value) != ['byRegion'] then { [f]: fill(value[f], regions) for f in std.objectFields(value) }
  else
    local each = unique([one(value.byRegion, r) for r in regions]);
    if std.length(each) == 1 then each[0] else each;

{
  unique:: unique,

  // fill gives a value as it is in some regions: what is marked in it becomes what
  // it is there, or a list where that differs.
  fill:: fill,
}
