// Reads requests on stdin, a JSON object a line, and prints what iam-simulate
// decides, a line each. The last line is how long a decision takes in
// nanoseconds, after a first round that warms the engine up.
//
// It calls the engine as runUnsafeSimulation does, which itself fails on every
// resource policy, since it gives it no name. runSimulation would leave out
// condition keys such as kms:EncryptionContext:NAME.
import { readFileSync } from 'node:fs';
import { loadPolicy } from '@cloud-copilot/iam-policy';

const engine = (file) => import(`./node_modules/@cloud-copilot/iam-simulate/dist/esm/${file}.js`);
const { authorize } = await engine('core_engine/CoreSimulatorEngine');
const { AwsRequestImpl } = await engine('request/request');
const { RequestContextImpl } = await engine('requestContext');
const { DiscoveryContextKeyConstraints } = await engine('context_keys/discoveryContextKeyConstraints');

const cases = readFileSync(0, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

const parse = (c) => ({
  identityPolicies: c.identity.map((policy, i) => loadPolicy(policy, { name: `identity ${i}` })),
  resourcePolicy: loadPolicy(c.policy, { name: 'key policy' }),
});

const decide = (c, policies) =>
  authorize({
    request: new AwsRequestImpl(
      c.principal,
      { resource: c.key, accountId: c.key.split(':')[4] },
      c.action,
      new RequestContextImpl(c.context),
    ),
    ...policies,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    simulationParameters: {
      simulationMode: 'Strict',
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
    },
    serviceSettings: {},
  }).result;

const parsed = cases.map(parse);
const decisions = cases.map((c, i) => decide(c, parsed[i]));
const start = process.hrtime.bigint();
cases.forEach((c, i) => decide(c, parsed[i]));
const took = process.hrtime.bigint() - start;
process.stdout.write(`${decisions.join('\n')}\n${took / BigInt(cases.length)}\n`);
