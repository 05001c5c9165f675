import { expect, test } from 'vitest';
import { type DoubleReply, startDouble } from '../../../delivery/channels/provider-double.ts';
import { systemClock } from '../../../platform/clock.ts';
import { silentLog } from '../../../platform/log.ts';
import { answer } from '../../answer.ts';
import type { WayDeps } from '../way.ts';
import { runMatrix } from './matrix-way.ts';

const ROOM = '!ops:example.org';
const event = (id: string, sender: string, body: string, msgtype = 'm.text') => ({
  type: 'm.room.message',
  event_id: id,
  sender,
  content: { msgtype, body },
});
const batch = (next: string, events: readonly unknown[]) => ({ next_batch: next, rooms: { join: { [ROOM]: { timeline: { events } } } } });

/** A strict double of a homeserver: https://spec.matrix.org/latest/client-server-api/ */
async function homeserver(batches: Record<string, unknown>) {
  const said: { path: string; content: Record<string, unknown> }[] = [];
  const asked: (string | null)[] = [];
  const no = (status: number, errcode: string): DoubleReply => ({ status, body: { errcode, error: errcode } });
  const double = await startDouble(
    () => ({ address: ROOM, stranger: '!x:example.org' }),
    (request) => {
      if (request.headers.authorization !== 'Bearer right') return no(401, 'M_UNKNOWN_TOKEN');
      if (request.method === 'GET' && request.path === '/_matrix/client/v3/account/whoami') return { status: 200, body: { user_id: '@bot:example.org' } };
      if (request.method === 'GET' && request.path === '/_matrix/client/v3/sync') {
        const since = request.query.get('since');
        if (since !== null && !(since in batches)) return { status: 200, body: batch(since, []) };
        JSON.parse(request.query.get('filter')!);
        asked.push(since);
        return { status: 200, body: batches[since ?? "first"] as never };
      }
      const send = /^\/_matrix\/client\/v3\/rooms\/!ops%3Aexample\.org\/send\/m\.room\.message\/([0-9a-f]{32})$/.exec(request.path);
      if (request.method !== 'PUT' || !send) return no(404, 'M_UNRECOGNIZED');
      said.push({ path: request.path, content: JSON.parse(request.body) as Record<string, unknown> });
      return { status: 200, body: { event_id: '$answer' } };
    },
  );
  return { double, said, asked };
} // prettier-ignore

test('what is meant for nines is heard once and answered in the room; what was said before it came is not', async () => {
  const events = [
    event('$1', '@ana:example.org', '!ack'),
    event('$2', '@ana:example.org', 'ack everything'),
    event('$3', '@ben:example.org', '> <@ana> !ack\n\nbot: oncall payments'),
    event('$4', '@bot:example.org', '!status'),
    event('$5', '@ana:example.org', '!status', 'm.notice'),
    event('$1', '@ana:example.org', '!ack'),
  ];
  const { double, said, asked } = await homeserver({ first: batch('s1', [event('$0', '@ana:example.org', '!resolve')]), s1: batch('s2', events) });
  await using _ = double;
  const heardBy: string[] = [];
  const seen = new Set<string>();
  const once = async (_way: string, key: string, work: () => Promise<void>) => !seen.has(key) && (seen.add(key), await work(), true);
  const desk: WayDeps['desk'] = {
    hear: (speaker, { text }) => {
      heardBy.push(`${speaker.id}: ${text}`);
      return Promise.resolve(answer('You have it', { buttons: [{ label: 'Resolve', command: 'resolve' }] }));
    },
    hearPrincipal: () => Promise.reject(new Error('not here')),
  };
  const deps: WayDeps = { clock: systemClock, log: silentLog, desk, heard: { once, surely: () => Promise.resolve() }, pageAt: (_, ref) => Promise.resolve(ref === '$page' ? 'p1' : undefined), later: () => undefined };
  const stop = new AbortController();
  let kept: string | undefined;
  const cursor = { load: () => Promise.resolve(kept), save: (given: string) => Promise.resolve(void (kept = given)) };
  const running = runMatrix({ homeserver: double.url, token: 'right' }, deps, cursor, stop.signal, () => kept === 's2' && stop.abort());
  await running;
  expect(asked).toEqual([null, 's1']);
  expect(heardBy).toEqual(['@ana:example.org: !ack', '@ben:example.org:  oncall payments']);
  expect(said[0]!.content).toEqual({ msgtype: 'm.notice', body: 'You have it\nThen: !resolve', 'm.relates_to': { 'm.in_reply_to': { event_id: '$1' } } });
  expect(said).toHaveLength(2);
}); // prettier-ignore

test('a token that is wrong is told of in health', async () => {
  const { double } = await homeserver({});
  await using _ = double;
  const stop = new AbortController();
  const problems: string[] = [];
  const deps = { clock: systemClock, log: silentLog } as WayDeps;
  const cursor = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() };
  await runMatrix({ homeserver: double.url, token: 'wrong' }, deps, cursor, stop.signal, (problem) => {
    problems.push(problem ?? '');
    stop.abort();
  });
  expect(problems[0]).toContain('No commands come from Matrix: 401');
});
