// Documentation as data, in the shape docsonnet reads: a field '#name' beside name.
//
// Source: https://github.com/jsonnet-libs/docsonnet doc-util/main.libsonnet
{
  pkg(name, url, filename, help, version):: {
    name: name,
    help: help,
    'import': url + '/' + filename,
    url: url,
    filename: filename,
    version: version,
  },
  arg(name, type, default=null):: { name: name, type: type, default: default, enums: null },
  fn(help, args=[]):: { 'function': { help: help, args: args } },
  obj(help):: { object: { help: help, fields: {} } },
  val(type, help, default=null):: { value: { help: help, type: type, default: default } },
}
