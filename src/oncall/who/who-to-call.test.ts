import { expect, test } from 'vitest';
import { createResourceSet, type Resource } from '../../catalog/index.ts';
import { policySpec } from '../policies/policy.ts';
import { scheduleSpec } from '../shifts/schedule.ts';
import { onCallWho } from './contract.ts';
import { whoToCall } from './who-to-call.ts';

const resource = (kind: string, name: string, spec: unknown, title = name): Resource => ({
  kind,
  name,
  title,
  labels: {},
  spec,
  file: null,
});
const person = (name: string, title: string): Resource => resource('Person', name, { email: `${name}@example.org`, contacts: [], timeZone: 'Europe/Berlin' }, title); // prettier-ignore
const NOW = Date.parse('2026-11-24T12:00:00Z');

const set = createResourceSet([
  person('ana', 'Ana Lima'),
  person('ben', 'Ben Okoro'),
  person('cleo', 'Cleo Roux'),
  resource('Team', 'money', { members: ['ana', 'ben'], channel: '#money' }, 'Payments and money'),
  resource('Team', 'empty', { members: [] }),
  resource('Service', 'payments', { owner: 'money', tier: 1, dependsOn: [], description: 'Takes the money of a card.' }, 'Payments'),
  resource('Service', 'payments-archive', { owner: 'money', tier: 4, dependsOn: [] }, 'Payments archive'),
  resource('Service', 'search', { owner: 'empty', tier: 3, dependsOn: [], description: 'Finds articles.' }, 'Article search'),
  resource('Schedule', 'money-berlin', scheduleSpec.parse({ team: 'money', timeZone: 'UTC', rotation: { people: ['ana', 'ben'], start: '2026-11-23' } }), 'Money, Berlin'),
  resource('EscalationPolicy', 'money', policySpec.parse({ team: 'money', steps: [{ notify: [{ schedule: 'money-berlin' }] }, { notify: [{ team: 'money' }, { person: 'cleo' }], roundRobin: true }] })),
  resource('EscalationPolicy', 'nobody', policySpec.parse({ team: 'empty', steps: [{ notify: [{ team: 'empty' }] }] })),
]); // prettier-ignore

test.each([
  ['payments', 'service payments'],
  ['PAYMENTS', 'service payments'],
  ['Payments archive', 'service payments-archive'],
  ['who do I call about the payments archive, now?', 'service payments-archive'],
  ['paymnets', 'service payments'],
  ['money', 'team money'],
  ['articles', 'service search'],
  ['pay', 'service payments'],
  ['money-berlin', 'schedule money-berlin'],
  ['Cleo', 'person cleo'],
  ['the elephant', undefined],
  ['🦄', undefined],
])('%s is about %s', (about, expected) => {
  const { found } = whoToCall(set, about, NOW);
  expect(found && `${found.kind} ${found.name}`).toBe(expected ?? null);
});

test('names, titles, next steps and times', () => {
  const answer = onCallWho.parse(whoToCall(set, 'payments', NOW));
  expect(answer).toMatchObject({
    policy: 'money',
    team: { name: 'money', title: 'Payments and money', channel: '#money' },
    until: '2026-11-30T09:00:00.000Z',
    problem: null,
    steps: [
      { at: '2026-11-24T12:00:00.000Z', oneOf: false, people: [{ name: 'ana', title: 'Ana Lima', timeZone: 'Europe/Berlin' }] },
      { at: '2026-11-24T12:05:00.000Z', oneOf: true, people: [{ name: 'ana' }, { name: 'ben' }, { name: 'cleo' }] },
    ],
  });
  expect(answer.alternatives.map(({ name }) => name)).toContain('payments-archive');
});

test.each([
  ['money-berlin', ['ana', 'ben']],
  ['cleo', ['cleo']],
])('%s has no policy, and is called all the same', (about, people) => {
  const { steps, policy } = whoToCall(set, about, NOW);
  expect([policy, steps.flatMap((step) => step.people.map(({ name }) => name))]).toEqual([null, people]);
});

test.each([
  ['search', "The policy 'nobody' reaches nobody now."],
  ['the elephant', "Nothing is called 'the elephant', and nothing is near it."],
])('why nobody would be called: %s', (about, problem) => {
  expect(whoToCall(set, about, NOW)).toMatchObject({ steps: [], problem });
});

test('a long and hostile text among a thousand services takes no time', () => {
  const many = createResourceSet(Array.from({ length: 1_000 }, (_, i) => resource('Service', `service-${i}`, { owner: 'x', tier: 3, dependsOn: [] })));
  const began = performance.now();
  whoToCall(many, 'serveice '.repeat(22), NOW);
  expect(performance.now() - began).toBeLessThan(1_000);
}); // prettier-ignore
