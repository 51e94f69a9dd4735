// Text: kinds of characters, and patterns of names.
// Each says it in one expression, and longer ones ask for the likelier first: a
// call costs more than ten comparisons, and these see every letter.
{
  isDigit(c):: c >= '0' && c <= '9',
  isHex(c):: c >= '0' && c <= '9' || c >= 'a' && c <= 'f',
  isLower(c):: c >= 'a' && c <= 'z',
  isDashed(c):: c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-',
  isAlias(c):: c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '/',
  // Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
  isIAM(c):: c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || std.length(std.findSubstr(c, '_+=,.@-')) > 0,

  // isOf tells whether s is not empty and made of such characters alone.
  isOf(s, is):: s != '' && std.length(std.filter(is, std.stringChars(s))) == std.length(s),

  startsWith(s, prefix):: std.length(s) >= std.length(prefix) && s[:std.length(prefix)] == prefix,

  // isOpen tells whether a pattern is the beginning of a name and a trailing *.
  isOpen(pattern):: pattern != '' && pattern[std.length(pattern) - 1] == '*',

  // matches tells whether a name fits a pattern: the name itself, or its
  // beginning and a trailing *.
  matches(pattern, name)::
    if self.isOpen(pattern) then self.startsWith(name, pattern[:std.length(pattern) - 1]) else pattern == name,

  // meet tells whether some name fits both patterns.
  meet(a, b)::
    if self.isOpen(a) && self.isOpen(b) then
      local x = a[:std.length(a) - 1], y = b[:std.length(b) - 1];
      self.startsWith(x, y) || self.startsWith(y, x)
    else if self.isOpen(a) then self.matches(a, b)
    else self.matches(b, a),
}
