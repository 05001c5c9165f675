import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { askProvider, judgeAnswer, parseUrl, retryAfter } from './ask-provider.ts';
import type { Outcome } from './channel.ts';
import { httpPeer } from './test-peers.ts';

const clock = new VirtualClock('2026-11-24T03:00:00Z');
const status =
  (code: number, headers: Record<string, string> = {}): Parameters<typeof httpPeer>[0] =>
  (response) =>
    void response.writeHead(code, headers).end('no');

test.concurrent.each<[string, Parameters<typeof httpPeer>[0], Partial<Outcome>]>([
  ['takes it', undefined, { kind: 'accepted', answer: '200 OK: thanks' }],
  ['hangs in its answer, and has taken it', (response) => void response.write('th'), { kind: 'accepted' }],
  ['knows no such address', status(404), { kind: 'refused', error: '404 Not Found: no' }],
  ['is told too much', status(429, { 'retry-after': '7' }), { kind: 'failed', retryAfterMs: 7_000 }],
  ['waited too long', status(408), { kind: 'failed' }],
  ['has a defect', status(503), { kind: 'failed', channelDown: true }],
  ['is elsewhere now', status(307, { location: 'http://127.0.0.1:1/' }), { kind: 'refused', error: expect.stringContaining('set the final address') as string }],
])('a server that %s', async (_, answer, expected) => {
  await using peer = await httpPeer(answer);
  const asking = { clock, timeoutMs: 1_500, signal: new AbortController().signal };
  expect(judgeAnswer(await askProvider({ url: peer.url }, asking))).toMatchObject(expected);
}); // prettier-ignore

test('what is late says so, and what nines stopped is not held against the server', async () => {
  await using peer = await httpPeer(() => undefined);
  const stopped = AbortSignal.abort(new Error('nines ends'));
  expect(await askProvider({ url: peer.url }, { clock, timeoutMs: 200, signal: new AbortController().signal })).toEqual({
    kind: 'failed',
    error: 'no answer within 0.2 s',
    channelDown: true,
  });
  expect(await askProvider({ url: peer.url }, { clock, timeoutMs: 200, signal: stopped })).toMatchObject({ channelDown: false });
});

test.each([
  ['7', 7_000],
  ['Tue, 24 Nov 2026 03:00:30 GMT', 30_000],
  ['Tue, 24 Nov 2026 02:00:00 GMT', 0],
  ['soon', undefined],
  ['99999999999', undefined],
  [null, undefined],
])('retry-after %j', (header, expected) => {
  expect(retryAfter(header, clock.now())).toBe(expected);
});

test.each([
  ['https://example.org/x', true],
  ['http://127.0.0.1:1', true],
  ['https://user:password@example.org/', false],
  ['file:///etc/passwd', false],
  ['nowhere', false],
])('%s is an address: %s', (address, expected) => {
  expect(parseUrl(address) !== undefined).toBe(expected);
});
