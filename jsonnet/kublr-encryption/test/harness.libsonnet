// A test file is a value: cases with what came out and what was expected. In
// testonnet's shape, so that it would run there too.
//
// Source: https://github.com/jsonnet-libs/testonnet
{
  new(name):: { name: name, cases: [] },
  case:: {
    new(name, test):: { cases+: [{ name: name, test: test }] },
  },
  expect:: {
    eq(actual, expected):: { passed: actual == expected, actual: actual, expected: expected },
  },
}
