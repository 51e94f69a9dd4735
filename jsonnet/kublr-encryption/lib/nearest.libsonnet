// The nearest of some names, for "did you mean". Slow, and so asked for only when
// something is wrong.

// distance counts the letters to insert, drop or change: one row of Levenshtein's
// table after the other. Each cell is looked at when it is made: left for later,
// the cells of long words would wait for each other, deeper than the stack goes.
local distance(a, b) =
  local next(row, i) = std.foldl(
    function(new, j)
      local cell = std.min(std.min(new[j] + 1, row[j + 1] + 1), row[j] + (if a[i] == b[j] then 0 else 1));
      if cell >= 0 then new + [cell],
    std.range(0, std.length(b) - 1),
    [i + 1]
  );
  std.foldl(next, std.range(0, std.length(a) - 1), std.range(0, std.length(b)))[std.length(b)];

// nearest gives the one of names that s may have been meant to be, or null.
function(s, names)
  local limit = if std.length(s) < 5 then 1 else 2;
  local isNear(name) = std.abs(std.length(s) - std.length(name)) <= limit;
  local near = std.sort([[distance(std.asciiLower(s), std.asciiLower(name)), name] for name in names if isNear(name)]);
  if near != [] && near[0][0] <= limit then near[0][1] else null
