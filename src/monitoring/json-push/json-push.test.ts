import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import type { Reply, Route } from '../../platform/http/index.ts';
import { Problem } from '../../platform/problem.ts';
import { NOW, stillClock, testIntake } from '../intakes/test-intake.ts';
import { DEFAULT_LABEL_LIMITS } from '../label-limits.ts';
import { readOne, readPush } from './read-push.ts';
import { jsonPushRoutes } from './routes.ts';

function setUp() {
  const { sink, book, refused } = testIntake('json');
  const routes = jsonPushRoutes({ sinkFor: () => sink, book, clock: stillClock, limits: DEFAULT_LABEL_LIMITS, retention: 86_400_000 });
  const [all, one] = routes as [Route, Route];
  const ask = async (route: Route, body: Buffer | string, rest: object) => {
    const request = { body: Buffer.from(body), headers: {}, search: new URLSearchParams(), principal: { name: 'ci' }, params: {}, ...rest };
    try {
      return ((await route.handler(request as never)) as Reply).status;
    } catch (error) {
      if (error instanceof Problem) return `${error.status} ${error.message}`;
      throw error;
    }
  };
  return {
    sink,
    refused,
    push: (body: Buffer | string, headers = {}) => ask(all, body, { headers }),
    pushOne: (name: string, body: string, search = '') => ask(one, body, { params: { name }, search: new URLSearchParams(search) }),
  };
}

test.each([
  ['42', '', ['q', 0, 42]],
  [' -1.5e3\n', '', ['q', 0, -1500]],
  ['{"value": 7, "labels": {"a": "b"}}', '', ['q{a="b"}', 0, 7]],
  ['true', 'env=prod&empty=', ['q{env="prod"}', 0, 1]],
  ['{"value": 7, "time": "2025-12-31T23:59:59Z"}', 'x=y', ['q{x="y"}', -1000, 7]],
  [`{"value": 7, "time": ${NOW / 1000 - 2.5}}`, '', ['q', -2500, 7]],
  [`{"value": 7, "time": ${NOW + 5}}`, '', ['q', 5, 7]],
])('to one name: %s %s', async (body, search, expected) => {
  const { sink, pushOne } = setUp();
  expect(await pushOne('q', body, search)).toBe(204);
  expect(sink.samples).toEqual([expected]);
});

test.each([
  ['', 'neither a number'],
  ['a=1', 'neither a number'],
  ['[1]', 'no value'],
  ['null', 'no value'],
  ['"5"', 'no value'],
  ['{"value": 1, "label": {}}', "has 'label'"],
  ['{"value": 1, "labels": []}', 'not an object'],
  ['{"value": 1, "labels": {"a": {}}}', "label 'a'"],
  ['{"value": 1, "labels": {"__proto__": "x"}}', 'not allowed'],
  ['{"value": 1, "time": "noon"}', 'neither ISO'],
  ['{"value": 1, "time": 5}', 'older than'],
  ['{"value": 1, "time": 4000000000}', 'a day ahead'],
])('%s is refused', async (body, message) => {
  const { sink, pushOne } = setUp();
  expect(await pushOne('q', body)).toMatch(new RegExp(`^400 .*${message}`));
  expect(sink.samples).toEqual([]);
});

test('many at once, by name and as a list, gzip too; what is wrong takes nothing with it', async () => {
  const { sink, push, refused } = setUp();
  expect(await push('{"a": 5, "b": {"value": 2, "labels": {"x": 1}}}')).toBe(204);
  expect(await push(gzipSync('[{"name": "c.d", "value": 3}]'), { 'content-encoding': 'gzip' })).toBe(204);
  const answer = await push('[{"name": "e", "value": 1}, 7, {"value": 2}, {"name": "f", "value": 1}, {"name": "g", "value": "x"}]');
  expect(answer).toBe(
    "400 3 of 5 samples were left out: [1] is not an object {name, value}; [2] has no name: give 'name', a text; [4] has no value: give a number, or true or false. The other 2 are stored.",
  );
  expect(sink.samples.map(([name]) => name)).toEqual(['a', 'b{x="1"}', 'c.d', 'e', 'f']);
  expect(refused()).toEqual(['bad-sample 3']);
  expect(await push(gzipSync(Buffer.alloc(9 * 2 ** 20, ' ')), { 'content-encoding': 'gzip' })).toMatch(/^413 .*8388608/);
  expect(await push('x', { 'content-encoding': 'br' })).toMatch(/^415 /);
  expect(await push('x', { 'content-encoding': 'gzip' })).toMatch(/^400 The body is not gzip/);
});

test('nothing is acknowledged that was not stored', async () => {
  const { sink, push } = setUp();
  sink.failure = new Problem(503, 'disk-full', 'The disk is full.');
  expect(await push('{"a": 1}')).toMatch(/^503/);
});

test('whatever the JSON, each item is stored or told', async () => {
  const context = { limits: DEFAULT_LABEL_LIMITS, now: NOW, retention: 86_400_000 };
  const item = fc.record(
    { name: fc.oneof(fc.string(), fc.jsonValue()), value: fc.jsonValue(), labels: fc.jsonValue(), time: fc.jsonValue() },
    { requiredKeys: [] },
  );
  await fuzz(
    fc.property(fc.array(fc.oneof(item, fc.jsonValue())), (items) => {
      const { samples, wrong } = readPush(items, context);
      expect(samples.length + wrong.length).toBe(items.length);
      for (const { value, time } of samples) expect(Number.isFinite(value) && Number.isFinite(time)).toBe(true);
      for (const one of items) readOne('x', one, {}, context);
    }),
    1000,
  );
});
