// What the Go programs call. Values come as JSON text and are parsed here, so that no
// input is ever read as code.
function(call, args)
  local enc = import './main.libsonnet';
  local a = std.parseJson(args);
  {
    plan: function() enc.plan(a[0]),
    apply: function() enc.apply(a[0], a[1]),
  }[call]()
