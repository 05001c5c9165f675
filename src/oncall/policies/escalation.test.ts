import { expect, test } from 'vitest';
import { createResourceSet, type Resource } from '../../catalog/index.ts';
import { scheduleSpec } from '../shifts/schedule.ts';
import { contactAfter, escalationSteps, peopleOf, policyFor, stepAfter } from './escalation.ts';
import { type PolicySpec, policySpec } from './policy.ts';

const resource = (kind: string, name: string, spec: unknown): Resource => ({ kind, name, title: name, labels: {}, spec, file: null });
const person = (name: string, more: object = {}): Resource =>
  resource('Person', name, { email: `${name}@example.org`, contacts: [], timeZone: 'UTC', ...more });
const policy = (name: string, spec: object): Resource => resource('EscalationPolicy', name, policySpec.parse(spec));
const steps = [
  { notify: [{ schedule: 'store' }] },
  { notify: [{ schedule: 'store', layer: 'secondary' }] },
  { after: '10m', notify: [{ team: 'store' }] },
];
const rotation = { people: ['ana', 'ben'], start: '2026-11-16' };

const everyone = [
  person('ana', { contacts: [{ channel: 'webhook', address: 'https://x' }, { channel: 'email', address: 'ana@example.org' }] }),
  person('ben'),
  person('eve', { email: '' }),
  resource('Team', 'store', { members: ['ben', 'ana', 'eve', 'ghost'] }),
  resource('Service', 'shop', { owner: 'store', escalation: 'named' }),
  resource('Service', 'cart', { owner: 'store' }),
  resource('Service', 'lone', { owner: 'nobody' }),
  resource('Schedule', 'store', scheduleSpec.parse({ timeZone: 'UTC', rotation })),
]; // prettier-ignore
const monday = Date.parse('2026-11-16T12:00Z');

const named = policy('named', { steps });
const ofTeam = policy('of-team', { team: 'store', steps });
const fallback = policy('default', { steps });
const other = policy('other', { team: 'elsewhere', steps });

test.each<[string, Resource[], string | null, string | null]>([
  ['the one that the service names', [fallback, named, ofTeam], 'shop', 'named'],
  ["else the owner team's", [fallback, named, ofTeam], 'cart', 'of-team'],
  ['else default', [fallback, named, ofTeam], 'lone', 'default'],
  ['for no service: default', [fallback, named, ofTeam], null, 'default'],
  ['for a service without a document: default', [fallback, named], 'unheard-of', 'default'],
  ['the only one there is, whoever it was meant for: better than nobody', [other], 'lone', 'other'],
  ['of several, none is guessed', [other, ofTeam], 'lone', null],
  ['none at all', [], 'shop', null],
])('policy: %s', (_, policies, service, expected) => {
  expect(policyFor(createResourceSet([...everyone, ...policies]), service)?.name ?? null).toBe(expected);
});

const set = createResourceSet([...everyone, named]);
test.each([
  ['primary', [{ schedule: 'store' }], ['ana']],
  ['secondary', [{ schedule: 'store', layer: 'secondary' as const }], ['ben']],
  ['a person without a contact is left out, one without a document too', [{ team: 'store' }], ['ben', 'ana']],
  ['each once', [{ person: 'ben' }, { team: 'store' }, { schedule: 'store' }], ['ben', 'ana']],
  ['what does not exist', [{ schedule: 'gone' }, { team: 'gone' }, { person: 'gone' }], []],
])('people: %s', (_, targets, expected) => expect(peopleOf(set, targets, monday)).toEqual(expected));

const spec = (more: object = {}): PolicySpec => policySpec.parse({ steps, repeat: 1, ...more });
test('steps follow each other, round by round, and end', () => {
  const walked: string[] = [];
  let next: ReturnType<typeof stepAfter> = { step: -1, round: 3, firstRound: 3, waitMs: 0 };
  while ((next = stepAfter(spec(), next))) walked.push(`${next.round}.${next.step} after ${next.waitMs / 60_000}m`);
  expect(walked).toEqual(['3.0 after 0m', '3.1 after 5m', '3.2 after 10m', '4.0 after 5m', '4.1 after 5m', '4.2 after 10m']);
});

test.each([
  [{ repeat: 0 }, { step: 2, round: 0 }, null],
  [{ repeat: 1 }, { step: 2, round: 0 }, { step: 0, round: 1, waitMs: 300_000 }],
  [{ steps: [{ after: '2m', notify: [{ person: 'ana' }] }] }, { step: -1, round: 0 }, { step: 0, round: 0, waitMs: 120_000 }],
  [{ steps: [{ after: '0s', notify: [{ person: 'ana' }] }] }, { step: 0, round: 0 }, { step: 0, round: 1, waitMs: 300_000 }],
  [{ steps: [{ after: '1s', notify: [{ person: 'ana' }] }] }, { step: 0, round: 0 }, { step: 0, round: 1, waitMs: 60_000 }],
])('%o after %o', (more, from, expected) => {
  const next = stepAfter(spec(more), { ...from, firstRound: 0 });
  expect(next).toEqual(expected && { ...expected, firstRound: 0 });
});

test('what is to come is told with times and the people on call by then', () => {
  const justBefore = Date.parse('2026-11-23T08:57Z');
  const planned = escalationSteps(spec(), set, { step: 0, round: 0, firstRound: 0 }, justBefore);
  expect(planned.map(({ at, people }) => `${new Date(at).toISOString().slice(11, 16)} ${people.join(' ')}`)).toEqual([
    // Handed over at 09:00: by then ana is secondary.
    '09:02 ana',
    '09:12 ben ana',
    '09:17 ben',
  ]);
});

test('the next contact', () => {
  expect(contactAfter(set, 'ana', { channel: 'webhook', address: 'https://x' })).toEqual({ contact: { channel: 'email', address: 'ana@example.org' }, number: 1 });
  expect(contactAfter(set, 'ana', { channel: 'email', address: 'ana@example.org' })).toBeUndefined();
  expect(contactAfter(set, 'ana', { channel: 'email', address: 'elsewhere@example.org' })).toBeUndefined();
}); // prettier-ignore
