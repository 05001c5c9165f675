/** The parts of a backtest as tables; how they play together is told in scenarios/. */
import { expect, test } from 'vitest';
import { createQueryEngine, MemorySource } from '../../monitoring/index.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Problem } from '../../platform/problem.ts';
import type { Severity } from '../contract.ts';
import type { AlertRule } from '../rules/rule.ts';
import { ruleFileSpec } from '../rules/rule-file-spec.ts';
import { rulesOfFile } from '../rules/rules-of-file.ts';
import { candidatesOf } from './candidates.ts';
import { backtestRequest } from './contract.ts';
import { callsOf, matchIncidents, pagesOf, type PastIncident } from './outcome.ts';
import type { Firing } from './replay.ts';
import { runBacktest } from './run-backtest.ts';
import { thresholdOf, withThreshold } from './threshold.ts';

test.each<[string, number | undefined, string | undefined]>([
  ['up > 0.5', 0.5, 'up > 7'],
  ['up>0.5', 0.5, 'up>7'],
  ['(rate(a[5m]) >= bool 3)', 3, '(rate(a[5m]) >= bool 7)'],
  ['a < -5', -5, 'a < 7'],
  ['a > (1e3)', 1000, 'a > (7)'],
  ['5 < a', 5, '7 < a'],
  ['a > 3 and b > 1', 3, 'a > 7 and b > 1'],
  ['a > 3 unless on () maintenance == 1', 3, 'a > 7 unless on () maintenance == 1'],
  ['a and b > 2', 2, 'a and b > 7'],
  ['label_x{a="> 3"} > 2 # > 9', 2, 'label_x{a="> 3"} > 7 # > 9'],
  ['a > 1 or b > 2', undefined, undefined],
  ['a > b', undefined, undefined],
  ['absent(a)', undefined, undefined],
  ['a > 2 * 3', undefined, undefined],
])('the threshold of %s', (expr, value, changed) => {
  expect(thresholdOf(expr)).toBe(value);
  expect(withThreshold(expr, 7)).toBe(changed);
});

const MINUTE = 60_000;
const firing = (from: number, to: number | null, service: string | null = 'shop', severity: Severity = 'critical'): Firing => ({
  alert: { rule: 'A', severity, service, groupKey: `service/${service}`, labels: {}, annotations: {} } as never,
  firedAt: from * MINUTE,
  resolvedAt: to === null ? null : to * MINUTE,
});
const incident = (number: number, services: string[], began: number, ended: number | null): PastIncident => ({
  id: `i${number}`, number, title: 'x', services, beganAt: began * MINUTE, declaredAt: (began + 5) * MINUTE, endedAt: ended === null ? null : ended * MINUTE,
}); // prettier-ignore

test.each<[string, Firing[], PastIncident[], caught: number[], missed: number[], noise: number]>([
  ['nothing at all', [], [], [], [], 0],
  ['during the incident', [firing(100, 110)], [incident(1, ['shop'], 90, 120)], [1], [], 0],
  ['just before it began', [firing(60, 65)], [incident(1, ['shop'], 90, 120)], [1], [], 0],
  ['long before', [firing(50, 59)], [incident(1, ['shop'], 90, 120)], [], [1], 1],
  ['after it ended', [firing(121, 130)], [incident(1, ['shop'], 90, 120)], [], [1], 1],
  ['it goes on', [firing(500, null)], [incident(1, ['shop'], 90, null)], [1], [], 0],
  ['of another service', [firing(100, 110)], [incident(1, ['search'], 90, 120)], [], [], 1],
  ['the alert names no service', [firing(100, 110, null)], [incident(1, ['search'], 90, 120)], [1], [], 0],
  ['two incidents, one firing', [firing(100, 300)], [incident(1, ['shop'], 90, 120), incident(2, ['shop'], 250, 260)], [1, 2], [], 0],
  ['one incident, two firings', [firing(100, 110), firing(112, 113)], [incident(1, ['shop'], 90, 120)], [1], [], 0],
])('incidents: %s', (_, firings, incidents, caught, missed, noise) => {
  const tells = (service: string | null) => (one: PastIncident) => service === null || one.services.includes(service);
  const own = [...new Set(['shop', ...firings.map(({ alert }) => alert.service)])];
  const found = matchIncidents(firings, incidents, { tells, own, end: 1_000 * MINUTE });
  expect(found.caught.map(({ incident: { number } }) => number)).toEqual(caught);
  expect(found.missed.map(({ number }) => number)).toEqual(missed);
  expect(firings.filter((one) => !found.incidentOf.has(one))).toHaveLength(noise);
});

test.each<[string, Firing[], number]>([
  ['one', [firing(1, 2)], 1],
  ['at the same time', [firing(1, 9), firing(2, 3)], 1],
  ['within five minutes', [firing(1, 2), firing(7, 8)], 1],
  ['later', [firing(1, 2), firing(8, 9)], 2],
  ['the long one counts', [firing(1, 20), firing(2, 3), firing(22, 23)], 1],
  ['services apart', [firing(1, 2), firing(1, 2, 'db')], 2],
  ['severities apart', [firing(1, 2), firing(1, 2, 'shop', 'today')], 2],
  ['one that goes on', [firing(1, null), firing(500, 501)], 1],
])('pages: %s', (_, firings, pages) => expect(pagesOf(firings, 1_000 * MINUTE)).toHaveLength(pages));

test('who is called, how often, and for whom nobody is', () => {
  const pages = [1, 2, 3].map((at) => ({ service: 'shop', severity: 'critical' as const, at }));
  const queue = { service: 'shop', severity: 'eventually' as const, at: 4 };
  const who = ({ at }: { at: number }) => (at === 3 ? [] : [{ person: 'ana', title: 'Ana', night: at === 1 }]);
  expect(callsOf(pages, who)).toEqual({ called: [{ person: 'ana', title: 'Ana', calls: 2, nights: 1 }], nobody: 1 });
  expect(callsOf([queue], () => [])).toEqual({ called: [], nobody: 0 });
});

const rulesOf = (text: string): AlertRule[] =>
  rulesOfFile('f', ruleFileSpec.parse({ groups: [{ name: 'g', rules: JSON.parse(text) as unknown }] })) as AlertRule[];

test.each<[string, object, string]>([
  ['no rule', {}, 'rule'],
  ['YAML that is none', { file: 'groups: [' }, 'file:1:'],
  ['no rule file', { file: 'a: 1' }, 'file'],
  ['no alerting rule', { file: 'groups: [{name: a, rules: [{record: b, expr: up}]}]' }, 'no alerting rule'],
  ['an expression that is none', { rule: { alert: 'A', expr: 'up >' } }, 'expr'],
  ['a template that is none', { rule: { alert: 'A', expr: 'up', annotations: { summary: '{{ x }}' } } }, 'annotations.summary'],
  ['a rule that is not in force', { alert: 'B' }, "There is no alerting rule in force 'B'"],
  ['no threshold', { rule: { alert: 'A', expr: 'absent(up)' }, threshold: 3 }, 'no threshold'],
  ['no duration', { alert: 'A', for: 'five' }, 'not a duration'],
  ['too many', { file: `groups: [{name: a, rules: [${Array.from({ length: 21 }, (_, i) => `{alert: A${i}, expr: up}`).join()}]}]` }, '20 at a time'],
])('refused: %s', (_, body, message) => {
  const result = backtestRequest.safeParse(body);
  const why = (): string => {
    try {
      candidatesOf(result.data!, rulesOf('[{"alert":"A","expr":"up > 1"}]'));
      return '';
    } catch (error) {
      return (error as Problem).message;
    }
  };
  expect(result.success ? why() : result.error.message).toContain(message);
}); // prettier-ignore

test('what is compared: the rule in force of the same name, one of a file, nothing', () => {
  const inForce = rulesOf('[{"alert":"A","expr":"up > 1"}]');
  const rule = { alert: 'A', expr: 'up > 2' };
  const before = (body: object): string | undefined => candidatesOf(backtestRequest.parse({ rule, ...body }), inForce)[0]?.before?.expr;
  expect(before({})).toBe('up > 1');
  expect(before({ against: { file: 'groups: [{name: a, rules: [{alert: A, expr: up > 9}]}]' } })).toBe('up > 9');
  expect(before({ against: 'nothing' })).toBeUndefined();
});

test('a month of minutes, a limit, and one that is given up', async () => {
  const source = new MemorySource();
  const days = 30;
  const times = Array.from({ length: days * 1440 }, (_, i) => i * MINUTE);
  source.add({ __name__: 'up', job: 'shop' }, times, times.map((_, i) => (i % 10_000 < 7 ? 0 : 1))); // prettier-ignore
  const query = createQueryEngine({ source, clock: systemClock });
  const [after] = rulesOf('[{"alert":"Down","expr":"up == 0","for":"5m","labels":{"service":"shop","severity":"critical"}}]');
  const abort = new AbortController();
  const parts: number[] = [];
  const world = { query, incidents: [], tells: () => () => true, who: () => [], signal: abort.signal, progress: (done: number) => void parts.push(done) };
  const range = { from: MINUTE, to: days * 1440 * MINUTE, evaluate: 'auto' as const };
  const { results, evaluated } = await runBacktest([{ after: after!, before: null }], range, world);
  expect(evaluated).toBe('interval');
  expect(results[0]!.after).toMatchObject({ fired: 5, pages: 5, nobody: 5, noise: 5, longestMs: 2 * MINUTE, failed: 0 });
  expect(parts.at(-1)).toBe(1);
  expect([...parts].sort((a, b) => a - b)).toEqual(parts);
  await expect(runBacktest([{ after: { ...after!, intervalMs: 1000 }, before: null }], range, world)).rejects.toThrow('evaluated 2,592,');
  abort.abort(new Error('enough'));
  await expect(runBacktest([{ after: after!, before: null }], range, world)).rejects.toThrow('enough');
}); // prettier-ignore
