// The keys of an intent whose policy is ours to write, each with the regions in
// which it is used: a name of one, or a pattern.
local byregion = import './byregion.libsonnet';
local keyref = import './keyref.libsonnet';
local text = import './text.libsonnet';

// where gives the regions in which an override that matches a pattern uses a key
// of a region; null when there are none.
local where(pattern, region) =
  if region == null then pattern
  else if text.matches(pattern, region) then region
  else null;

function(read) byregion.unique([
  { key: r.text, region: region }
  for c in [read.base { match: {} }] + read.overrides
  for r in c.refs
  if !keyref.isManaged(r.ref)
  for region in [where(if 'region' in c.match then c.match.region else '*', keyref.regionOf(r))]
  if region != null
])
