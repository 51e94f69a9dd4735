// What a name in an intent was meant to be, for "did you mean". Asked for only when
// something is wrong.
local keyref = import './keyref.libsonnet';
local nearest = import './nearest.libsonnet';

// words gives the words of a name: kmsKeyId is kms, key and id.
local words(name) =
  local step(all, c) =
    if std.length(std.findSubstr(c, '-_. ')) > 0 then all + ['']
    else if std.asciiLower(c) != c then all + [std.asciiLower(c)]
    else all[:std.length(all) - 1] + [all[std.length(all) - 1] + c];
  [w for w in std.foldl(step, std.stringChars(name), ['']) if w != ''];

local letters(word) = std.sort(std.stringChars(std.asciiLower(word)));
local isIn(part, whole) = part != [] && [w for w in part if std.count(whole, w) == 0] == [];

// It gives the one of names that is nearest, has the same letters, shares its words, or
// is the key where a key is given; null when none does.
function(name, names, value=null)
  local near = nearest(name, names);
  local swapped = [n for n in names if letters(n) == letters(name)];
  local own = words(name);
  local parts = [n for n in names if isIn(words(n), own) || isIn(own, words(n))];
  local keys = [n for n in names if n == 'key' && std.isString(value) && keyref.problem(value) == null];
  if near != null then near else (swapped + parts + keys + [null])[0]
