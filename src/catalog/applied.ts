import type { NewEvent } from '../ledger/index.ts';
import type { SourceFile } from './check-documents.ts';
import type { DocumentProblem, ResourceChange } from './contract.ts';
import { summarise } from './diff-sets.ts';

/** How much of the changes the ledger keeps. */
const LEDGER = { changes: 100, diff: 2_000 } as const;

export const sameFiles = (a: readonly SourceFile[], b: readonly SourceFile[]): boolean =>
  a.length === b.length && a.every(({ file, text }, i) => file === b[i]!.file && text === b[i]!.text);

/** An empty folder is a mount that failed or a checkout half way far more often than a wish. */
export const nothingLeft = (source: string): DocumentProblem => ({
  file: source.replace(/^folder /, ''),
  line: 1,
  column: 1,
  severity: 'error',
  message: 'there are no documents here, but some are in force',
  hint: 'documents are files that end in .yaml or .yml; to remove all but one, apply that one',
});

/** The ledger's word of what was applied. */
export function appliedEvent(
  version: number,
  changes: readonly ResourceChange[],
  { actor, source }: { actor: string; source: string },
): NewEvent {
  const services = [...new Set(changes.flatMap(({ kind, name }) => (kind === 'Service' ? [name] : [])))];
  const kept = changes.slice(0, LEDGER.changes).map((change) => ({ ...change, diff: change.diff?.slice(0, LEDGER.diff) ?? null }));
  return {
    kind: 'config.applied',
    title: `Configuration ${version}: ${summarise(changes)}`,
    actor,
    subject: `config/${version}`,
    service: services.length === 1 ? services[0] : null,
    data: { version, source, changes: kept, total: changes.length },
  };
}
