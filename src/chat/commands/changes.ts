import { nearest } from '../../catalog/index.ts';
import type { LedgerEvent } from '../../ledger/contract.ts';
import { answer, type ChatAnswer } from '../answer.ts';
import type { Command } from '../language/command.ts';
import { clockTime, findNamed, oneLine, since, type Speech, unknownName } from '../speech.ts';

const CHANGES = '/nines/v1/changes';

/** A service that no document tells of may be deployed all the same: it is recorded, and said. */
export async function deploy(speech: Speech, command: Extract<Command, { verb: 'deploy' }>): Promise<ChatAnswer> {
  const { kind, version, note } = command;
  const service = findNamed(speech.set, ['Service'], command.service)?.name;
  const by = speech.principal.person ?? speech.principal.name;
  const what = kind === 'deploy' ? 'Deploy' : 'Rollback';
  const title = note === '' ? {} : { title: oneLine(`${what} of ${service ?? command.service}${version === null ? '' : ` ${version}`}: ${note}`, 200) }; // prettier-ignore
  const event = await speech.post<LedgerEvent>(CHANGES, {
    kind,
    service: service ?? command.service.slice(0, 100),
    ...(version !== null && { version }),
    ...title,
    by,
  });
  const names = speech.set.list('Service').map(({ name }) => name);
  const near = service === undefined ? nearest(command.service, names) : undefined;
  const doubt = service !== undefined ? '' : `There is no document of the service ${command.service.slice(0, 60)}${near === undefined ? '.' : `: did you mean ${near}?`}`; // prettier-ignore
  return answer([`Recorded: ${oneLine(event.title, 150)}`, doubt]);
}

export async function deploys(speech: Speech, { name }: { name: string | null }): Promise<ChatAnswer> {
  const service = name === null ? undefined : findNamed(speech.set, ['Service'], name)?.name;
  if (name !== null && service === undefined) throw unknownName(speech.set, ['Service'], name);
  const { changes } = await speech.get<{ changes: LedgerEvent[] }>(CHANGES, { service, limit: 8 });
  const where = service === undefined ? '' : ` in ${service}`;
  if (changes.length === 0) return answer(`Nothing was said to have changed${where}.`);
  return answer(changes.map(({ time, title }) => `${clockTime(time, speech)} (${since(time, speech)}) ${oneLine(title, 100)}`));
}
