import type { Catalog } from '../catalog/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Job, Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import { Problem } from '../platform/problem.ts';
import type { Sql, Tx } from '../platform/sql/index.ts';
import { attempt, type AttemptDeps } from './attempt.ts';
import { type ChannelSettings, createChannels } from './create-channels.ts';
import { createChannelHealth } from './channel-health.ts';
import type { Channel, Outcome } from './channel.ts';
import type { DeliveryRecord, Message, PagingDelivery } from './delivery.ts';
import { type DeliveryRow, insertDelivery, listDeliveries, queuedAbout, toRecord, updateDelivery } from './delivery-store.ts';
import { deliveryRoutes } from './routes.ts';

export interface DeliverySettings extends ChannelSettings {
  /** Where the UI is, without a slash at the end. */
  readonly url: string;
}

export interface DeliveryDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly metrics: Registry;
  readonly settings: DeliverySettings;
  /** In tests: other ways to send. */
  readonly channels?: readonly Channel[];
}

export interface DeliveryModule extends PagingDelivery {
  readonly routes: readonly Route[];
}

/** Pages and the rest run side by side in lanes of their own; 30 s hold a channel's 20 s and the commit. */
const LANES = { page: { concurrency: 16, timeoutMs: 30_000 }, ordinary: { concurrency: 4, timeoutMs: 30_000 } } as const;
const jobKind = (channel: string, priority: number): string => `delivery.${channel}.${priority <= 1 ? 'page' : 'ordinary'}`;

const MAX_TEXT = 64 * 1024;
const MAX_SUBJECT = 500;

export function createDelivery(deps: DeliveryDeps): DeliveryModule {
  const { sql, clock, health, jobs, ledger, settings } = deps;
  const channels = deps.channels ?? createChannels(settings, { clock });
  /** Deliveries that are with their provider now: what is taken back then may go all the same. */
  const underWay = new Set<string>();
  const failureListeners: ((tx: Tx, failed: DeliveryRecord) => Promise<void>)[] = [];
  const count = createCounts(deps);

  for (const channel of channels) {
    const { after } = createChannelHealth(health, channel);
    const attempted: AttemptDeps['attempted'] = (_, row, outcome, waiting) => {
      after(channel.peer(row.address), outcome, waiting);
      count(channel.name, row, outcome);
    };
    const failed: AttemptDeps['failed'] = async (tx, record) => {
      for (const listener of failureListeners) await listener(tx, record);
    };
    const run = async (job: Job, signal: AbortSignal): Promise<void | { again: number }> => {
      underWay.add(job.key);
      try {
        return await attempt({ sql, clock, ledger, failed, attempted }, channel, job, signal);
      } finally {
        underWay.delete(job.key);
      }
    };
    jobs.handle(jobKind(channel.name, 0), { ...LANES.page, run });
    jobs.handle(jobKind(channel.name, 5), { ...LANES.ordinary, run });
  }

  const delivery: PagingDelivery = {
    async send(tx, messages) {
      for (const message of messages) {
        const row = await insertDelivery(tx, checked(message), clock.now());
        if (!row) continue;
        await jobs.enqueue(tx, { kind: jobKind(row.channel, row.priority), key: row.id, runAt: row.due_at, priority: row.priority });
      }
    },
    about: async (about) => (await listDeliveries(sql, { about, limit: 1_000, order: 'asc' })).map(toRecord),
    async withdraw(tx, about, reason) {
      const found = await queuedAbout(tx, about, reason);
      for (const { id } of found) if (underWay.has(id)) await updateDelivery(tx, id, { withdrawn: true });
      const queued = found.filter(({ id }) => !underWay.has(id));
      for (const row of queued) {
        await updateDelivery(tx, row.id, { state: 'dropped', content: null });
        await jobs.cancel(tx, jobKind(row.channel, row.priority), row.id);
      }
      return queued.map(toRecord);
    },
    onFailed: (listener) => void failureListeners.push(listener),
  };
  return { ...delivery, routes: deliveryRoutes(deps, delivery) };
}

/** Counts attempts and how long messages took, and logs what failed. */
function createCounts({ metrics, clock, log }: DeliveryDeps): (channel: string, row: DeliveryRow, outcome: Outcome) => void {
  const attempts = metrics.counter({
    name: 'nines_delivery_attempts_total',
    help: 'Attempts to send a message.',
    labels: ['channel', 'outcome'],
  });
  const seconds = metrics.histogram({
    name: 'nines_delivery_seconds',
    help: 'From when a message was due until its provider had it.',
    labels: ['channel'],
  });
  return (channel, row, outcome) => {
    attempts.inc({ channel, outcome: outcome.kind });
    if (outcome.kind === 'accepted') seconds.observe((clock.now() - row.due_at) / 1000, { channel });
    else log.warn({ delivery: row.id, key: row.key, channel, error: outcome.error }, 'a message was not delivered');
  };
}

/** The key goes out as a header and text is kept: both are bounded. A wrong key is a defect of the caller. */
function checked(message: Message): Message {
  if (!/^[\x21-\x7e]{1,300}$/.test(message.key)) throw new Problem(500, 'bad-key', `'${message.key}' can't be a message's key`);
  return { ...message, subject: message.subject.slice(0, MAX_SUBJECT), text: message.text.slice(0, MAX_TEXT) };
}
