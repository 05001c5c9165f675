import type { NewEvent } from '../ledger/index.ts';
import { badRequest } from '../platform/problem.ts';
import type { NewChange } from './contract.ts';

/** A pipeline's clock may be a little ahead of ours. */
const AHEAD_MS = 10 * 60_000;
/** History may be brought in, but a year off by a digit is a slip. */
const BEHIND_MS = 366 * 86_400_000;

const NOUNS: Record<NewChange['kind'], string> = {
  deploy: 'Deploy',
  rollback: 'Rollback',
  config: 'Configuration change',
  flag: 'Flag change',
  scale: 'Scaling',
  migration: 'Migration',
  other: 'Change',
};

/** The ledger's event of a change. Throws a 400 Problem where its time cannot be meant. */
export function changeEvent(change: NewChange, actor: string, now: number): NewEvent {
  const { kind, service, version, state, url, by, time } = change;
  const at = time === undefined ? now : Date.parse(time);
  if (at > now + AHEAD_MS || at < now - BEHIND_MS) {
    const which = at > now ? 'in the future' : 'more than a year ago';
    throw badRequest(`The change's time ${new Date(at).toISOString()} is ${which}; it is now ${new Date(now).toISOString()}.`, {
      field: 'time',
    });
  }
  return {
    kind: `change.${kind}`,
    title: change.title ?? titleOf(change),
    actor,
    time: at,
    service,
    data: {
      state,
      ...(version !== undefined && { version }),
      ...(url !== undefined && { url }),
      ...(by !== undefined && { by }),
    },
  };
}

/** `Deploy of checkout 1.4.2 started`. */
function titleOf({ kind, service, version, state }: NewChange): string {
  const what = `${NOUNS[kind]} of ${service}${version === undefined ? '' : ` ${version}`}`;
  return state === 'finished' ? what : `${what} ${state}`;
}
