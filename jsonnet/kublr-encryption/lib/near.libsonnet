// Words that were misspelt, in the keys of a cluster.
local nearest = import './nearest.libsonnet';
local value = import './value.libsonnet';

local letters(word) = std.sort(std.stringChars(std.asciiLower(word)));

// isNear tells whether a word is another that was misspelt: in other letters' case, or
// with two letters wrong, missing or added; in a short word with one, or in another
// order. The generator's near.go says the same.
local isNear(word, want) =
  word != want && std.abs(std.length(word) - std.length(want)) <= 2 &&
  (std.length(word) < 5 && letters(word) == letters(want) || nearest(word, [want]) != null);

{
  isAlike(word, want):: word == want || isNear(word, want),

  // misses gives the keys of o that are a name misspelt. Where the name is there, only
  // one in other letters' case counts, unless names are the same in any.
  misses(o, name, anyCase=false)::
    local keys = if std.isObject(o) then std.objectFields(o) else [];
    local same = value.named(o, name);
    local isThere = if anyCase then same != [] else std.count(keys, name) > 0;
    local cased = if anyCase then [] else [key for key in same if key != name];
    if isThere then cased else [key for key in keys if isNear(key, name) && (!anyCase || std.count(same, key) == 0)],
}
