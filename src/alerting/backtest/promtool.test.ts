/**
 * What a backtest at the interval says must be what promtool says of the same samples, minute by minute. Ranges are no multiples of
 * the step: Prometheus 2 counts a sample at the very beginning of a range, Prometheus 3 and nines don't.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createQueryEngine, MemorySource, parseSeriesLine } from '../../monitoring/index.ts';
import { systemClock } from '../../platform/clock.ts';
import type { AlertRule } from '../rules/rule.ts';
import { ruleFileSpec, type RuleSpec } from '../rules/rule-file-spec.ts';
import { rulesOfFile } from '../rules/rules-of-file.ts';
import { runBacktest } from './run-backtest.ts';

const missing = spawnSync('promtool', ['--version']).status !== 0;
const MINUTE = 60_000;
const MINUTES = 60;

const cases: [string, Partial<RuleSpec> & { expr: string }, Record<string, string>][] = [
  ['a threshold', { expr: 'errors > 5' }, { 'errors{job="a"}': '0+1x20 20-1x20 0x20', 'errors{job="b"}': '3x60' }],
  ['for', { expr: 'errors > 5', for: '3m' }, { errors: '0 9 0 9 9 9 9 9 0 0 9x8 0x40' }],
  ['keep_firing_for', { expr: 'errors > 5', for: '1m', keep_firing_for: '4m' }, { errors: '0 9 9 9 0 0 9 0 0 0 0 0 0 9 0x45' }],
  ['a rate', { expr: 'rate(requests_total[5m30s]) < 0.01' }, { requests_total: '0+60x20 1200x20 1200+60x20' }],
  ['gaps', { expr: 'up == 0' }, { up: '1 1 0 stale _ _ _ _ _ _ 0 0 1 0 stale _ _ 0 1x45' }],
  ['absence', { expr: 'absent(up{job="a"})', for: '2m' }, { 'up{job="a"}': '1x10 stale _x10 1x45' }],
  ['by aggregation', { expr: 'sum by (job) (errors) > 10', for: '2m' }, { 'errors{job="a",i="1"}': '0+1x30 0x30', 'errors{job="a",i="2"}': '5x60', 'errors{job="b",i="1"}': '11x10 0x50' }],
  ['an offset', { expr: 'errors offset 5m > errors' }, { errors: '5 9 3 7 1 8 2 9 4 4 4 1 1x20 0+2x28' }],
  ['a subquery', { expr: 'max_over_time(errors[9m30s:1m]) > 8' }, { errors: '0x10 9 0x30 9 9 0x17' }],
]; // prettier-ignore

test.skipIf(missing).each(cases)('promtool agrees: %s', async (_, spec, series) => {
  const source = new MemorySource();
  for (const [name, values] of Object.entries(series)) {
    const { labels, values: given } = parseSeriesLine(`${name} ${values}`);
    given.forEach((value, i) => {
      if (typeof value === 'number') source.add(labels, [i * MINUTE], Float64Array.of(value));
      else if (value === 'stale') source.add(labels, [i * MINUTE], staleValue());
    });
  }
  const [after] = rulesOfFile('f', ruleFileSpec.parse({ groups: [{ name: 'g', interval: '1m', rules: [{ alert: 'A', ...spec }] }] })) as AlertRule[]; // prettier-ignore
  const query = createQueryEngine({ source, clock: systemClock });
  const world = {
    query,
    incidents: [],
    tells: () => () => true,
    who: () => [],
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  // What was before the first sample is nothing: promtool begins there.
  const range = { from: after!.forMs + after!.keepFiringForMs + MINUTE, to: MINUTES * MINUTE, evaluate: 'interval' as const };
  const { results } = await runBacktest([{ after: after!, before: null }], range, world);
  const { firings } = results[0]!.after;
  const first = range.from / MINUTE;
  const tests = Array.from({ length: MINUTES - first + 1 }, (_, i) => {
    const at = (first + i) * MINUTE;
    const now = firings.filter(
      ({ firedAt, resolvedAt }) => Date.parse(firedAt) <= at && (resolvedAt === null || Date.parse(resolvedAt) > at),
    );
    return {
      eval_time: `${first + i}m`,
      alertname: 'A',
      exp_alerts: now.map(({ labels: { alertname: __, ...labels } }) => ({ exp_labels: labels })),
    };
  });
  expect(firings.length, 'a case in which nothing fires tests nothing').toBeGreaterThan(0);
  const folder = mkdtempSync(join(tmpdir(), 'nines-backtest-'));
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'g', rules: [{ alert: 'A', ...spec }] }] }));
  const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  writeFileSync(join(folder, 'test.yml'), JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests: [{ interval: '1m', input_series, alert_rule_test: tests }] })); // prettier-ignore
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.yml'], { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(status, stdout + stderr).toBe(0);
});

function staleValue(): Float64Array {
  const value = new Float64Array(1);
  new DataView(value.buffer).setBigUint64(0, 0x7ff0000000000002n, true);
  return value;
}
