import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { RESOLVED_RETENTION_MS, type RuleState } from '../alerts/alert.ts';
import { dueAt, evaluateRule, MAX_ALERTS, type RuleSample } from './evaluate-rule.ts';
import { ruleFileSpec } from '../rules/rule-file-spec.ts';
import type { AlertRule } from '../rules/rule.ts';
import { rulesOfFile } from '../rules/rules-of-file.ts';

const ruleOf = (yaml: string, group = ''): AlertRule =>
  rulesOfFile('f', ruleFileSpec.parse(parse(`groups: [{ name: g, ${group} rules: [{ alert: A, expr: x, ${yaml} }] }]`)))[0] as AlertRule;
const sample = (instance: string, value = 1): RuleSample => ({ labels: { __name__: 'x', instance }, value });
const MINUTE = 60_000;

/** Evaluates at minutes 0, 1, 2, … and tells of each what changed and what is there. */
function run(rule: AlertRule, vectors: readonly (readonly RuleSample[])[], known?: (minute: number) => boolean): string[] {
  let state: RuleState = new Map();
  return vectors.map((vector, minute) => {
    const gate = known === undefined ? {} : { known: () => known(minute) };
    const result = evaluateRule(rule, state, vector, { now: minute * MINUTE, ...gate });
    state = result.state;
    const told = result.transitions.map(({ to, alert }) => `${to} ${alert.labels.instance}`);
    return [...told, ...[...state.values()].map((alert) => `(${alert.labels.instance} ${alert.state})`)].join(' ');
  });
}

test.each([
  ['fires at once without for', '', [[sample('a')], []], ['firing a (a firing)', 'resolved a (a resolved)']],
  ['waits for `for`', 'for: 2m', [[sample('a')], [sample('a')], [sample('a')]], ['(a pending)', '(a pending)', 'firing a (a firing)']],
  ['a gap begins `for` anew', 'for: 2m', [[sample('a')], [], [sample('a')], [sample('a')], [sample('a')]], ['(a pending)', '', '(a pending)', '(a pending)', 'firing a (a firing)']],
  ['keeps firing', 'keep_firing_for: 2m', [[sample('a')], [], [], []], ['firing a (a firing)', '(a firing)', '(a firing)', 'resolved a (a resolved)']],
  ['a return while kept begins the keeping anew', 'keep_firing_for: 2m', [[sample('a')], [], [sample('a')], [], [], []], ['firing a (a firing)', '(a firing)', '(a firing)', '(a firing)', '(a firing)', 'resolved a (a resolved)']],
  ['each set of labels by itself', '', [[sample('a')], [sample('a'), sample('b')], [sample('b')]], ['firing a (a firing)', 'firing b (a firing) (b firing)', 'resolved a (b firing) (a resolved)']],
  ['fires again after it was resolved', '', [[sample('a')], [], [sample('a')]], ['firing a (a firing)', 'resolved a (a resolved)', 'firing a (a firing)']],
])('%s', (_, yaml, vectors, expected) => {
  expect(run(ruleOf(yaml), vectors)).toEqual(expected);
}); // prettier-ignore

test('nothing is decided on what is not known', () => {
  const unknown = (minute: number): boolean => minute !== 1 && minute !== 2;
  expect(run(ruleOf(''), [[sample('a')], [sample('b')], [], [sample('b')]], unknown)).toEqual([
    'firing a (a firing)',
    '(b pending) (a firing)',
    '(b pending) (a firing)',
    'firing b resolved a (b firing) (a resolved)',
  ]);
});

test('resolved alerts are kept for a while', () => {
  const rule = ruleOf('');
  const fired = evaluateRule(rule, new Map(), [sample('a')], { now: 0 }).state;
  const resolved = evaluateRule(rule, fired, [], { now: 1 }).state;
  const kept = evaluateRule(rule, resolved, [], { now: 1 + RESOLVED_RETENTION_MS }).state;
  expect(kept.size).toBe(1);
  expect(evaluateRule(rule, kept, [], { now: 2 + RESOLVED_RETENTION_MS }).state.size).toBe(0);
});

test('labels, annotations, service, severity and runbook', () => {
  const rule = ruleOf(
    `labels: { severity: page, service: '{{ $labels.job }}', drop: '' }, annotations: { summary: 'Restore {{ $labels.job }}: {{ $value | humanize }}' }`,
  );
  const vector = [{ labels: { __name__: 'x', job: 'shop', drop: 'me' }, value: 1500 }];
  const { transitions } = evaluateRule(rule, new Map(), vector, { now: 7, runbookOf: (service) => `https://runbooks.example/${service}` });
  expect(transitions[0]).toMatchObject({
    to: 'firing',
    groupKey: 'service/shop/critical',
    alert: {
      severity: 'critical',
      service: 'shop',
      value: 1500,
      activeAt: 7,
      firedAt: 7,
      labels: { job: 'shop', service: 'shop', severity: 'page', alertname: 'A' },
      annotations: { summary: 'Restore shop: 1.5k', runbook_url: 'https://runbooks.example/shop' },
    },
  });
  expect(transitions[0]!.alert.labels).not.toHaveProperty('drop');
  expect(transitions[0]!.alert.labels).not.toHaveProperty('__name__');
});

test.each([
  ['the same labels twice', ruleOf(''), [sample('a'), { labels: { __name__: 'y', instance: 'a' }, value: 1 }], 'same labels'],
  ['more than the limit', ruleOf('', 'limit: 1,'), [sample('a'), sample('b')], 'limit of 1'],
])('%s is an error of the rule', (_, rule, vector, message) => {
  expect(() => evaluateRule(rule, new Map(), vector, { now: 0 })).toThrow(message);
});

test('the fingerprint is of rule and labels, not of values and times', () => {
  const print = (rule: AlertRule, value: number, now: number): string[] => [
    ...evaluateRule(rule, new Map(), [sample('a', value)], { now }).state.keys(),
  ];
  expect(print(ruleOf(''), 1, 0)).toEqual(print(ruleOf(''), 2, 5));
  expect(print(ruleOf('labels: { a: b }'), 1, 0)).not.toEqual(print(ruleOf(''), 1, 0));
});

test('when time alone changes something', () => {
  const rule = ruleOf('for: 5m, keep_firing_for: 1m');
  const pending = evaluateRule(rule, new Map(), [sample('a')], { now: 100 }).state;
  expect(dueAt(rule, pending)).toBe(100 + 5 * MINUTE);
  const firing = evaluateRule(rule, pending, [sample('a')], { now: 100 + 5 * MINUTE }).state;
  expect(dueAt(rule, firing)).toBe(Infinity);
  const kept = evaluateRule(rule, firing, [], { now: 100 + 6 * MINUTE }).state;
  expect(dueAt(rule, kept)).toBe(100 + 7 * MINUTE);
});

test('whatever comes, an alert fires and resolves in turn, not before `for`, and not while it is kept', () => {
  const minutes = fc.record({ forM: fc.nat(4), keepM: fc.nat(4), on: fc.array(fc.boolean(), { maxLength: 40 }) });
  fc.assert(
    fc.property(minutes, ({ forM, keepM, on }) => {
      const rule = ruleOf(`for: ${forM}m, keep_firing_for: ${keepM}m`);
      let state: RuleState = new Map();
      let firing = false;
      for (const [i, active] of on.entries()) {
        const before = JSON.parse(JSON.stringify([...state])) as [string, never][];
        const result = evaluateRule(rule, new Map(before), active ? [sample('a')] : [], { now: i * MINUTE });
        state = result.state;
        for (const { to } of result.transitions) {
          expect(to).toBe(firing ? 'resolved' : 'firing');
          firing = to === 'firing';
          if (firing) expect(on.slice(i - forM, i + 1).every(Boolean) && i >= forM).toBe(true);
          else expect(on.slice(i - keepM, i + 1).some(Boolean)).toBe(false);
        }
      }
    }),
  );
});

test('too many alerts: those that are there stay, the first of the new ones join them', () => {
  const rule = ruleOf('');
  const old = evaluateRule(rule, new Map(), [sample('old')], { now: 0 }).state;
  const vector = [...Array.from({ length: MAX_ALERTS + 5 }, (_, i) => sample(`new-${i}`)), sample('old')];
  const { state, transitions, leftOut } = evaluateRule(rule, old, vector, { now: 1 });
  expect([state.size, leftOut]).toEqual([MAX_ALERTS, 6]);
  expect([...state.values()].some(({ labels }) => labels.instance === 'old')).toBe(true);
  expect(transitions.every(({ to }) => to === 'firing')).toBe(true);
});
