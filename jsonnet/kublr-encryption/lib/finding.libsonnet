// A finding: what is wrong, in which field of the intent, and what to do.
local severity(name) = function(code, field, message, hint='') {
  severity: name,
  code: code,
  field: field,
  message: message,
  hint: hint,
};

// As text: std.parseJson is faster than an import. Nothing reads it before something is wrong.
local messages = std.parseJson(importstr '../messages.json');

// filled gives a text with what stands for its $names$. What is put in is not
// looked at again.
local filled(text, values) =
  local parts = std.split(text, '$');
  std.join('', [if i % 2 == 0 then parts[i] else values[parts[i]] for i in std.range(0, std.length(parts) - 1)]);

// spell gives a field as people write it: spec.overrides[0].match.
local spell(field) = if field == [] then 'the intent' else std.join('', [
  if std.isNumber(field[i]) then '[' + field[i] + ']' else (if i == 0 then '' else '.') + field[i]
  for i in std.range(0, std.length(field) - 1)
]);

{
  err:: severity('error'),
  warning:: severity('warning'),
  info:: severity('info'),
  spell:: spell,

  // say gives a finding in the words of messages.json, where those stand that the
  // generator says too. A name is a code, or one and which of its wordings.
  say(name, field, values={})::
    local words = messages[name];
    severity(words.severity)(std.split(name, '/')[0], field, filled(words.message, values), filled(words.hint, values)),

  // once gives findings without those that stand among them before.
  once(findings):: std.foldl(function(all, f) if std.count(all, f) > 0 then all else all + [f], findings, []),

  // capped gives findings with at most so many of a code, and for the rest their count,
  // where the first of them stands. What they would say is then never made up: "did you
  // mean" is slow.
  capped(findings, most)::
    local codes = std.set([f.code for f in findings]);
    local groups = { [code]: [i for i in std.range(0, std.length(findings) - 1) if findings[i].code == code] for code in codes };
    local many = { [code]: groups[code][most] for code in codes if std.length(groups[code]) > most + 1 };
    if many == {} then findings
    else [
      if !(code in many) || i < many[code] then findings[i]
      else severity(findings[i].severity)(code, findings[i].field, 'and ' + (std.length(groups[code]) - most) + ' more of this kind, of which this is the first', 'correct those before, and look again')
      for i in std.range(0, std.length(findings) - 1)
      for code in [findings[i].code]
      if !(code in many) || i <= many[code]
    ],

  errors(findings):: [f for f in findings if f.severity == 'error'],

  // orFail gives value, or fails with all errors among the findings, a line each.
  orFail(findings, value)::
    local errors = self.errors(findings);
    if errors == [] then value
    else error std.join('\n', [
      'kublr-encryption: ' + spell(f.field) + ': ' + f.message + (if f.hint == '' then '' else '; ' + f.hint) + ' [' + f.code + ']'
      for f in errors
    ]),
}
