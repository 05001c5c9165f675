/**
 * What people, senders and pipelines do to nines while it is killed again and again, and a record of everything that nines
 * said yes to. Each actor does one kind of thing until it is told to end; `verify.ts` then asks for all of it.
 */
import { request, sample, series } from '../../../src/monitoring/remote-write/encode-request.ts';
import type { LedgerEvent } from '../../../src/ledger/contract.ts';
import type { MailServer } from '../../harness/mail-server.ts';
import { TOKEN, waitFor, type NinesProcess } from '../../harness/nines-process.ts';
import { callsOf } from './calls.ts';
import type { Random } from './random.ts';
import type { Shops } from './shops.ts';

export interface World {
  readonly nines: NinesProcess;
  readonly mail: MailServer;
  readonly shops: Shops;
  readonly random: Random;
  /** Set when the actors are to finish what they are at. */
  ending: boolean;
}

/** Something that was asked for once: it must be there once where nines said yes, and at most once where the answer got lost. */
export interface Attempts {
  readonly asked: Set<string>;
  readonly confirmed: Set<string>;
}

export interface Acknowledged {
  readonly page: string;
  readonly round: number;
  readonly person: string;
  /** `performance.now()` of the 2xx. */
  readonly at: number;
}

export interface Record {
  /** Samples by series, as [time, value]. */
  readonly samples: Map<string, [number, number][]>;
  readonly changes: Attempts;
  readonly notes: Attempts;
  readonly acknowledged: Acknowledged[];
  /** Outages that were seen through, by shop. */
  readonly outages: Map<string, number>;
  /** What an observer of the feed has read, in its order. */
  readonly observed: LedgerEvent[];
}

export const newRecord = (): Record => ({
  samples: new Map(),
  changes: { asked: new Set(), confirmed: new Set() },
  notes: { asked: new Set(), confirmed: new Set() },
  acknowledged: [],
  outages: new Map(),
  observed: [],
});

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Long enough for several kills in a row, and no longer. */
const PATIENCE_SECONDS = 60;

/** Undefined where nines is away or goes away meanwhile. */
async function send(world: World, method: string, address: string, init: RequestInit = {}): Promise<Response | undefined> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(init.headers as object) };
  return fetch(`${world.nines.url}${address}`, { method, ...init, headers }).catch(() => undefined);
}

const post = (world: World, address: string, body: unknown): Promise<Response | undefined> =>
  send(world, 'POST', address, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

/** Reads until nines answers. */
async function read<T>(world: World, address: string): Promise<T> {
  return waitFor(
    `an answer to ${address}`,
    async () => {
      const answer = await send(world, 'GET', address);
      return answer?.ok ? ((await answer.json().catch(() => undefined)) as T | undefined) : undefined;
    },
    PATIENCE_SECONDS,
  );
}

/** As Prometheus does: the same batch again and again until it is taken, then the next. */
export async function writeSamples(world: World, record: Record, sender: string): Promise<void> {
  let time = 0;
  let value = 0;
  while (!world.ending) {
    const batch: [string, [number, number][]][] = ['a', 'b', 'c'].map((queue) => [`${sender}/${queue}`, []]);
    time = Math.max(time + 1, Date.now());
    for (const [, samples] of batch) for (let i = 0; i < 3; i += 1) samples.push([time++, value++]);
    const body = request(
      ...batch.map(([id, samples]) => series({ __name__: 'campaign', id }, ...samples.map(([at, of]) => sample(at, of)))),
    );
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    await waitFor(
      'a batch to be taken',
      async () => (await send(world, 'POST', '/api/v1/write', { body, headers }))?.status === 204,
      PATIENCE_SECONDS,
    );
    for (const [id, samples] of batch) record.samples.set(id, [...(record.samples.get(id) ?? []), ...samples]);
    await pause(world.random.between(0, 40));
  }
}

/** Asked once, whatever comes of it. */
async function attempt(world: World, attempts: Attempts, id: string, address: string, body: unknown): Promise<void> {
  attempts.asked.add(id);
  const answer = await post(world, address, body);
  if (answer?.ok) attempts.confirmed.add(id);
  // A refusal other than 'not now' is a defect of nines or of this test.
  else if (answer && answer.status < 500) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
}

export async function postChanges(world: World, record: Record): Promise<void> {
  for (let n = 0; !world.ending; n += 1) {
    const version = `v${n}`;
    await attempt(world, record.changes, version, '/nines/v1/changes', { service: world.random.pick(['shop-0', 'shop-1']), version });
    await pause(world.random.between(20, 120));
  }
}

/** Follows the feed as any observer does: from the last marker that it has. */
export async function observe(world: World, record: Record): Promise<void> {
  while (!world.ending) {
    const marker = record.observed.at(-1)?.marker ?? 0;
    const answer = await send(world, 'GET', `/nines/v1/events?limit=100&marker=${marker}`);
    const page = answer?.ok ? ((await answer.json().catch(() => undefined)) as { events: LedgerEvent[] } | undefined) : undefined;
    record.observed.push(...(page?.events ?? []));
    await pause(50);
  }
}

/** Breaks one shop after the other, sees each page through, and mends it: twice at most, since a third time may be held back. */
export async function breakShops(world: World, record: Record, names: readonly string[]): Promise<void> {
  for (const name of [...names, ...names]) {
    if (world.ending) return;
    await outage(world, record, name);
    record.outages.set(name, (record.outages.get(name) ?? 0) + 1);
  }
}

async function outage(world: World, record: Record, name: string): Promise<void> {
  const { mail, shops, random } = world;
  const round = record.outages.get(name) ?? 0;
  shops.break(name);
  const calls = () => callsOf(mail.mails).filter((call) => call.subject.includes(name) && call.round === round);
  const first = await waitFor(`the page of ${name}, outage ${round + 1}`, () => calls()[0], PATIENCE_SECONDS);
  await pause(random.between(0, 500));
  // Now and then nobody answers, and the next step is called.
  const call = random.chance(0.3)
    ? await waitFor(`the escalation of ${name}`, () => calls().find(({ step }) => step > 0), PATIENCE_SECONDS)
    : first;
  await waitFor(
    `the acknowledgement of ${name}`,
    async () => (await fetch(call.link, { method: 'POST' }).catch(() => undefined))?.ok,
    PATIENCE_SECONDS,
  );
  record.acknowledged.push({ page: call.page, round, person: call.person, at: performance.now() });
  const { incident } = await read<{ incident: string | null }>(world, `/nines/v1/pages/${call.page}`);
  for (let n = 0; n < 3; n += 1) {
    const text = `note ${n} of ${name}, outage ${round + 1}`;
    await attempt(world, record.notes, text, `/nines/v1/incidents/${incident ?? 'none'}/notes`, { text });
    await pause(random.between(0, 300));
  }
  shops.mend(name);
  await waitFor(
    `the page of ${name} to be resolved`,
    async () => (await read<{ state: string }>(world, `/nines/v1/pages/${call.page}`)).state === 'resolved',
    PATIENCE_SECONDS,
  );
}

/** Kills nines at a random moment of its life, now and then while it starts; leaves it running. Answers when it was killed. */
export async function killAndStart({ nines, random }: World): Promise<number[]> {
  const kills: number[] = [];
  const kill = async (): Promise<void> => {
    kills.push(performance.now());
    await nines.kill();
  };
  await pause(random.between(100, 3_000));
  await kill();
  while (random.chance(0.25)) {
    const starting = nines.start().catch(() => undefined);
    await pause(random.between(50, 1_500));
    await kill();
    await starting;
  }
  await nines.start();
  return kills;
}
