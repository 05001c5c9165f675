import { expect, test } from 'vitest';
import { catalogKinds, checkDocuments } from '../catalog/index.ts';
import { oncallKinds } from './index.ts';

const NOW = Date.parse('2026-11-24T03:00:00Z');
const person = (name: string): string =>
  `apiVersion: nines/v1\nkind: Person\nmetadata: {name: ${name}}\nspec: {email: ${name}@example.org}\n`;
const document = (kind: string, name: string, spec: string): string =>
  `apiVersion: nines/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const schedule = (spec: string): string => document('Schedule', 'store', spec);
const policy = (spec: string): string => document('EscalationPolicy', 'default', spec);
const PEOPLE = [person('ana'), person('ben'), document('Team', 'store', '{members: [ana, ben]}'), document('Team', 'empty', '{}')];
const TRIO = `${person('cleo')}---\n${document('Team', 'trio', '{members: [ana, ben, cleo]}')}`;
const rules = (critical: string): string => document('Person', 'rita', `{email: rita@example.org, notify: {critical: ${critical}}}`);
const ROTATION = "{people: [ana, ben], start: '2026-11-16'}";
const CALLS = 'steps: [{notify: [{schedule: store}]}]';

const check = (...documents: string[]): string[] =>
  checkDocuments([{ file: 'all.yaml', text: [...PEOPLE, ...documents].join('---\n') }], { kinds: [...catalogKinds, ...oncallKinds], foreignKinds: [] }, NOW)
    .problems.filter(({ message }) => !message.includes("Team 'empty' has no members"))
    .map(({ severity, message }) => `${severity}: ${message}`); // prettier-ignore

test.each<[string, string[], (string | RegExp)[]]>([
  ['all is well', [schedule(`{timeZone: UTC, rotation: ${ROTATION}}`), policy(`{${CALLS}}`)], []],
  [
    'a gap in a schedule that a policy calls by',
    [schedule("{timeZone: UTC, rotation: {people: [ana, ben], start: '2026-12-01'}}"), policy(`{${CALLS}}`)],
    ['error: nobody is on call from 2026-11-24T03:00Z to 2026-12-01T00:00Z'],
  ],
  [
    'a gap in one that is not in use yet',
    [schedule("{timeZone: UTC, rotation: {people: [ana, ben], start: '2026-12-01'}}")],
    ['warning: nobody is on call from 2026-11-24T03:00Z to 2026-12-01T00:00Z'],
  ],
  ['a gap beyond three months does not count', [schedule("{timeZone: UTC, rotation: {people: [ana, ben], start: '2026-11-24'}}")], []],
  [
    'one person alone',
    [schedule("{timeZone: UTC, rotation: {people: [ana], start: '2026-11-16'}}")],
    ['warning: when ana is on call there is no secondary: if ana sleeps on, the schedule has nobody else'],
  ],
  ['one person alone, and meant', [schedule("{timeZone: UTC, secondary: none, rotation: {people: [ana], start: '2026-11-16'}}")], []],
  ['a policy that reaches no one', [policy('{steps: [{notify: [{team: empty}]}]}')], ["error: the steps of 'default' reach no one"]],
  [
    'a step that reaches no one',
    [policy('{steps: [{notify: [{team: store}]}, {notify: [{team: empty}]}]}')],
    ['warning: this step reaches no one and is passed over'],
  ],
  ['an unknown time zone', [schedule(`{timeZone: Europe/Berln, rotation: ${ROTATION}}`)], [/^error: .*unknown time zone 'Europe\/Berln'/]],
  ['a person who is not there', [schedule("{timeZone: UTC, rotation: {people: [ana, cleo], start: '2026-11-16'}}")], [/^error: .*cleo/]],
  ['a schedule that is not there', [policy('{steps: [{notify: [{schedule: stor}]}]}')], [/^error: .*stor/]],
  ['a date that does not exist', [schedule("{timeZone: UTC, rotation: {people: [ana, ben], start: '2026-02-30'}}")], [/'2026-02-30' is no date/]],
  ['an override that ends before it begins', [schedule(`{timeZone: UTC, rotation: ${ROTATION}, overrides: [{person: ana, from: '2026-12-02T00:00', to: '2026-12-01T00:00'}]}`)], [/ends after it begins/]],
  ['a target of two kinds', [policy('{steps: [{notify: [{team: store, person: ana}]}]}')], [/name one of schedule, person, team or policy/]],
  ['a layer without a schedule', [policy('{steps: [{notify: [{person: ana, layer: secondary}]}]}')], [/a layer belongs to a schedule/]],
  [
    'a step that wakes everyone without saying so',
    [TRIO, policy('{steps: [{notify: [{team: trio}]}]}')],
    ['error: this step wakes 3 people at once: ana, ben, cleo'],
  ],
  ['three people, by name, are everyone too', [TRIO, policy('{steps: [{notify: [{person: cleo}, {team: store}]}]}')], [/^error: this step wakes 3 people at once/]],
  ['everyone, said twice', [TRIO, policy('{steps: [{everyone: true, notify: [{team: trio}]}]}')], []],
  ['one of them at a time', [TRIO, policy('{steps: [{roundRobin: true, notify: [{team: trio}]}]}')], []],
  ['one at a time and everyone', [TRIO, policy('{steps: [{roundRobin: true, everyone: true, notify: [{team: trio}]}]}')], [/one at a time, or everyone/]],
  ['a policy that calls itself', [policy('{steps: [{notify: [{policy: default}]}]}')], ["error: policy 'default' calls itself"]],
  [
    'policies in a circle',
    [policy('{steps: [{notify: [{person: ana}]}, {notify: [{policy: other}]}]}'), document('EscalationPolicy', 'other', '{steps: [{notify: [{policy: default}]}]}')],
    ['error: policies call each other in a circle: default → other → default'],
  ],
  ["another team's policy", [policy('{steps: [{notify: [{policy: other}]}]}'), document('EscalationPolicy', 'other', `{${CALLS}}`), schedule(`{timeZone: UTC, rotation: ${ROTATION}}`)], []],
  [
    'nobody outside of office hours',
    [policy("{steps: [{notify: [{person: ana}], when: {from: '09:00', to: '17:00'}}]}")],
    ['warning: every step is only for some time of the week: at others a critical page may call nobody'],
  ],
  [
    'a second step after the promise is over',
    [policy('{steps: [{notify: [{person: ana}]}, {after: 45m, notify: [{person: ben}]}]}')],
    ['warning: the second step is called 45m after the first, when the promised response of 30m is over'],
  ],
  ['a rule of a person by a contact that is not there', [rules('[{contact: sms}]')], ["error: there is no contact 'sms'"]],
  ['a rule of a person that tries nothing at once', [rules('[{contact: email, after: 5m}]')], [/the first way is tried at once/]],
  ['a word that means nothing', [policy(`{${CALLS}, repaet: 3}`)], [/unknown key 'repaet'/]],
  ['a duration that is none', [policy('{steps: [{after: soon, notify: [{person: ana}]}]}')], [/"soon" is not a duration/]],
])('%s', (_, documents, expected) => {
  const problems = check(...documents);
  expect(problems, problems.join('\n')).toHaveLength(expected.length);
  for (const [i, one] of expected.entries()) expect(problems[i]).toMatch(one);
}); // prettier-ignore

test('the examples of the reference are right', () => {
  const examples = oncallKinds.map(({ example = '' }) => example);
  const people = [...['ana', 'ben', 'cleo'].map(person), document('Team', 'payments', '{members: [ana]}')];
  const text = [...people, ...examples].join('---\n');
  const { problems } = checkDocuments([{ file: 'x.yaml', text }], { kinds: [...catalogKinds, ...oncallKinds], foreignKinds: [] }, NOW);
  expect(problems).toEqual([]);
});
