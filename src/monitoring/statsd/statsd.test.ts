import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { systemClock } from '../../platform/clock.ts';
import { testIntake } from '../intakes/test-intake.ts';
import { DEFAULT_LABEL_LIMITS } from '../label-limits.ts';
import { Aggregator } from './aggregator.ts';
import type { FlushBatch } from './flush-batch.ts';
import { runServer, type RunOptions } from './run-server.ts';
import { DEFAULT_STATSD_SETTINGS, type StatsdSettings } from './settings.ts';
import { createStatsdListener } from './statsd-listener.ts';
import { spreadOf, statisticOf } from './statistics.ts';
import { udpDrops } from '../intakes/udp-drops.ts';

const START = 1_767_225_600_000;

function setUp(settings: Partial<StatsdSettings> = {}) {
  const options = { ...DEFAULT_STATSD_SETTINGS, percentiles: [50, 90], ...settings, limits: DEFAULT_LABEL_LIMITS, retention: 86_400_000 };
  const aggregator = new Aggregator(options, START);
  const labels: string[] = [];
  let now = START;
  const read = (text: string | Buffer): void => {
    const bytes = new Uint8Array(Buffer.from(text as string));
    aggregator.read(bytes, new DataView(bytes.buffer), bytes.length, now);
  };
  /** Ten seconds later: series, seconds since the start, value. */
  const flush = (after = 10_000): [string, number, number][] => {
    now += after;
    return told(aggregator.flush(now));
  };
  const refused: string[] = [];
  const told = ({ defined, slots, times, values, refused: wrong }: FlushBatch): [string, number, number][] => {
    for (const [slot, { __name__: name, ...rest }] of defined)
      labels[slot] = `${name ?? ''}${Object.entries(rest).map(([label, value]) => `,${label}=${value}`).join('')}`; // prettier-ignore
    refused.push(...wrong.map(({ reason, count }) => `${reason} ${count}`));
    return Array.from(slots, (slot, i) => [labels[slot] ?? '?', ((times[i] as number) - START) / 1000, values[i] as number]);
  };
  return { aggregator, read, flush, refused };
}

test.each<[string, [string, number, number][]]>([
  ['logins:1|c', [['logins_total', 0, 0], ['logins_total', 10, 1]]],
  ['logins:1|c|@0.1\nlogins:2|c', [['logins_total', 0, 0], ['logins_total', 10, 12]]],
  ['a.b-c/d:1|c', [['a_b_c_d_total', 0, 0], ['a_b_c_d_total', 10, 1]]],
  ['hits_total:3|c', [['hits_total', 0, 0], ['hits_total', 10, 3]]],
  ['5xx:1|c', [['_5xx_total', 0, 0], ['_5xx_total', 10, 1]]],
  ['q:5|g\r\nq:+3|g\nq:-10|g\n\n', [['q', 10, -2]]],
  ['q:-5|g', [['q', 10, -5]]],
  ['q:7.5|g|#env:prod,canary,env:test', [['q,env=test,canary=true', 10, 7.5]]],
  ['q,env=prod:1|g', [['q,env=prod', 10, 1]]],
  ['q;env=prod;dc=x:1|g', [['q,env=prod,dc=x', 10, 1]]],
  ['q#env=prod:1|g|#dc:y', [['q,env=prod,dc=y', 10, 1]]],
  ['q:1|g|#__name__:x,quantile:1,a.b:2,9:z', [['q,tag_name__=x,tag_quantile=1,a_b=2,_9=z', 10, 1]]],
  ['u:ana|s\nu:ben|s\nu:ana|s\nu:a:b|s', [['u', 10, 3]]],
  ['q:1|g|T1767225605', [['q', 5, 1], ['q', 10, 1]]],
  ['a:1|c|c:abc123|e:it-false|card:low|#x:y', [['a_total,x=y', 0, 0], ['a_total,x=y', 10, 1]]],
  ['a:1:2:3|c', [['a_total', 0, 0], ['a_total', 10, 6]]],
  ['a:1|c:2|c|@0.5:7|g', [['a_total', 0, 0], ['a_total', 10, 5], ['a', 10, 7]]],
  ['_sc|redis.up|2|d:1767225600|h:web1|#env:prod|m:no answer', [['service_check_status,check=redis.up,host=web1,env=prod', 10, 2]]],
  ['größe:1|g|#ort:Köln', [['gr__e,ort=Köln', 10, 1]]],
])('%j', (text, expected) => {
  const { read, flush, refused } = setUp();
  read(text);
  expect(flush()).toEqual(expected);
  expect(refused).toEqual([]);
}); // prettier-ignore

test('timers have seconds; their counts and sums go on from interval to interval, their percentiles do not', () => {
  const { read, flush } = setUp();
  for (let i = 1; i <= 10; i++) read(`db.query_ms:${i * 100}|ms|@0.5`);
  expect(flush()).toEqual([
    ['db_query_seconds_count', 0, 0],
    ['db_query_seconds_count', 10, 20],
    ['db_query_seconds_sum', 0, 0],
    ['db_query_seconds_sum', 10, 11],
    ['db_query_seconds_min', 10, 0.1],
    ['db_query_seconds_max', 10, 1],
    ['db_query_seconds,quantile=0.5', 10, 0.5],
    ['db_query_seconds,quantile=0.9', 10, 0.9],
  ]);
  const idle = flush();
  expect(idle.slice(0, 2)).toEqual([['db_query_seconds_count', 20, 20], ['db_query_seconds_sum', 20, 11]]); // prettier-ignore
  expect(idle.slice(2).map(([, , value]) => value)).toEqual([NaN, NaN, NaN, NaN]);
  expect(flush().length).toBe(2);
  read('db.query_ms:200|ms');
  expect(flush().slice(0, 3)).toEqual([['db_query_seconds_count', 40, 21], ['db_query_seconds_sum', 40, 11.2], ['db_query_seconds_min', 40, 0.2]]); // prettier-ignore
});

test('histograms and distributions keep their unit', () => {
  const { read, flush } = setUp();
  read('size:1:2:3|h|#a:b\nsize:4|d|#a:b');
  expect(flush().filter(([, time]) => time > 0)).toEqual([
    ['size_count,a=b', 10, 4],
    ['size_sum,a=b', 10, 10],
    ['size_min,a=b', 10, 1],
    ['size_max,a=b', 10, 4],
    ['size,a=b,quantile=0.5', 10, 2],
    ['size,a=b,quantile=0.9', 10, 4],
  ]);
});

test("Graphite's names are those of the statsd daemon", () => {
  const { read, flush } = setUp({ names: ['graphite'], percentiles: [90, -10, 99.9] });
  read('a/b c:5|c\ng:1|g\ns:x|s\n');
  for (let i = 1; i <= 10; i++) read(`t:${i}|ms`);
  const got = Object.fromEntries(flush().map(([name, , value]) => [name, value]));
  expect(got).toEqual({
    'stats.counters.a-b_c.count': 5,
    'stats.counters.a-b_c.rate': 0.5,
    'stats.gauges.g': 1,
    'stats.sets.s.count': 1,
    'stats.timers.t.count': 10,
    'stats.timers.t.count_ps': 1,
    'stats.timers.t.lower': 1,
    'stats.timers.t.upper': 10,
    'stats.timers.t.sum': 55,
    'stats.timers.t.sum_squares': 385,
    'stats.timers.t.mean': 5.5,
    'stats.timers.t.median': 5.5,
    'stats.timers.t.std': Math.sqrt(8.25),
    'stats.timers.t.count_90': 9,
    'stats.timers.t.mean_90': 5,
    'stats.timers.t.upper_90': 9,
    'stats.timers.t.sum_90': 45,
    'stats.timers.t.sum_squares_90': 285,
    'stats.timers.t.count_top10': 1,
    'stats.timers.t.mean_top10': 10,
    'stats.timers.t.lower_top10': 10,
    'stats.timers.t.sum_top10': 10,
    'stats.timers.t.sum_squares_top10': 100,
    'stats.timers.t.count_99_9': 10,
    'stats.timers.t.mean_99_9': 5.5,
    'stats.timers.t.upper_99_9': 10,
    'stats.timers.t.sum_99_9': 55,
    'stats.timers.t.sum_squares_99_9': 385,
  });
  const legacy = setUp({ names: ['prometheus', 'graphite-legacy'] });
  legacy.read('a:5|c');
  expect(legacy.flush().slice(1)).toEqual([['a_total', 10, 5], ['stats_counts.a', 10, 5], ['stats.a', 10, 0.5]]); // prettier-ignore
});

test('what is idle goes on, and ends in time; a counter that comes again begins anew', () => {
  const { aggregator, read, flush } = setUp({ expire: 20_000, expireGauges: 40_000 });
  read('c:5|c\ng:7|g\ns:a|s\n_sc|x|1');
  flush();
  expect(flush()).toEqual([['c_total', 20, 5], ['g', 20, 7], ['s', 20, 0]]); // prettier-ignore
  expect(flush()).toEqual([['c_total', 30, NaN], ['g', 30, 7], ['s', 30, NaN]]); // prettier-ignore
  read('c:1|c');
  expect(flush()).toEqual([['g', 40, 7], ['c_total', 30, 0], ['c_total', 40, 1]]); // prettier-ignore
  expect(flush()).toEqual([['g', 50, NaN], ['c_total', 50, 1]]); // prettier-ignore
  expect(aggregator.size).toBe(1);
});

test.each([
  ['a', 'bad-line'],
  [':1|c', 'bad-line'],
  ['a:1', 'bad-type'],
  ['a:1|', 'bad-type'],
  ['a:1|x', 'bad-type'],
  ['a:1|m', 'bad-type'],
  ['a:1|cc', 'bad-type'],
  ['a:|c', 'bad-value'],
  ['a:x|c', 'bad-value'],
  ['a:nan|g', 'bad-value'],
  ['a:1|c|@0', 'bad-rate'],
  ['a:1|c|@2', 'bad-rate'],
  ['a:1|c|@x', 'bad-rate'],
  ['a:1|g|T5', 'out-of-bounds'],
  ['ok2:1|g\nok2:1|s', 'other-type'],
  ['_e{5,1}:abc|d', 'bad-event'],
  ['_e{0,1}:|d', 'bad-event'],
  ['_sc|a|7', 'bad-check'],
  ['_sc||1', 'bad-check'],
  [`a:1|g|#${Array.from({ length: 100 }, (_, i) => `t${i}:x`).join(',')}`, 'bad-name'],
])('%j is refused alone', (line, reason) => {
  const { read, flush, refused } = setUp();
  read(`ok:1|g\n${line}\nok:2|g`);
  expect(flush().filter(([name]) => !name.startsWith('ok2'))).toEqual([['ok', 10, 2]]);
  expect(refused).toEqual([`${reason} 1`]);
});

test('a counter that falls within an interval keeps its total and is told', () => {
  const { read, flush, refused } = setUp();
  read('a:5|c\na:-2|c');
  expect(flush()[1]).toEqual(['a_total', 10, 3]);
  read('a:-2|c');
  expect(flush()).toEqual([['a_total', 20, 3]]);
  expect(refused).toEqual(['negative-count 1']);
});

test('events have their title, text and the rest, and are bounded', () => {
  const { aggregator, read, refused, flush } = setUp();
  read('_e{6,9}:deploy|v1\\nshöp|d:1767225600|h:web1|p:low|t:warning|s:ci|#service:shop,x:y');
  for (let i = 0; i < 200; i++) read('_e{1,1}:a|b');
  const { events } = aggregator.flush(START + 10_000);
  expect(events[0]).toEqual({
    title: 'deploy',
    text: 'v1\nshöp',
    time: START,
    host: 'web1',
    priority: 'low',
    type: 'warning',
    source: 'ci',
    tags: ['service:shop', 'x:y'],
  });
  expect(events.length).toBe(100);
  flush();
  expect(refused).toEqual([]);
});

test('a timer beyond what it keeps has exact counts and a fair choice for the rest', () => {
  const { read, flush } = setUp();
  const line = (value: number): string => `t:${value}|h\n`;
  for (let i = 0; i < 30; i++) read(Array.from({ length: 10_000 }, (_, k) => line(i * 10_000 + k)).join(''));
  const got = Object.fromEntries(flush().map(([name, , value]) => [name, value]));
  expect([got['t_count'], got['t_min'], got['t_max']]).toEqual([300_000, 0, 299_999]);
  expect(Math.abs((got['t,quantile=0.5'] as number) - 150_000)).toBeLessThan(5000);
});

test('the share of a percentile is rounded as statsd rounds it, and one value is every percentile', () => {
  const spread = spreadOf(Float64Array.of(7));
  expect(statisticOf(spread, { of: 'bound', percentile: 1 })).toBe(7);
  expect(statisticOf(spreadOf(new Float64Array(20)), { of: 'shareCount', percentile: 2 })).toBeNaN();
});

test('drops are read from the rows of the port', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    ' 1: 00000000:1FBD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 17',
    ' 2: 00000000:1FBE 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 5',
  ].join('\n');
  expect([udpDrops(table, 8125), udpDrops(table, 8126), udpDrops(table, 1)]).toEqual([17, 5, undefined]);
});

test('whatever the bytes, lines around them count', async () => {
  const valid = Buffer.from('a.b:1:2|c|@0.5|#env:prod,x\nq:-1|g|T1767225605\nt:5|ms:6|h\n_sc|x|1|#a:b\n_e{1,1}:a|b|t:info\n');
  const mutated = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.constantFrom(...Buffer.from(':|@#cgms1,_e{}\n\u00ff'))), {
    maxLength: 10,
  });
  const bytes = fc.oneof(
    mutated.map((edits) => {
      const copy = Buffer.from(valid);
      for (const [at, byte] of edits) copy[at] = byte;
      return copy;
    }),
    fc.uint8Array({ maxLength: 300 }).map((random) => Buffer.from(random)),
  );
  const { read, flush } = setUp({ names: ['prometheus', 'graphite'], expire: 1 });
  await fuzz(
    fc.property(bytes, (input) => {
      read(Buffer.concat([input, Buffer.from('\nfuzzed.last:1|c\n')]));
      const samples = flush();
      expect(samples.some(([name, , value]) => name === 'fuzzed_last_total' && value >= 1)).toBe(true);
      for (const [name, time] of samples) expect(name !== '?' && Number.isFinite(time)).toBe(true);
    }),
    3000,
  );
});

test('over a real port: UDP packets of several metrics, TCP in lines, and what waits is stored at the end', async () => {
  const { sink, book } = testIntake('statsd');
  const events: unknown[] = [];
  const senders: string[] = [];
  const listener = createStatsdListener({
    port: 0,
    host: '127.0.0.1',
    settings: { flushInterval: 100 },
    sinkFor({ name }) {
      senders.push(name);
      return sink;
    },
    book,
    clock: systemClock,
    limits: DEFAULT_LABEL_LIMITS,
    retention: 86_400_000,
    onEvents: (some) => Promise.resolve(void events.push(...some)),
  });
  await listener?.start();
  const port = book.list()[0]?.port ?? 0;
  const value = (name: string) => sink.samples.findLast(([one]) => one === name)?.[2];
  const udp = createSocket('udp4');
  const send = (text: string) => new Promise<void>((resolve) => udp.send(text, port, '127.0.0.1', () => resolve()));
  await send('a:1|c\nb:2|g\nnonsense');
  await send('_e{1,1}:x|y');
  connect(port, '127.0.0.1').end(`c:3|c\n${'t:1|ms\n'.repeat(10_000)}d:4|c`);
  await vi.waitFor(() => {
    expect([value('a_total'), value('b'), value('c_total'), value('d_total'), value('t_seconds_count')]).toEqual([1, 2, 3, 4, 10_000]);
    expect(events.length).toBe(1);
  }, { timeout: 15_000 }); // prettier-ignore
  expect(book.list()[0]).toMatchObject({ open: true, lost: 0, refusals: [{ reason: 'bad-line', count: 1, example: 'nonsense' }] });
  await send('a:5|c');
  await vi.waitFor(() => expect(value('a_total')).toBe(6));
  // The loopback has many addresses.
  const other = createSocket('udp4');
  await new Promise<void>((resolve) => other.bind(0, '127.0.0.2', resolve));
  other.send('e:1|c', port, '127.0.0.1', () => other.close());
  await send('f:1|c');
  await vi.waitFor(() => expect([value('e_total'), value('f_total')]).toEqual([1, 1]));
  expect(senders).toEqual(['', '127.0.0.1', '127.0.0.2']);
  udp.close();
  await listener?.stop();
});

test('in a flood each packet counts once', async () => {
  const { sink, book } = testIntake('statsd');
  const listener = createStatsdListener({
    port: 0,
    host: '127.0.0.1',
    settings: { flushInterval: 100 },
    sinkFor: () => sink,
    book,
    clock: systemClock,
    limits: DEFAULT_LABEL_LIMITS,
    retention: 86_400_000,
  });
  await listener?.start();
  const port = book.list()[0]?.port ?? 0;
  const udp = createSocket('udp4');
  await new Promise<void>((resolve) => udp.connect(port, '127.0.0.1', resolve));
  // As many at a time as fit into the smallest buffer that systems give.
  for (let i = 0; i < 6000; i++) {
    udp.send(`flood.${i % 1200}:1|c`);
    if (i % 100 === 99) await new Promise((next) => setImmediate(next));
  }
  const total = (): number => {
    const last = new Map(sink.samples.map(([name, , value]) => [name, Number(value)]));
    return [...last.values()].reduce((sum, value) => sum + value, 0);
  };
  await vi.waitFor(() => expect(total()).toBe(6000), 5000);
  expect(book.list()[0]).toMatchObject({ lost: 0, refusals: [] });
  udp.close();
  await listener?.stop();
  expect(total()).toBe(6000);
});

test('on a thread of its own it does the same, and says which port it could not have', async () => {
  const hooks = new URL('../../../bench/typescript.mjs', import.meta.url).href;
  const register = `data:text/javascript,import{register}from"node:module";register(${JSON.stringify(hooks)})`;
  const batches: FlushBatch[] = [];
  const options = (port: number): RunOptions => ({
    settings: { ...DEFAULT_STATSD_SETTINGS, flushInterval: 100, limits: DEFAULT_LABEL_LIMITS, retention: 1e9, host: '127.0.0.1', port },
    onBatch: (batch) => void batches.push(batch),
    onCrash: (error) => expect.unreachable(error.message),
    thread: true,
    execArgv: ['--import', register],
  });
  const server = await runServer(options(0));
  await expect(runServer(options(server.port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const udp = createSocket('udp4');
  await new Promise((sent) => udp.send('a:3|c', server.port, '127.0.0.1', sent));
  udp.close();
  await vi.waitFor(() => expect(batches.flatMap(({ values }) => [...values]).at(-1)).toBe(3));
  await server.stop();
  const count = batches.length;
  expect(batches.at(-1)?.values.at(-1)).toBe(3);
  await new Promise((next) => setImmediate(next));
  expect(batches.length).toBe(count);
}, 20_000);
