import { expect, test } from 'vitest';
import type { Reply, RouteRequest } from '../../platform/http/index.ts';
import { createQueryEngine, MemorySource } from '../promql/index.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { quantity, significant } from './number-format.ts';
import type { Chart } from './chart.ts';
import { renderChart } from './render-chart.ts';
import { chartRoutes, guessUnit, seriesName } from './routes.ts';
import { timeTicks } from './time-ticks.ts';
import { valueAxis } from './value-ticks.ts';

const FROM = Date.parse('2026-11-21T02:30:00Z');
const HOUR = 3_600_000;

test.each([
  [0, '', '0'],
  [1234, '', '1.2k'],
  [0.01234, 'ratio', '1.2 %'],
  [0.0000123, 's', '12 µs'],
  [95, 's', '1.6 min'],
  [3_221_225_472, 'By', '3 GiB'],
  [420.4, 'req/s', '420 req/s'],
  [-0.5, 's', '−500 ms'],
  [NaN, 's', 'no data'],
  [Infinity, '', '∞'],
])('%s %s reads %j', (value, unit, expected) => {
  expect(quantity(value, unit)).toBe(expected);
});

test.each([[1234, '1200'], [0.00123, '0.0012'], [9.99, '10'], [100, '100'], [-1.5, '−1.5'], [1e9, '1.0e+9']])('%s in two digits is %s', (value, expected) => {
  expect(significant(value)).toBe(expected);
}); // prettier-ignore

test.each([
  [5 * 60_000, ['02:30', '02:31', '02:32', '02:33', '02:34', '02:35']],
  [2 * HOUR, ['02:30', '03:00', '03:30', '04:00', '04:30']],
  [48 * HOUR, ['12:00', '22 Nov', '12:00', '23 Nov']],
  [40 * 24 * HOUR, ['23 Nov', '30 Nov', '7 Dec', '14 Dec', '21 Dec', '28 Dec']],
])('a span of %s ms is marked at %j', (span, labels) => {
  expect(timeTicks(FROM, FROM + span, 6).map(({ label }) => label)).toEqual(labels);
});

test.each([
  ['Europe/Berlin', '2026-11-23T07:30:00Z', ['12:00', '18:00', '24 Nov', '06:00']],
  ['Asia/Kolkata', '2026-11-23T07:30:00Z', ['18:00', '24 Nov', '06:00', '12:00']],
  // The clocks go forward, and back.
  ['Europe/Berlin', '2026-03-28T12:00:00Z', ['18:00', '29 Mar', '06:00', '12:00']],
  ['Europe/Berlin', '2026-10-24T12:00:00Z', ['18:00', '25 Oct', '06:00', '12:00']],
])('a day in %s from %s is marked at %j', (timeZone, from, labels) => {
  const at = Date.parse(from);
  const ticks = timeTicks(at, at + 24 * HOUR, 5, timeZone);
  expect(ticks.map(({ label }) => label)).toEqual(labels);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  for (const tick of ticks) expect(tick.label.includes(':') ? tick.label : '00:00').toBe(clock.format(tick.at));
});

test.each([
  [[0.001, 0.12], 'ratio', ['0 %', '5 %', '10 %', '15 %']],
  [[3e9, 3.1e9], 'By', ['2.78 GiB', '2.80 GiB', '2.82 GiB', '2.84 GiB', '2.86 GiB', '2.88 GiB', '2.90 GiB']],
  [[], '', ['0.0', '0.5', '1.0']],
  [[5, 5], '', ['0', '2', '4', '6']],
  [[-3, 4], '', ['−4', '−2', '0', '2', '4']],
  [[NaN, Infinity, 1], '', ['0.0', '0.5', '1.0']],
])('an axis for %j %s', (values, unit, labels) => {
  expect(valueAxis(values, unit, labels.length === 7 ? 6 : 4).ticks.map(({ label }) => label)).toEqual(labels);
});

const chart: Chart = {
  title: 'a < b & "c"',
  series: [
    { name: '<script>x</script>', points: [[FROM, 1], [FROM + 60_000, 2], [FROM + 600_000, 3], [FROM + 660_000, 2], [FROM + 720_000, NaN], [FROM + 780_000, 1]] },
  ],
  from: FROM,
  to: FROM + HOUR,
  unit: 's',
  width: 600,
  height: 300,
  theme: 'light',
  annotations: [{ time: FROM + 300_000, label: 'outage begins' }, { time: FROM + 2 * HOUR, label: 'far away' }],
}; // prettier-ignore

test('a chart breaks its line where there is no data, and lets nothing of its texts out', () => {
  const svg = renderChart(chart);
  const path = /<path d="([^"]*)" fill="none"/.exec(svg)![1]!;
  expect(path.match(/M/g)).toHaveLength(3);
  expect(path.match(/L/g)).toHaveLength(2);
  expect(svg.match(/<circle/g)).toHaveLength(1);
  expect(svg).toContain('outage begins');
  expect(svg).not.toContain('>far away<');
  expect(svg).not.toMatch(/<script|NaN|undefined|Infinity/);
  expect(svg).toContain('a &#60; b &#38; &#34;c&#34;');
  expect(renderChart({ ...chart, series: [] })).toContain('no data');
});

test('every colour stands out from its background by 3 to 1', () => {
  const channel = (part: string): number => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (colour: string): number =>
    0.2126 * channel(colour.slice(1, 3)) + 0.7152 * channel(colour.slice(3, 5)) + 0.0722 * channel(colour.slice(5, 7));
  for (const theme of ['light', 'dark'] as const) {
    const svg = renderChart({ ...chart, theme, threshold: 2, series: Array.from({ length: 9 }, () => chart.series[0]!) });
    const background = luminance(/<rect[^>]*fill="(#\w+)"/.exec(svg)![1]!);
    for (const [, colour = ''] of svg.matchAll(/stroke="(#\w{6})" stroke-width="(?:1.75|3)"/g)) {
      const [high, low] = [luminance(colour), background].sort((a, b) => b - a) as [number, number];
      expect((high + 0.05) / (low + 0.05), `${colour} on ${theme}`).toBeGreaterThanOrEqual(3);
    }
  }
});

test.each([
  ['rate(http_requests_total[5m])', '/s'],
  ['sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))', 'ratio'],
  ['histogram_quantile(0.99, rate(latency_seconds_bucket[5m]))', 's'],
  ['node_memory_MemAvailable_bytes', 'By'],
  ['rate(node_network_receive_bytes_total[5m])', 'By/s'],
  ['up', ''],
])('the unit of %s is %j', (expr, unit) => {
  expect(guessUnit(expr)).toBe(unit);
});

test('the route draws what a query finds, and refuses what is no query or no span', async () => {
  const source = new MemorySource();
  source.add({ __name__: 'up', instance: 'a:9100' }, [FROM, FROM + 60_000], [1, 0]);
  const query = createQueryEngine({ source, clock: new VirtualClock(FROM) });
  const [graph] = chartRoutes({ query });
  const get = async (more: object): Promise<Reply> => {
    const asked = graph!.query!.parse({ expr: 'up', from: '2026-11-21T02:30:00Z', to: '2026-11-21T03:30:00Z', ...more });
    return (await graph!.handler({ query: asked, signal: new AbortController().signal } as unknown as RouteRequest<
      never,
      never,
      never
    >)) as Reply;
  };
  const answer = await get({ theme: 'dark' });
  expect(answer.headers?.['content-type']).toContain('image/svg+xml');
  expect(String(answer.body)).toContain('up{instance=&#34;a:9100&#34;}');
  await expect(get({ expr: 'up{' })).rejects.toMatchObject({ status: 400 });
  await expect(get({ to: '2026-11-21T02:00:00Z' })).rejects.toMatchObject({ status: 400 });
  await expect(get({ to: '2029-11-21T02:00:00Z' })).rejects.toMatchObject({ status: 400 });
  expect(seriesName({ __name__: 'up' })).toBe('up');
});
