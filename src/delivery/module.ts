import type { Catalog } from '../catalog/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import { Problem } from '../platform/problem.ts';
import type { Sql, Tx } from '../platform/sql/index.ts';
import { isCall, createAnswerDesk, answerAddress, readAnswerAddress, type Answers, type AnswerAddress } from './answers/index.ts';
import { attempt, type AttemptDeps, type Try } from './attempts/index.ts';
import {
  sortMessages,
  countQueued,
  insertDeliveries,
  listDeliveries,
  pageByRef,
  queuedAbout,
  toRecord,
  updateDelivery,
  markAcknowledged,
  markOpened,
  startRetention,
  type DeliveryRecord,
  type PagingDelivery,
  type DeliveryRow,
} from './deliveries/index.ts';
import { type ChannelSettings, createChannels } from './channels/create-channels.ts';
import { createChannelHealth } from './breakers/index.ts';
import type { Channel } from './channels/channel.ts';
import type { Message } from './messages/index.ts';
import { NO_PROVIDERS } from './channels/provider-settings.ts';
import { pushRoutes } from './channels/push/push-routes.ts';
import { vapidKeys } from './channels/push/push-store.ts';
import { deliveryRoutes } from './routes.ts';
import { twilioRoutes } from './channels/twilio/callback-routes.ts';
import { type Picture, withPicture } from './channels/email/with-picture.ts';

export interface DeliverySettings extends ChannelSettings {
  /** Where the UI is, without a slash at the end. */
  readonly url: string;
  /** This many pages to one person by one channel within a minute leave on their own, the rest in one message; 0 bundles none. */
  readonly bundleOver?: number;
  /** Where answers to pages' mails go: `answers@nines.example.org`. */
  readonly answersTo?: string | undefined;
  /** How long deliveries and their attempts are kept, in milliseconds. */
  readonly keep?: number;
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
  /** Draws what a message is about, for mails; undefined where there is nothing to draw. */
  readonly picture?: (message: Message) => Promise<Picture | undefined>;
  /** In tests: other ways to send. */
  readonly channels?: readonly Channel[];
}

export interface DeliveryModule extends PagingDelivery {
  readonly routes: readonly Route[];
  /** Says who does what an answer to a message asks for (on-call), before `start`. */
  answeredBy(answers: Answers): void;
  /** The page that a message is about, by what its provider calls it; undefined where it is about none, or several. */
  pageAt(channel: Message['channel'], ref: string): Promise<string | undefined>;
  /** What an address that mail was sent to says of answers; undefined where it is none for them. */
  answerAt(address: string): Promise<AnswerAddress | undefined>;
  start(): Promise<void>;
}

/**
 * Pages and the rest share the places of a channel five to one. One server takes them all; where each address is a server
 * of its own, one that hangs takes only some of many places.
 */
const SHARE = { urgent: 5, ordinary: 1 } as const;
const PLACES = { onePeer: { concurrency: 16 }, manyPeers: { concurrency: 32, perLane: 4 } } as const;
/** A channel's 20 s, for each of its providers, and the commit. */
const timeoutMs = ({ ways = [] }: Channel): number => 10_000 + 20_000 * Math.max(1, ways.length);
const jobKind = (channel: string): string => `delivery.${channel}`;

const DEFAULT_BUNDLE_OVER = 5;
const MAX_TEXT = 64 * 1024;
const MAX_SUBJECT = 500;

export function createDelivery(deps: DeliveryDeps): DeliveryModule {
  const { sql, clock, health, jobs, ledger, settings } = deps;
  const channels = new Map(
    (deps.channels ?? createChannels(settings, { clock, sql, url: settings.url })).map((channel) => [channel.name, channel]),
  );
  const failureListeners: ((tx: Tx, failed: DeliveryRecord) => Promise<void>)[] = [];
  const delayListeners: ((tx: Tx, delayed: DeliveryRecord) => Promise<void>)[] = [];
  const count = createCounts(deps);
  const laneOf = ({ channel, address }: Pick<Message, 'channel' | 'address'>): string => channels.get(channel)?.peer(address) ?? '';
  const jobOf = (row: DeliveryRow, runAt: number) => ({
    kind: jobKind(row.channel),
    key: row.id,
    runAt,
    priority: row.priority,
    lane: laneOf(row).slice(0, 500),
  });

  const failed = async (tx: Tx, record: DeliveryRecord): Promise<void> => {
    for (const listener of failureListeners) await listener(tx, record);
  };

  for (const channel of channels.values()) {
    const { after } = createChannelHealth(health, channel);
    const attemptDeps: AttemptDeps = {
      sql,
      clock,
      ledger,
      url: settings.url,
      failed,
      delayed: async (tx, record) => {
        for (const listener of delayListeners) await listener(tx, record);
      },
      hurry: (tx, row) => jobs.hurry(tx, jobKind(channel.name), jobOf(row, 0).lane),
      dress: (message) => dressed(deps, message),
      attempted: async (row, tried) => {
        count(row, tried);
        await after(tried.provider.peer, tried.outcome, () => countQueued(sql, channel.name));
      },
    };
    jobs.handle(jobKind(channel.name), {
      ...(channel.manyPeers ? PLACES.manyPeers : PLACES.onePeer),
      share: SHARE,
      timeoutMs: timeoutMs(channel),
      run: (job, signal) => attempt(job.priority <= 1 ? { ...attemptDeps, sql: sql.urgent } : attemptDeps, channel, job, signal),
    });
  }

  const delivery: PagingDelivery = {
    async send(tx, messages) {
      const now = clock.now();
      const limit = settings.bundleOver ?? DEFAULT_BUNDLE_OVER;
      const { alone, bundled, tell } = await sortMessages(tx, messages.map(checked), { now, limit });
      const queued = await insertDeliveries(tx, alone, now);
      await insertDeliveries(tx, bundled, now);
      const tellings = tell.map(({ bundle, at }) => jobOf(bundle, at));
      await jobs.enqueueAll(tx, [...queued.map((row) => jobOf(row, row.due_at)), ...tellings]);
    },
    about: async (about) => (await listDeliveries(sql, { about, limit: 1_000, order: 'asc' })).map(toRecord),
    async withdraw(tx, about, reason) {
      const found = await queuedAbout(tx, about, reason);
      const underWay = new Set<string>();
      for (const channel of new Set(found.map((row) => row.channel))) {
        const keys = found.filter((row) => row.channel === channel).map(({ id }) => id);
        for (const key of await jobs.cancelIdle(tx, jobKind(channel), keys)) underWay.add(key);
      }
      for (const { id } of found) {
        // What is with its provider now may go all the same.
        await updateDelivery(tx, id, underWay.has(id) ? { withdrawn: true } : { state: 'dropped', content: null });
      }
      return found.filter(({ id }) => !underWay.has(id)).map(toRecord);
    },
    onFailed: (listener) => void failureListeners.push(listener),
    onDelayed: (listener) => void delayListeners.push(listener),
    acknowledged: (tx, about, person) => markAcknowledged(tx, about, person, clock.now()),
    opened: (url) => markOpened(sql, url, clock.now()),
  };
  let answers: Answers | undefined;
  const { url, providers = NO_PROVIDERS } = settings;
  const desk = createAnswerDesk({ ...deps, url, answers: () => answers, failed });
  const authTokens = [providers.twilio ?? []].flat().map(({ authToken }) => authToken);
  return {
    ...delivery,
    routes: [...deliveryRoutes(deps, delivery), ...twilioRoutes(desk, authTokens), ...pushRoutes({ sql, clock, push: providers.push })],
    answeredBy: (given) => void (answers = given),
    pageAt: (channel, ref) => pageByRef(sql, channel, ref),
    async answerAt(address) {
      const { answersTo } = settings;
      return answersTo === undefined ? undefined : readAnswerAddress(answersTo, (await vapidKeys(sql)).privateKey, address);
    },
    start: () => startRetention(deps),
  };
}

/** The graph must not hold up the page: what is late, or has a defect, is left out. */
const PICTURE_MS = 4_000;

async function dressed(deps: DeliveryDeps, given: Message): Promise<Message> {
  if (given.channel !== 'email' || !given.about?.startsWith('page/')) return given;
  const { picture, clock, log } = deps;
  const message = await withAnswers(deps, given);
  if (!picture || message.attachments) return message;
  let cancel = (): void => undefined;
  try {
    const late = new Promise<undefined>((resolve) => {
      const timer = clock.after(PICTURE_MS, () => resolve(undefined));
      cancel = () => timer.cancel();
    });
    return withPicture(message, await Promise.race([picture(message), late]));
  } catch (error) {
    log.warn({ err: error, key: message.key }, 'the graph of a mail could not be drawn; it leaves without');
    return message;
  } finally {
    cancel();
  }
}

/** Whoever is called answers by mail, too. */
async function withAnswers({ sql, settings: { answersTo } }: DeliveryDeps, message: Message): Promise<Message> {
  if (answersTo === undefined || !isCall(message)) return message;
  const replyTo = answerAddress(answersTo, (await vapidKeys(sql)).privateKey, message.about);
  return replyTo === undefined ? message : { ...message, replyTo };
}

/** Counts attempts and how long messages took, and logs what failed. */
function createCounts({ metrics, clock, log }: DeliveryDeps): (row: DeliveryRow, tried: Try) => void {
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
  return (row, { outcome, provider }) => {
    const { channel } = row;
    attempts.inc({ channel, outcome: outcome.kind });
    if (outcome.kind === 'accepted') seconds.observe((clock.now() - row.due_at) / 1000, { channel });
    else
      log.warn({ delivery: row.id, key: row.key, channel, provider: provider.peer, error: outcome.error }, 'a message was not delivered');
  };
}

/** The key goes out as a header and text is kept: both are bounded. A wrong key is a defect of the caller. */
function checked(message: Message): Message {
  if (!/^[\x21-\x7e]{1,300}$/.test(message.key)) throw new Problem(500, 'bad-key', `'${message.key}' can't be a message's key`);
  return { ...message, subject: message.subject.slice(0, MAX_SUBJECT), text: message.text.slice(0, MAX_TEXT) };
}
