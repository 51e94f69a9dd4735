// The regions that a plan is for, and its key policy there.
local byregion = import './byregion.libsonnet';
local finding = import './finding.libsonnet';
local partitions = import './partitions.libsonnet';
local text = import './text.libsonnet';

local field = ['spec', 'regions'];

// wrong gives what is wrong with regions that the intent does not name itself. The
// first of them decides the partition when nothing in the intent does.
local wrong(regions, partition) =
  local found = [[r, partitions.of(r)] for r in regions];
  local wanted = ([partition] + [f[1] for f in found if f[1] != null])[if partition == null then 1 else 0:];
  [
    if f[1] == null then finding.say('format/region', field, { region: f[0] })
    else finding.say('partition-mixed', field, { region: f[0], partition: f[1], wanted: wanted[0] })
    for f in found
    if f[1] == null || f[1] != wanted[0]
  ];

// Those of the intent go before those at hand, and these before those that keys name.
function(plan, regions)
  local known = if plan.regions != [] then plan.regions else if regions != [] then byregion.unique(regions) else plan.keyRegions;
  local served = [r for r in known if [k for k in plan.policy.keys if text.matches(k.region, r)] != []];
  {
    known: known,
    findings:
      (if plan.regions == [] then wrong(regions, plan.partition) else []) +
      (if served == [] && plan.policy.keys != [] then [finding.say('region-unknown/policy', field)] else []),
    policy: if served == [] then null else byregion.fill(plan.policy.document, served),
  }
