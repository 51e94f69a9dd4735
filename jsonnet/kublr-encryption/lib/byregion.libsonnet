// Values that depend on the region they are for, as { byRegion: … } marks them:
// docs/rules.md says how.
local partitions = import './partitions.libsonnet';

// unique gives each value of a list once, where it stands first.
local unique(list) =
  local sorted = std.sort([[std.type(list[i]) + std.toString(list[i]), i] for i in std.range(0, std.length(list) - 1)]);
  local firsts = std.sort([sorted[i][1] for i in std.range(0, std.length(sorted) - 1) if i == 0 || sorted[i][0] != sorted[i - 1][0]]);
  if std.length(list) < 2 then list else [list[i] for i in firsts];

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
