import type { Severity } from '../../catalog/contract.ts';
import { contactOfRule, type ResourceSet } from '../../catalog/index.ts';
import type { Contact } from '../../delivery/index.ts';
import { parseDuration } from '../../platform/duration.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, NOTIFY, personOf } from '../desk.ts';
import { contactOf } from '../policies/escalation.ts';

export interface Way {
  readonly contact: Contact;
  /** Milliseconds after the call. */
  readonly after: number;
  /** What tells it from the other ways, at the end of the key. */
  readonly mark: string;
}

/**
 * How a person is called for a page of a class, the earliest first: by their own rules, or by their first contact. At
 * least one is at once, for anyone who has a contact at all.
 */
export function waysOf(set: ResourceSet, person: string, severity: Severity): Way[] {
  const spec = personOf(set, person);
  const rules = spec?.notify?.[severity === 'critical' ? 'critical' : 'other'] ?? [];
  const ways = rules.flatMap((rule, i) => {
    const contact = spec && contactOfRule(spec, rule);
    return contact ? [{ contact, after: parseDuration(rule.after), mark: i === 0 ? '' : `:r${i}` }] : [];
  });
  const first = contactOf(set, person);
  const atOnce = ways.some(({ after }) => after === 0);
  return (atOnce || !first ? ways : [{ contact: first, after: 0, mark: rules.length === 0 ? '' : ':r' }, ...ways]).sort(
    (a, b) => a.after - b.after,
  );
}

/** A way that is tried later: the payload of the job NOTIFY. */
export interface Later {
  readonly page: string;
  readonly person: string;
  readonly round: number;
  readonly step: number;
  readonly reason: 'page' | 'escalation' | 'ticket';
  readonly mark: string;
}

/** The ways that are tried later, if nobody acknowledges; those that would come after the next step are left out. */
export async function enqueueLater(
  desk: Desk,
  tx: Tx,
  call: Omit<Later, 'mark'>,
  { ways, from, until }: { readonly ways: readonly Way[]; readonly from: number; readonly until: number },
): Promise<void> {
  const { page, round, step, person } = call;
  for (const { after, mark } of ways) {
    const runAt = from + after;
    if (after === 0 || runAt >= until) continue;
    const payload: Later = { ...call, mark };
    await desk.jobs.enqueue(tx, { kind: NOTIFY, key: `${page}:${round}:${step}:${person}${mark}`, payload, runAt, priority: 0 });
  }
}
