import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { systemClock } from '../../platform/clock.ts';
import { NOW, testIntake } from '../intakes/test-intake.ts';
import { LabelCache } from '../label-cache.ts';
import { DEFAULT_LABEL_LIMITS } from '../label-limits.ts';
import { createGraphiteListeners } from './graphite-listeners.ts';
import { PathSamples } from './path-samples.ts';
import { PickleFrames } from './pickle-frames.ts';
import { PickleError, readPickle } from './pickle.ts';
import { readPlaintext } from './plaintext.ts';

const T = NOW / 1000;
const LIMITS = { ...DEFAULT_LABEL_LIMITS, maxLabels: 5, maxNameLength: 40, maxValueLength: 20 };

function setUp() {
  const { sink, intake, refused } = testIntake('graphite');
  const samples = new PathSamples({ sink, cache: new LabelCache(1 << 20), intake, limits: LIMITS, now: () => NOW, retention: 86_400_000 });
  const stored = async () => {
    await sink.append(samples.take());
    return sink.samples.splice(0);
  };
  return { sink, samples, refused, stored };
}

test.each([
  ['a.b.c 1 N', [['a.b.c', 0, 1]], []],
  ['a.b.c 1.5 -1\n', [['a.b.c', 0, 1.5]], []],
  [
    `  a.b\t-2e3   ${T + 1}  \r\n\n\r\nb .5 ${T}.9`,
    [
      ['a.b', 1000, -2000],
      ['b', 0, 0.5],
    ],
    [],
  ],
  [`disk.used;dc=x;host=a 3 ${T}`, [['disk.used{dc="x",host="a"}', 0, 3]], []],
  [`disk.used;host=a;dc=x;host=b;name=n 3 ${T}`, [['disk.used{dc="x",host="b"}', 0, 3]], []],
  [`größe.π 3 ${T}`, [['größe.π', 0, 3]], []],
  [`a nan ${T}\nb None ${T}\nc 1 ${T}`, [['c', 0, 1]], ['nan 2']],
  [`a inf ${T}\nb 0x10 ${T}\nc 1_0 ${T}\nd - ${T}`, [], ['bad-value 4']],
  ['a 1\nb\nc 1 2 3', [], ['bad-line 3']],
  ['a 1 yesterday', [], ['bad-time 1']],
  [`a 1 ${T - 86_401}\na 1 ${T + 86_401}\na 1 ${T * 1000}\na 1 0`, [], ['out-of-bounds 4']],
  [`.a 1 ${T}\na..b 1 ${T}\na. 1 ${T}\n;a=b 1 ${T}`, [], ['bad-path 4']],
  [`a;b 1 ${T}\na;=b 1 ${T}\na;b= 1 ${T}\na;b=~c 1 ${T}\na;b!=c 1 ${T}\na;__name__=c 1 ${T}\na;__proto__=c 1 ${T}`, [], ['bad-path 7']],
  [`${'a'.repeat(41)} 1 ${T}\na;b=${'c'.repeat(21)} 1 ${T}\na;b=1;c=1;d=1;e=1;f=1 1 ${T}`, [], ['bad-path 3']],
  [Buffer.concat([Buffer.from('a'), Buffer.from([0xff]), Buffer.from(` 1 ${T}\nb\u0001 1 ${T}`)]), [], ['bad-path 2']],
])('plaintext %j', async (text, expected, wrong) => {
  const { samples, refused, stored } = setUp();
  readPlaintext(Buffer.from(text as string), samples);
  expect(await stored()).toEqual(expected);
  expect(refused()).toEqual(wrong);
});

test('a path that came before is not read again', () => {
  const { samples, sink } = setUp();
  for (let i = 0; i < 10; i++) readPlaintext(Buffer.from(`a.b;x=${i % 2} ${i} ${T + i}\n`), samples);
  expect(sink.resolved).toBe(2);
  expect(samples.size).toBe(10);
});

const python = (program: string): Buffer => execFileSync('python3', ['-c', `import pickle,sys\n${program}`]);
const frame = (pickle: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(pickle.length);
  return Buffer.concat([length, pickle]);
};

test.each([0, 1, 2, 3, 4, 5])("what Python's pickle writes with protocol %i", async (protocol) => {
  const { samples, refused, stored } = setUp();
  const list = `[('a.b', (${T}, 1.5)), ('a.b', (${T + 1}.5, -7)), ('c;x=y', ('${T}', '2')), ('big', (${T}, 2**40)), ('nan', (${T}, float('nan'))), ['l', [${T}, True]]]`;
  const frames = new PickleFrames();
  const bytes = frame(python(`sys.stdout.buffer.write(pickle.dumps(${list}, protocol=${protocol}))`));
  // A byte at a time: messages come in pieces.
  for (const byte of Buffer.concat([bytes, bytes])) frames.push(Buffer.from([byte]), samples);
  const once = [
    ['a.b', 0, 1.5],
    ['a.b', 1000, -7],
    ['c{x="y"}', 0, 2],
    ['big', 0, 2 ** 40],
    ['l', 0, 1],
  ];
  expect(await stored()).toEqual([...once, ...once]);
  expect(refused()).toEqual(['nan 2']);
});

test.each([
  ['a call', "class X:\n  def __reduce__(self): return (print, ('x',))\nx = [('a', (1, X()))]", 'opcode 0x63'],
  ['a dict', 'x = {}', 'opcode 0x7d'],
  ['a set', 'x = {1}', 'opcode 0x63'],
])('%s is refused by its opcode', (_, program, message) => {
  const bytes = python(`${program}\nsys.stdout.buffer.write(pickle.dumps(x, protocol=2))`);
  expect(() => readPickle(bytes)).toThrow(message);
});

test.each([
  ['5d71005d', 'ends too early'],
  ['58ffffffff61', 'ends too early'],
  ['8dffffffffffffffff61', 'ends too early'],
  ['8bffffffff61', 'a number of 4294967295 bytes'],
  ['28282e', 'nothing to take'],
  ['6805', 'nothing is remembered'],
  ['65', 'no mark'],
  ['2e', 'nothing to take from the stack'],
])('the damaged pickle %s is told', (hex, message) => {
  expect(() => readPickle(Buffer.from(hex, 'hex'))).toThrow(message);
});

test('a message that declares gigabytes ends the connection before anything is kept', () => {
  const { samples } = setUp();
  expect(() => new PickleFrames().push(Buffer.from('7fffffff', 'hex'), samples)).toThrow('2147483647 bytes');
});

test('whatever the bytes, lines and pickles are read or refused', async () => {
  const pickle = python(`sys.stdout.buffer.write(pickle.dumps([('a.b;c=d', (${T}, 1.5)), ('a', (1, 2**40))], protocol=4))`);
  const line = Buffer.from(`a.b;c=d 1.5 ${T}\nb 2 -1\n`);
  const mutated = (bytes: Buffer) =>
    fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 }).map((edits) => {
      const copy = Buffer.from(bytes);
      for (const [at, byte] of edits) copy[at] = byte;
      return copy;
    });
  const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  await fuzz(
    fc.property(fc.oneof(mutated(pickle), random), fc.oneof(mutated(line), random), (one, other) => {
      const { samples } = setUp();
      try {
        readPickle(one);
      } catch (error) {
        expect(error).toBeInstanceOf(PickleError);
      }
      if (one.length <= 2 ** 20) new PickleFrames().push(frame(one), samples);
      readPlaintext(other, samples);
      for (const [i, time] of samples.take().times.entries()) expect(Number.isFinite(time) && i >= 0).toBe(true);
    }),
    3000,
  );
});

test('nesting as deep as a message allows, and a list within itself, take no stack', () => {
  const { samples, refused } = setUp();
  const deep = Buffer.concat([
    Buffer.from(`(U\x01aK\x01`),
    Buffer.alloc(500_000, ']'),
    Buffer.alloc(499_999, 'a'),
    Buffer.from('\x86\x86l.', 'latin1'),
  ]);
  new PickleFrames().push(frame(deep), samples);
  new PickleFrames().push(frame(Buffer.from(']q\x00h\x00a.', 'latin1')), samples);
  expect(refused().length).toBeGreaterThan(0);
});

test('over real ports: plaintext by TCP and UDP, pickle by TCP, and what is wrong is in the book', async () => {
  const { sink, book } = testIntake('other');
  const senders: string[] = [];
  const listeners = createGraphiteListeners({
    listen: { graphite: 0, graphitePickle: 0 },
    sinkFor({ protocol, name }) {
      senders.push(`${protocol}/${name}`);
      return sink;
    },
    book,
    clock: systemClock,
    retention: Infinity,
    host: '127.0.0.1',
  });
  await Promise.all(listeners.map((one) => one.start()));
  try {
    const [plain = 0, pickled = 0] = ['graphite', 'graphite-pickle'].map((name) => book.list().find((one) => one.protocol === name)?.port);
    connect(plain, '127.0.0.1').end(`tcp.a 1 ${T}\nwrong\n${'x'.repeat(200_000)}\ntcp.b 2 ${T}`);
    const udp = createSocket('udp4');
    udp.send(`udp.a 3 ${T}\nudp.b 4 ${T}`, plain, '127.0.0.1', () => udp.close());
    connect(pickled, '127.0.0.1').end(frame(python(`sys.stdout.buffer.write(pickle.dumps([('p', (${T}, 5))], protocol=2))`)));
    await vi.waitFor(() => expect(sink.samples.length).toBe(5), { timeout: 30_000 });
    expect(sink.samples.map(([name]) => name).sort()).toEqual(['p', 'tcp.a', 'tcp.b', 'udp.a', 'udp.b']);
    expect(senders.sort()).toEqual(['graphite-pickle/', 'graphite-pickle/127.0.0.1', 'graphite/', 'graphite/127.0.0.1']);
    const state = book.list().find((one) => one.protocol === 'graphite');
    expect(state).toMatchObject({ open: true, taken: 4 });
    expect(state?.refusals.map(({ reason }) => reason).sort()).toEqual(['bad-line', 'too-long']);
  } finally {
    await Promise.all(listeners.map((one) => one.stop()));
  }
});
