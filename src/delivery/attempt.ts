import type { Clock } from '../platform/clock.ts';
import type { Job } from '../platform/jobs/index.ts';
import type { Sql, Tx } from '../platform/sql/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Channel, Outcome } from './channel.ts';
import type { DeliveryRecord } from './delivery.ts';
import { countQueued, type DeliveryRow, findDelivery, recordAttempt, toMessage, toRecord, updateDelivery } from './delivery-store.ts';
import { sendResolved } from './resolve-address.ts';
import { afterAttempt, type Next } from './retry.ts';

export interface AttemptDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly failed: (tx: Tx, record: DeliveryRecord) => Promise<void>;
  /** Told of every attempt, for health and metrics. */
  readonly attempted: (channel: Channel, row: DeliveryRow, outcome: Outcome, waiting: number) => void;
}

/**
 * Hands a queued message to its channel once, and keeps what came of it. A crash after the provider took it and before
 * that is committed leads to a second attempt, with the same key: at least once, and never unknowingly twice.
 */
export async function attempt(deps: AttemptDeps, channel: Channel, job: Job, signal: AbortSignal): Promise<void | { again: number }> {
  const { sql, clock } = deps;
  const row = await findDelivery(sql, job.key);
  if (row?.state !== 'queued') return;
  const began = clock.monotonic();
  const at = clock.now();
  const outcome = await sendResolved(channel, toMessage(row), signal);
  const now = clock.now();
  const attempts = row.attempts + 1;
  const decided = afterAttempt({ outcome, attempts, dueAt: row.due_at, now, urgent: row.priority <= 1 });
  const next = await sql.transaction(async (tx) => {
    const withdrawn = (await findDelivery(tx, row.id))?.withdrawn ?? true;
    const next: Next = withdrawn && decided.state === 'queued' ? { state: 'dropped' } : decided;
    const answer = outcome.kind === 'accepted' ? outcome.answer : outcome.error;
    if (outcome.kind !== 'unconfigured') {
      const took = Math.round(clock.monotonic() - began);
      await recordAttempt(tx, {
        delivery: row.id,
        attempt: attempts,
        at,
        took_ms: took,
        outcome: outcome.kind,
        answer: answer.slice(0, 500),
      });
    }
    await conclude(deps, tx, row, { next, outcome, attempts, now });
    return next;
  });
  deps.attempted(channel, row, outcome, await countQueued(sql, channel.name));
  return next.state === 'queued' ? { again: next.at } : undefined;
}

interface Concluded {
  readonly next: Next;
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly now: number;
}

async function conclude({ ledger, failed }: AttemptDeps, tx: Tx, row: DeliveryRow, concluded: Concluded): Promise<void> {
  const { next, outcome, attempts, now } = concluded;
  const said = outcome.kind === 'accepted' ? { answer: outcome.answer.slice(0, 500) } : { last_error: outcome.error.slice(0, 500) };
  const counted = outcome.kind === 'unconfigured' ? row.attempts : attempts;
  if (next.state === 'queued') return updateDelivery(tx, row.id, { attempts: counted, ...said });
  const change = { attempts: counted, ...said, state: next.state, content: null, sent_at: next.state === 'sent' ? now : null };
  await updateDelivery(tx, row.id, change);
  // Taken back: no news to anyone.
  if (next.state === 'dropped' && outcome.kind !== 'unconfigured') return failed(tx, toRecord({ ...row, ...change }));
  const whom = row.person ?? row.address;
  const title =
    next.state === 'sent'
      ? `${capital(row.channel)} to ${whom}: ${row.subject}`
      : `${capital(row.channel)} to ${whom} could not be delivered: ${said.last_error ?? ''}`;
  const { id: delivery, key, channel, person, reason } = row;
  await ledger.append(tx, [
    {
      kind: next.state === 'sent' ? 'notification.sent' : 'notification.failed',
      title,
      actor: 'nines',
      service: row.service,
      subject: row.about,
      data: { delivery, key, channel, person, reason, attempts: counted, ...(said.answer && { answer: said.answer }) },
    },
  ]);
  if (next.state !== 'sent') await failed(tx, toRecord({ ...row, ...change }));
}

/** How a channel is called at the start of a sentence, where its name with a capital is not right. */
const TITLES: Partial<Record<DeliveryRow['channel'], string>> = {
  email: 'E-mail',
  ntfy: 'ntfy',
  irc: 'IRC',
  sms: 'SMS',
  voice: 'Call',
  pagerduty: 'PagerDuty',
};
const capital = (channel: DeliveryRow['channel']): string => TITLES[channel] ?? `${channel.charAt(0).toUpperCase()}${channel.slice(1)}`;
