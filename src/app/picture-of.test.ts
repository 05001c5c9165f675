import { expect, test } from 'vitest';
import type { Message } from '../delivery/index.ts';
import { reply, type Route } from '../platform/http/index.ts';
import { measured, pictureOf } from './picture-of.ts';

test.each([
  ['job:errors:ratio > 0.01', 'job:errors:ratio'],
  ['up == 0', 'up'],
  ['a / b >= 1.5e-3', 'a / b'],
  ['absent(up)', 'absent(up)'],
  ['a > b', 'a > b'],
  ['x > 0 and y < 3', 'x > 0 and y'],
])('of %s, %s is drawn', (expr, expected) => expect(measured(expr)).toBe(expected));

const NOW = Date.parse('2026-11-24T03:05:00Z');
const message = { about: 'page/p1', reason: 'page' } as Message;

test('draws the first alert of the page from an hour before it began', async () => {
  const asked: unknown[] = [];
  const graph = {
    method: 'GET',
    path: '/nines/v1/graph.png',
    handler: ({ query }: { query: unknown }) => (asked.push(query), reply(200, Buffer.from('png'))),
  };
  const page = { beganAt: NOW - 300_000, alerts: [{ rule: 'Errors', expr: 'errors > 1' }] };
  const pages = { get: async (_: unknown, id: string) => (id === 'p1' ? page : undefined) };
  const draw = pictureOf({ sql: {} as never, pages: pages as never, routes: [graph as unknown as Route], now: () => NOW });
  expect(await draw(message)).toEqual({ png: Buffer.from('png'), alt: 'A graph of errors > 1, from an hour before it fired' });
  expect(asked).toMatchObject([{ expr: 'errors', from: '2026-11-24T02:00:00.000Z', to: '2026-11-24T03:05:00.000Z', title: 'Errors' }]);
  expect(await draw({ ...message, about: 'page/p2' })).toBeUndefined();
  expect(await draw({ ...message, reason: 'resolved' })).toBeUndefined();
});
