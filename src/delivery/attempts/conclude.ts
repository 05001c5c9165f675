import type { NewEvent } from '../../ledger/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import type { AttemptDeps, Leaving } from './attempt-deps.ts';
import { afterTry, changeBreaker } from '../breakers/index.ts';
import {
  BUNDLE_WITHIN_MS,
  lockDelivery,
  untoldOf,
  updateMembers,
  findDelivery,
  recordAttempts,
  toRecord,
  updateDelivery,
  type DeliveryRecord,
  type DeliveryRow,
} from '../deliveries/index.ts';
import type { Outcome } from '../channels/channel.ts';
import { afterAttempt, type Next } from './retry.ts';
import type { Try } from './try-ways.ts';

export interface Attempted {
  readonly tries: readonly Try[];
  /** Of the last of them. */
  readonly outcome: Outcome;
}

/** A page that has failed as often is sent by another contact as well; the breaker may not have opened yet. */
const DELAYED_AFTER = 2;

/**
 * Writes down what became of an attempt, in one transaction: the tries, the providers' breakers, the message with those
 * that it told of, and the news in the ledger. Returns when to try again.
 */
export function conclude(
  deps: AttemptDeps,
  row: DeliveryRow,
  leaving: Leaving,
  { tries, outcome }: Attempted,
): Promise<number | undefined> {
  const { sql, clock, ledger } = deps;
  return sql.transaction(async (tx) => {
    const now = clock.now();
    const counted = tries.filter((one) => one.outcome.kind !== 'unconfigured');
    const attempts = row.attempts + counted.length;
    const decided = afterAttempt({ outcome, attempts: Math.max(1, attempts), dueAt: row.due_at, now, urgent: row.priority <= 1 });
    const withdrawn = (await findDelivery(tx, row.id))?.withdrawn ?? true;
    const next: Next = withdrawn && decided.state === 'queued' ? { state: 'dropped' } : decided;
    const resting = outcome.kind === 'failed' && (outcome.retryAfterMs !== undefined || tries.at(-1)!.troubled);
    const late = next.state === 'queued' && (attempts >= DELAYED_AFTER || resting || outcome.kind === 'unconfigured');
    // First, for they hold pages, which whoever acknowledges holds before messages.
    await tellListeners(deps, tx, { row, leaving, next, outcome, late });
    const { events, openUntil } = await settleBreakers(deps, tx, row, tries);
    const answers = counted.map((one, i) => ({
      delivery: row.id,
      attempt: row.attempts + i + 1,
      at: one.at,
      took_ms: one.tookMs,
      outcome: one.outcome.kind,
      answer: saidBy(one.outcome),
      provider: one.provider.peer,
    }));
    await recordAttempts(tx, answers);
    const again = await write(tx, row, leaving, { next, outcome, attempts, now, provider: tries.at(-1)?.provider.peer ?? null });
    await ledger.append(tx, [...events, ...news(row, leaving, next, outcome, attempts)]);
    // Where all its providers rest, their breakers say when to look again, and not this message's own pause.
    return again === undefined ? undefined : (openUntil ?? again);
  });
}

interface Told {
  readonly row: DeliveryRow;
  readonly leaving: Leaving;
  readonly next: Next;
  readonly outcome: Outcome;
  readonly late: boolean;
}

/** A message that is given up, or a page that is late: on-call looks for another way, for each page that it tells of. */
async function tellListeners(deps: AttemptDeps, tx: Tx, { row, leaving, next, outcome, late }: Told): Promise<void> {
  const lost = next.state === 'failed' || (next.state === 'dropped' && outcome.kind === 'unconfigured');
  const about = leaving.members.length === 0 ? [row] : [...leaving.members].sort((a, b) => ((a.about ?? '') < (b.about ?? '') ? -1 : 1));
  if (lost) {
    const lastError = saidBy(outcome);
    const state = next.state as DeliveryRecord['state'];
    for (const one of about) await deps.failed(tx, { ...toRecord(one), state, lastError });
  } else if (late && next.state === 'queued') await tellDelayed(deps, tx, about);
}

/** Once for each page. */
async function tellDelayed(deps: AttemptDeps, tx: Tx, rows: readonly DeliveryRow[]): Promise<void> {
  for (const one of rows) {
    if (one.priority !== 0 || one.delayed_at !== null) continue;
    await deps.delayed(tx, toRecord(one));
    await updateDelivery(tx, one.id, { delayed_at: deps.clock.now() });
  }
}

/** All providers of its channel are down: the message waits, and a page goes by the person's next contact meanwhile. */
export function holdUp(deps: AttemptDeps, row: DeliveryRow, { members }: Leaving, until: number): Promise<number | undefined> {
  return deps.sql.transaction(async (tx) => {
    const current = await findDelivery(tx, row.id);
    if (current?.withdrawn ?? true) {
      await updateDelivery(tx, row.id, { state: 'dropped', content: null });
      return undefined;
    }
    await tellDelayed(deps, tx, members.length === 0 ? [row] : members);
    return until;
  });
}

/** A bundle that nothing is left to tell of, unless something joins it at this moment. */
export function nothingToTell({ sql, clock }: AttemptDeps, row: DeliveryRow): Promise<void | { again: number }> {
  return sql.transaction(async (tx) => {
    await lockDelivery(tx, row.id);
    if ((await untoldOf(tx, row.id)).length > 0) return { again: clock.now() };
    await updateDelivery(tx, row.id, { state: row.sent_at === null ? 'dropped' : 'sent', content: null });
    return undefined;
  });
}

/** What the tries say of their providers; events where one is given up or works again; until when the last one rests. */
async function settleBreakers(
  deps: AttemptDeps,
  tx: Tx,
  row: DeliveryRow,
  tries: readonly Try[],
): Promise<{ events: NewEvent[]; openUntil?: number }> {
  const events: NewEvent[] = [];
  let openUntil: number | undefined;
  let open = 0;
  for (const { provider, outcome, troubled } of tries) {
    const down = outcome.kind === 'failed' && outcome.channelDown;
    if (!down && !troubled) continue;
    const { before, after } = await changeBreaker(tx, provider, (known) => afterTry(known, outcome, deps.clock.now()));
    if (after.state === 'open') {
      open += 1;
      openUntil = Math.min(openUntil ?? Infinity, after.retryAt);
    }
    const data = { channel: provider.channel, provider: provider.peer, ...(after.error !== '' && { error: after.error }) };
    const said = (kind: string, title: string): void =>
      void events.push({ kind, title, actor: 'nines', service: null, subject: `channel/${provider.channel}`, data });
    if (before.state === 'closed' && after.state === 'open')
      said('delivery.down', `${provider.peer} takes no messages: ${after.error}. Pages go another way, the rest waits.`);
    if (before.state !== 'closed' && after.state === 'closed') {
      said('delivery.up', `${provider.peer} takes messages again`);
      await deps.hurry(tx, row);
    }
  }
  return { events, ...(openUntil !== undefined && open === tries.length && { openUntil }) };
}

interface Written {
  readonly next: Next;
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly now: number;
  readonly provider: string | null;
}

async function write(tx: Tx, row: DeliveryRow, { members }: Leaving, { next, outcome, attempts, now, provider }: Written): Promise<number | undefined> {
  const said = outcome.kind === 'accepted' ? { answer: saidBy(outcome), provider } : { last_error: saidBy(outcome) };
  if (next.state === 'queued') {
    await updateDelivery(tx, row.id, { attempts, ...said });
    return next.at;
  }
  const ref = outcome.kind === 'accepted' ? (outcome.ref ?? null) : null;
  // It may have told already that it was delivered: a callback is quicker than this transaction, now and then.
  const delivered = outcome.kind === 'accepted' && outcome.delivered ? { delivered_at: now } : {};
  const sent = { ...said, state: next.state, content: null, sent_at: next.state === 'sent' ? now : null, provider_ref: ref, ...delivered };
  if (row.gathers === null) {
    await updateDelivery(tx, row.id, { attempts, ...sent });
    return undefined;
  }
  // Whoever would join waits for this transaction; whoever has joined since it was read is told next.
  await lockDelivery(tx, row.id);
  await updateMembers(tx, members.map(({ id }) => id), sent); // prettier-ignore
  const gathers_until = next.state === 'sent' ? now + BUNDLE_WITHIN_MS : null;
  const left = (await untoldOf(tx, row.id)).length > 0;
  const state = left ? 'queued' : next.state;
  await updateDelivery(tx, row.id, { attempts, ...sent, content: null, state, sent_at: sent.sent_at ?? row.sent_at, gathers_until, ...(left && { due_at: gathers_until ?? now }) });
  return left ? (gathers_until ?? now) : undefined;
} // prettier-ignore

function news(row: DeliveryRow, { members, message }: Leaving, next: Next, outcome: Outcome, attempts: number): NewEvent[] {
  // Taken back: no news to anyone.
  if (next.state === 'queued' || (next.state === 'dropped' && outcome.kind !== 'unconfigured')) return [];
  const whom = row.person ?? row.address;
  const subject = row.gathers === null ? row.subject : message.subject;
  const said = saidBy(outcome);
  const title =
    next.state === 'sent' ? `${capital(row.channel)} to ${whom}: ${subject}` : `${capital(row.channel)} to ${whom} could not be delivered: ${said}`;
  const kind = next.state === 'sent' ? 'notification.sent' : 'notification.failed';
  const told = members.length === 0 ? [row] : members;
  return told.map(({ id: delivery, key, channel, person, reason, service, about }) => ({
    kind,
    title,
    actor: 'nines',
    service,
    subject: about,
    data: { delivery, key, channel, person, reason, attempts, ...(outcome.kind === 'accepted' && { answer: said }), ...(members.length > 0 && { bundle: row.id }) },
  }));
} // prettier-ignore

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

/** What a provider said. */
const saidBy = (outcome: Outcome): string => (outcome.kind === 'accepted' ? outcome.answer : outcome.error).slice(0, 500);
