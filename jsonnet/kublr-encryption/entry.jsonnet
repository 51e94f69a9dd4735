// What the Go programs evaluate. The intent comes as JSON text and is parsed here, so
// that no input is ever read as code.
function(intent) (import './lib/plan.libsonnet')(std.parseJson(intent))
