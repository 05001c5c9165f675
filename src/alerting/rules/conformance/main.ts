import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDocuments, formatProblem } from '../../../catalog/index.ts';
import { ruleFileKind } from '../rule-file.ts';
import { legacyRuleFileSpec } from '../rule-file-spec.ts';

/** Only what the format itself says: whether someone is called is another question. */
const kinds = { utf8: { ...ruleFileKind, check: () => [] }, legacy: { ...ruleFileKind, spec: legacyRuleFileSpec, check: () => [] } };

/**
 * Reads every rule file (`.yaml`, `.yml`) of a folder: those with `.bad.` in their name must be refused, the others taken. Names that
 * begin with `legacy_validation` are read as Prometheus 2 did, which knew fewer label names; that is how Prometheus tests them.
 * Prints each failure, and 'N passed, M failed' last. Resolves with the process' exit code.
 */
export async function runFolder(folder: string, print: (line: string) => void = console.log): Promise<number> {
  const files = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
  let failed = 0;
  for (const file of files) {
    const kind = file.startsWith('legacy_validation') ? kinds.legacy : kinds.utf8;
    const registry = { kinds: [], foreignKinds: [kind] };
    const { problems } = checkDocuments([{ file, text: readFileSync(join(folder, file), 'utf8') }], registry, 0);
    const bad = file.includes('.bad.');
    if (bad === problems.length > 0) continue;
    failed++;
    print(`FAILED ${file}: ${bad ? 'it is taken, and should be refused' : `it is refused\n  ${problems.map(formatProblem).join('\n  ')}`}`);
  }
  print(`${files.length - failed} passed, ${failed} failed`);
  return failed === 0 && files.length > 0 ? 0 : 1;
}
