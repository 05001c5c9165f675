/**
 * The same random questions to nines and to a real Prometheus over the same data. Prometheus 2 includes the left end of a
 * range and 3 doesn't: samples and steps are placed so that no sample is ever on an edge.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createQueryEngine, MemorySource } from '../../src/monitoring/promql/index.ts';
import { almostEqual } from '../../src/monitoring/promql/conformance/compare.ts';
import { handleQueryRange } from '../../src/monitoring/promql/http/query-api.ts';
import { startPrometheus, type Peer } from './differential/prometheus.ts';
import { QueryMaker, randomFrom } from './differential/random-query.ts';

const there = (command: string): boolean => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const installed = there('promtool') && there('prometheus');
const QUERIES = Number(process.env['PROMQL_DIFFERENTIAL_QUERIES'] ?? 400);
const SEED = Number(process.env['PROMQL_DIFFERENTIAL_SEED'] ?? 20260131);

/** 2025-01-01T00:00:00Z, in seconds: samples are 11 s after each multiple of 15 s, steps 4 s. */
const EPOCH = 1_735_689_600;
const SAMPLES = 80;
const START = EPOCH + 604;
const END = EPOCH + 1084;

interface Line {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly values: readonly (number | undefined)[];
}

function makeData(): Line[] {
  const random = randomFrom(SEED);
  const lines: Line[] = [];
  const add = (name: string, labels: Record<string, string>, next: (before: number, i: number) => number | undefined): void => {
    let value = 1e5;
    const values = Array.from({ length: SAMPLES }, (_, i) => {
      const made = next(value, i);
      if (made !== undefined) value = made;
      return made;
    });
    lines.push({ name, labels, values });
  };
  for (const job of ['api', 'db', 'web']) {
    for (const instance of ['a', 'b', 'aa']) {
      add('temperature', { job, instance, zone: instance === 'a' ? 'north' : 'south' }, () => 20 + random() * 10);
      add('gaps', { job, instance }, (_before, i) => ((i + instance.length) % 30 < 18 ? -5 + random() * 10 : undefined));
      add('spiky', { job, instance }, () =>
        random() < 0.05 ? [NaN, Infinity, -Infinity][Math.floor(random() * 3)] : Math.floor(random() * 4),
      );
      for (const code of ['200', '404', '500']) {
        add('requests_total', { job, instance, code }, (before, i) => (i > 0 && random() < 0.02 ? random() * 10 : before + random() * 100));
      }
      add('errors_total', { job, instance, code: '500' }, (before) => before + Math.floor(random() * 3));
    }
    for (const [i, le] of ['0.1', '0.5', '1', '5', '+Inf'].entries()) add('latency_bucket', { job, le }, (before) => before + i + random());
  }
  return lines;
}

const timeOf = (i: number): number => EPOCH + i * 15 + 11;
const data = makeData();

function openMetrics(): string {
  const shown = (value: number): string => (Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf');
  const out: string[] = [];
  for (const name of new Set(data.map((line) => line.name))) {
    const type = name.endsWith('_total') ? 'counter' : 'unknown';
    out.push(`# TYPE ${name.replace(/_total$/, '')} ${type}`);
    for (const { labels, values } of data.filter((line) => line.name === name)) {
      const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      for (const [i, value] of values.entries())
        if (value !== undefined) out.push(`${name}{${pairs.join(',')}} ${shown(value)} ${timeOf(i)}`);
    }
  }
  return `${out.join('\n')}\n# EOF\n`;
}

const source = new MemorySource();
for (const { name, labels, values } of data) {
  const at = [...values.keys()].filter((i) => values[i] !== undefined);
  source.add({ __name__: name, ...labels }, at.map((i) => timeOf(i) * 1000), at.map((i) => values[i]!)); // prettier-ignore
}
const engine = createQueryEngine({ source, clock: systemClock });

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly metric: Record<string, string>; readonly values: readonly [number, string][] }[] };
}

let peer: Peer | undefined;
beforeAll(async () => {
  if (installed) peer = await startPrometheus(openMetrics());
});
afterAll(async () => await peer?.stop());

/** Differences of nearly equal numbers leave nothing but rounding. */
const same = (a: number, b: number): boolean => almostEqual(a, b) || Math.abs(a - b) < 1e-9;

const number = (text: string): number => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

/** Undefined where both say the same. */
function difference(ours: Answer, theirs: Answer): string | undefined {
  if (ours.status !== 'success' || theirs.status !== 'success') {
    return ours.status === theirs.status ? undefined : `ours ${ours.error ?? 'answers'}, theirs ${theirs.error ?? 'answers'}`;
  }
  const keyed = (answer: Answer) =>
    new Map(
      answer.data!.result.map(({ metric, values }) => [
        JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))),
        values,
      ]),
    );
  const [mine, other] = [keyed(ours), keyed(theirs)];
  for (const key of new Set([...mine.keys(), ...other.keys()])) {
    const [a, b] = [mine.get(key) ?? [], other.get(key) ?? []];
    if (a.length !== b.length) return `${key}: ours ${JSON.stringify(a).slice(0, 300)}, theirs ${JSON.stringify(b).slice(0, 300)}`;
    for (const [i, [time, value]] of a.entries()) {
      if (time !== b[i]![0] || !same(number(value), number(b[i]![1]))) return `${key}: ours ${time} ${value}, theirs ${b[i]!.join(' ')}`;
    }
  }
  return undefined;
}

test.skipIf(!installed)(`a real Prometheus gives the same answers to ${QUERIES} random queries`, async () => {
  const maker = new QueryMaker(SEED);
  const differences: string[] = [];
  let answered = 0;
  for (let i = 0; i < QUERIES; i++) {
    const query = maker.vector(3);
    const params = new URLSearchParams({ query, start: String(START), end: String(END), step: '60' });
    const theirs = (await (await fetch(`${peer!.url}/api/v1/query_range?${params.toString()}`)).json()) as Answer;
    const ours = JSON.parse(String((await handleQueryRange(engine, params)).body)) as Answer;
    if (theirs.status === 'success' && theirs.data!.result.length > 0) answered++;
    const found = difference(ours, theirs);
    if (found !== undefined) differences.push(`${query}\n    ${found}`);
  }
  expect(differences.join('\n')).toBe('');
  // Most random questions have an answer; else this proves nothing.
  expect(answered).toBeGreaterThan(QUERIES * 0.6);
});
