/** Asks nines for everything that it had said yes to. Each complaint is one line; none is how it should be. */
import type { LedgerEvent } from '../../../src/ledger/contract.ts';
import type { Mail } from '../../harness/mail-server.ts';
import type { NinesProcess } from '../../harness/nines-process.ts';
import { callsOf, keyOf } from './calls.ts';
import type { Attempts, Record } from './campaign.ts';

/** How long after an acknowledgement a call may still arrive that was on its way. */
const ON_ITS_WAY_MS = 2_000;

const grouped = <T>(list: readonly T[], by: (one: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
};

export async function readFeed(nines: NinesProcess): Promise<LedgerEvent[]> {
  const feed: LedgerEvent[] = [];
  for (;;) {
    const { events } = await nines.ask<{ events: LedgerEvent[] }>('GET', `/nines/v1/events?limit=1000&marker=${feed.at(-1)?.marker ?? 0}`);
    if (events.length === 0) return feed;
    feed.push(...events);
  }
}

/** Every sample that was acknowledged, once, with its value; and nothing else. */
export async function verifySamples(nines: NinesProcess, { samples }: Record): Promise<string[]> {
  const query = new URLSearchParams({ query: 'campaign[1h]' }).toString();
  const { data } = await nines.ask<{ data: { result: { metric: { id: string }; values: [number, string][] }[] } }>(
    'GET',
    `/api/v1/query?${query}`,
  );
  const found = new Map(data.result.map(({ metric, values }) => [metric.id, values]));
  return [...samples].flatMap(([id, wanted]) => {
    const got = (found.get(id) ?? []).map(([seconds, value]) => `${Math.round(seconds * 1000)} ${Number(value)}`);
    const expected = wanted.map(([time, value]) => `${time} ${value}`);
    const missing = expected.filter((one) => !new Set(got).has(one));
    // The last batch may have been taken although its answer was lost; each batch is sent until it is, so there is none.
    return got.join() === expected.join()
      ? []
      : [`series ${id}: ${expected.length} samples acknowledged, ${got.length} found, ${missing.length} missing`];
  });
}

/** No gap, no duplicate, no other order; and an observer has missed nothing. */
export function verifyFeed(feed: readonly LedgerEvent[], { observed }: Record): string[] {
  const complaints = feed.flatMap(({ marker }, i) => (marker === i + 1 ? [] : [`the feed has marker ${marker} at place ${i + 1}`]));
  const differ = observed.findIndex((event, i) => JSON.stringify(event) !== JSON.stringify(feed[i]));
  if (differ >= 0)
    complaints.push(`an observer read ${JSON.stringify(observed[differ])}, and the feed now has ${JSON.stringify(feed[differ])}`);
  return complaints.slice(0, 5);
}

export function verifyAttempts(what: string, { asked, confirmed }: Attempts, found: readonly string[]): string[] {
  const times = grouped(found, (one) => one);
  return [...asked].flatMap((one) => {
    const n = times.get(one)?.length ?? 0;
    if (n > 1) return [`${what} ${one} is there ${n} times`];
    return n === 0 && confirmed.has(one) ? [`${what} ${one} was confirmed and is lost`] : [];
  });
}

export function verifyAcknowledgements(feed: readonly LedgerEvent[], { acknowledged }: Record): string[] {
  const events = grouped(
    feed.filter(({ kind }) => kind === 'page.acknowledged'),
    ({ subject }) => subject ?? '',
  );
  return [...grouped(acknowledged, ({ page }) => `page/${page}`)].flatMap(([page, wanted]) => {
    const got = (events.get(page) ?? []).map(({ actor }) => actor).join();
    const expected = wanted.map(({ person }) => `person:${person}`).join();
    return got === expected ? [] : [`${page}: acknowledged by ${expected}, the feed says '${got}'`];
  });
}

/** One page an outage, and one incident a shop. */
export function verifyPages(feed: readonly LedgerEvent[], { outages }: Record): string[] {
  const count = (kind: string, service: string): number => feed.filter((one) => one.kind === kind && one.service === service).length;
  return [...outages].flatMap(([name, times]) => {
    const complaints: string[] = [];
    for (const kind of ['page.triggered', 'page.resolved']) {
      const n = count(kind, name);
      if (n !== times) complaints.push(`${name}: ${times} outages, ${n} times ${kind}`);
    }
    return complaints;
  });
}

/** Each call once; twice only with the same Message-ID, and only where nines was killed in between. None after an acknowledgement. */
export function verifyMails(mails: readonly Mail[], { acknowledged, outages }: Record, kills: readonly number[]): string[] {
  const complaints: string[] = [];
  for (const [key, same] of grouped(mails, keyOf)) {
    if (key === '') complaints.push(`a mail has no key: ${same[0]?.subject ?? ''}`);
    if (new Set(same.map(({ messageId }) => messageId)).size > 1) complaints.push(`${key} came under several Message-IDs`);
    same.slice(1).forEach((again, i) => {
      const first = same[i];
      const killed = kills.some((at) => first !== undefined && first.at <= at + 50 && at <= again.at);
      if (!killed) complaints.push(`${key} came again without a kill in between`);
    });
  }
  const ids = grouped(mails, ({ messageId }) => messageId ?? '');
  for (const [id, same] of ids) if (new Set(same.map(keyOf)).size > 1) complaints.push(`the Message-ID ${id} stands for several messages`);
  const calls = callsOf(mails);
  const firsts = new Set(calls.filter(({ step }) => step === 0).map(({ key }) => key)).size;
  const wanted = [...outages.values()].reduce((sum, n) => sum + n, 0);
  if (firsts !== wanted) complaints.push(`${wanted} outages, and ${firsts} first calls`);
  for (const { page, round, at } of acknowledged) {
    const late = calls.filter((call) => call.page === page && call.round === round && call.at > at + ON_ITS_WAY_MS);
    const known = new Set(calls.filter((call) => call.at <= at + ON_ITS_WAY_MS).map(({ key }) => key));
    for (const { key } of late) if (!known.has(key)) complaints.push(`${key} came ${page} was acknowledged`);
  }
  return complaints;
}
