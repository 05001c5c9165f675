import { expect, test } from 'vitest';
import type { ReportedAlert } from './external-alert.ts';
import { createReportQueue, type Reported } from './report-queue.ts';

const alert = (key: string, severity: 'critical' | 'today' = 'today', value = ''): ReportedAlert => ({
  source: 'test',
  key,
  status: 'firing',
  labels: { alertname: key, value },
  annotations: {},
  startsAt: 0,
  endsAt: null,
  severity,
});
const many = (prefix: string, count: number, severity?: 'critical'): ReportedAlert[] =>
  Array.from({ length: count }, (_, i) => alert(`${prefix}${i}`, severity));
const keys = (batch: readonly Reported[]): string[] => batch.map(({ report }) => report.key);

test('what calls people is written first, whoever sent it; what came meanwhile is one batch', async () => {
  const batches: (readonly Reported[])[] = [];
  const queue = createReportQueue(async (batch) => void batches.push(batch));
  const done: string[] = [];
  const put = (name: string, reports: ReportedAlert[]) => queue.put(reports, name).then(() => done.push(name));
  const all = [put('tickets', many('t', 600)), put('mixed', [...many('m', 10), alert('wake', 'critical')]), put('few', many('f', 5))];
  expect(queue.size).toBe(616);
  await Promise.all(all);
  expect(batches.map((batch) => batch.length)).toEqual([250, 250, 116]);
  expect(keys(batches[0]!)[0]).toBe('wake');
  expect(done).toEqual(['tickets', 'mixed', 'few']);
  expect(queue.size).toBe(0);
});

test('of one alert what was said first is written first, and urgently where any of it is', async () => {
  const written: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const queue = createReportQueue(async (batch) => {
    if (written.length === 0) await gate;
    written.push(batch.map(({ report }) => `${report.key}${report.labels['value']}`).join(' '));
  });
  const first = queue.put([alert('x', 'today', '1')], 'a');
  await Promise.resolve();
  await Promise.resolve();
  const rest = [
    queue.put([...many('t', 2), alert('x', 'today', '2')], 'a'),
    queue.put([alert('x', 'critical', '3'), alert('y', 'critical', '1')], 'b'),
    queue.put([alert('x', 'today', '4')], 'c'),
  ];
  open();
  await Promise.all([first, ...rest]);
  expect(written).toEqual(['x1', 'x2 y1 t0 t1', 'x3', 'x4']);
});

test('a report that can not be written fails alone', async () => {
  const written: string[] = [];
  const queue = createReportQueue(async (batch) => {
    if (keys(batch).includes('bad')) throw new Error('no');
    written.push(...keys(batch));
  });
  const answers = await Promise.allSettled([queue.put([alert('a')], 'a'), queue.put([alert('bad')], 'b'), queue.put([alert('c')], 'c')]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(written).toEqual(['a', 'c']);
  expect(queue.size).toBe(0);
  await queue.put([], 'nobody');
});
