import { expect, test } from 'vitest';
import type { Matcher } from '../../monitoring/index.ts';
import { dependencyStage, type ServiceTrouble } from './dependency-stage.ts';
import { inhibitionStage, type InhibitionRule } from './inhibition-stage.ts';
import { maintenanceStage } from './maintenance-stage.ts';
import { matchesEverything, parseMatcher } from './matchers.ts';
import type { MutableAlert } from './mute.ts';
import { mutesOf } from './mutes-of.ts';
import type { Silence } from './silence.ts';
import { silenceStage } from './silence-stage.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const HOUR = 3_600_000;

const alert = (fingerprint: string, labels: Record<string, string> = {}, given: Partial<MutableAlert> = {}): MutableAlert => ({
  fingerprint,
  labels: { alertname: fingerprint, ...labels },
  service: labels['service'] ?? null,
  severity: 'critical',
  activeAt: NOW,
  firedAt: NOW,
  ...given,
});
const matchers = (...texts: string[]): Matcher[] => texts.map((text) => parseMatcher(text)!);
const silence = (id: string, texts: string[], given: Partial<Silence> = {}): Silence => ({
  id,
  matchers: matchers(...texts),
  startsAt: NOW - HOUR,
  endsAt: NOW + HOUR,
  recurring: null,
  reason: 'known',
  createdBy: 'Ana',
  person: 'ana',
  createdAt: NOW - HOUR,
  updatedAt: NOW - HOUR,
  announcedAt: null,
  ...given,
});

test.each<[string, string[], Record<string, string>, boolean]>([
  ['a value', ['service=shop'], { service: 'shop' }, true],
  ['another value', ['service=shop'], { service: 'shop2' }, false],
  ['a missing label is empty', ['env='], {}, true],
  ['not a value', ['env!=dev'], { env: 'prod' }, true],
  ['not a value, where it is missing', ['env!=dev'], {}, true],
  ['an expression is anchored', ['instance=~"web"'], { instance: 'web-1' }, false],
  ['an expression', ['instance=~"web-.+"'], { instance: 'web-1' }, true],
  ['not an expression', ['instance!~"web-.+"'], { instance: 'db-1' }, true],
  ['an expression that takes nothing', ['env=~".*"'], {}, true],
  ['all of several', ['service=shop', 'env=prod'], { service: 'shop', env: 'dev' }, false],
  ['an expression made to hang', ['alertname=~"(a+)+$"'], { alertname: `${'a'.repeat(40)}!` }, false],
])('a silence on %s', (_, texts, labels, held) => {
  const began = performance.now();
  expect(silenceStage([silence('s', texts)])([alert('x', labels)], NOW).has('x')).toBe(held);
  expect(performance.now() - began).toBeLessThan(1_000);
}); // prettier-ignore

test.each<[string, Partial<Silence>, boolean]>([
  ['in force', {}, true],
  ['from this moment', { startsAt: NOW }, true],
  ['over in this moment', { endsAt: NOW }, false],
  ['not yet', { startsAt: NOW + 1 }, false],
  ['within its hours', { recurring: { days: ['tuesday'], from: '09:00', to: '11:00', timeZone: 'UTC' } }, true],
  ['on another day', { recurring: { days: ['monday'], from: '09:00', to: '11:00', timeZone: 'UTC' } }, false],
])('a silence that is %s', (_, given, held) => {
  expect(silenceStage([silence('s', ['service=shop'], given)])([alert('x', { service: 'shop' })], NOW).has('x')).toBe(held);
});

test('of several silences the one that ends last is told', () => {
  const stage = silenceStage([silence('short', ['service=shop']), silence('long', ['alertname=~".+"'], { endsAt: NOW + 2 * HOUR })]);
  expect(stage([alert('x', { service: 'shop' })], NOW).get('x')).toMatchObject({ by: 'silence', ref: 'long', until: NOW + 2 * HOUR });
});

const rule = (source: string[], target: string[], equal: string[] = []): InhibitionRule => ({
  name: 'r',
  source: matchers(...source),
  target: matchers(...target),
  equal,
});
const cut = { alertname: 'Cut', site: 'a' };

// The cases of Alertmanager's inhibit_test.go, in nines' words.
test.each<[string, InhibitionRule, Record<string, string>[], Record<string, string>, boolean]>([
  ['a source that fires', rule(['alertname=Cut'], ['alertname=Down']), [cut], { alertname: 'Down' }, true],
  ['no source', rule(['alertname=Cut'], ['alertname=Down']), [], { alertname: 'Down' }, false],
  ['no target', rule(['alertname=Cut'], ['alertname=Down']), [cut], { alertname: 'Slow' }, false],
  ['the same value', rule(['alertname=Cut'], ['alertname=Down'], ['site']), [cut], { alertname: 'Down', site: 'a' }, true],
  ['another value', rule(['alertname=Cut'], ['alertname=Down'], ['site']), [cut], { alertname: 'Down', site: 'b' }, false],
  ['missing on one side', rule(['alertname=Cut'], ['alertname=Down'], ['site']), [cut], { alertname: 'Down' }, false],
  ['missing on both sides', rule(['alertname=Cut'], ['alertname=Down'], ['rack']), [cut], { alertname: 'Down' }, true],
  ['missing equals empty', rule(['alertname=Cut'], ['alertname=Down'], ['rack']), [{ ...cut, rack: '' }], { alertname: 'Down' }, true],
  ['itself', rule(['site=a'], ['site=a']), [cut], cut, false],
  ['one that fits both sides, by another that does', rule(['site=a'], ['site=a']), [cut, { alertname: 'Other', site: 'a' }], cut, false],
  ['one that fits both sides, by a pure source', rule(['site=~"a|b"'], ['site=a']), [{ alertname: 'Other', site: 'b' }], cut, true],
  ['a pure target, by one that fits both sides', rule(['alertname=Cut'], ['site=a']), [cut], { alertname: 'Down', site: 'a' }, true],
])('inhibition: %s', (_, one, sources, target, held) => {
  const named = sources.map((labels) => ({ fingerprint: JSON.stringify(labels), labels }));
  const stage = inhibitionStage([one], named);
  const given = { ...alert('x'), fingerprint: JSON.stringify(target), labels: target };
  expect(stage([given], NOW).size === 1).toBe(held);
}); // prettier-ignore

const needs: Record<string, string[]> = { checkout: ['api'], api: ['db', 'cache'], loop: ['pool'], pool: ['loop'] };
const trouble = (service: string, given: Partial<ServiceTrouble>): ServiceTrouble => ({
  service,
  firing: false,
  pending: false,
  since: given.firing === true || given.pending === true ? NOW : null,
  resolvedAt: null,
  ...given,
});

test.each<[string, ServiceTrouble[], Partial<MutableAlert>, string | undefined, number | null | undefined]>([
  ['fires', [trouble('db', { firing: true })], {}, 'db', null],
  ['fires, deep below', [trouble('api', { firing: true }), trouble('db', { firing: true })], { service: 'checkout' }, 'db', null],
  ['is not its own', [trouble('mail', { firing: true })], {}, undefined, undefined],
  ['is itself', [trouble('api', { firing: true })], {}, undefined, undefined],
  ['of a circle', [trouble('loop', { firing: true })], { service: 'pool' }, 'loop', null],
  ['began long after', [trouble('db', { firing: true })], { activeAt: NOW - 6 * 60_000 }, undefined, undefined],
  ['began a little after', [trouble('db', { firing: true })], { activeAt: NOW - 4 * 60_000 }, 'db', null],
  ['pends', [trouble('db', { pending: true })], { firedAt: NOW - 10_000 }, 'db', NOW + 20_000],
  ['pends, and half a minute is over', [trouble('db', { pending: true })], { firedAt: NOW - 30_000 }, undefined, undefined],
  ['has just recovered', [trouble('db', { resolvedAt: NOW - 20_000 })], {}, 'db', NOW + 40_000],
  ['has recovered', [trouble('db', { resolvedAt: NOW - 60_000 })], {}, undefined, undefined],
  ['of no service', [trouble('db', { firing: true })], { service: null }, undefined, undefined],
])('a dependency that %s', (_, troubles, given, ref, until) => {
  const stage = dependencyStage((service) => needs[service] ?? [], troubles);
  const mute = stage([alert('x', {}, { service: 'api', ...given })], NOW).get('x');
  expect([mute?.ref, mute?.until]).toEqual([ref, until]);
}); // prettier-ignore

test('the first stage that holds it back is the reason', () => {
  const window = { id: 'w', services: ['shop'], reason: 'Move', startsAt: NOW - 1, endsAt: NOW + HOUR, recurring: null, createdBy: null };
  const stages = [silenceStage([silence('s', ['alertname=x'])]), maintenanceStage([window])];
  const mutes = mutesOf([alert('x', { service: 'shop' }), alert('y', { service: 'shop' }), alert('z')], stages, NOW);
  expect([...mutes].map(([name, { by, ref }]) => `${name} ${by} ${ref}`)).toEqual(['x silence s', 'y maintenance w']);
});

test('ten thousand alerts against a thousand silences and a hundred thousand possible pairs take no second', () => {
  const silences = Array.from({ length: 1_000 }, (_, i) => silence(`s${i}`, [`instance=web-${i}`, 'alertname=~".+"']));
  const alerts = Array.from({ length: 10_000 }, (_, i) => alert(`a${i}`, { instance: `web-${i}`, site: `${i % 100}` }));
  const sources = Array.from({ length: 10_000 }, (_, i) => ({ fingerprint: `c${i}`, labels: { alertname: 'Cut', site: `${i % 90}` } }));
  const began = performance.now();
  const mutes = mutesOf(
    alerts,
    [silenceStage(silences), inhibitionStage([rule(['alertname=Cut'], ['alertname!=Cut'], ['site'])], sources)],
    NOW,
  );
  expect(performance.now() - began).toBeLessThan(1_000);
  expect([...mutes.values()].filter(({ by }) => by === 'silence')).toHaveLength(1_000);
  expect(mutes.size).toBe(9_000 + 100);
});

test.each([
  [['alertname=~".+"'], true],
  [['alertname=~".*"', 'env!=dev'], true],
  [['service=~".+"'], false],
  [['env!~"dev|test"'], true],
  [['service=shop'], false],
])('%s fits nearly everything: %s', (texts, everything) => expect(matchesEverything(matchers(...texts))).toBe(everything));

test.each([
  ['service=shop', 'service', '=', 'shop'],
  [' service =~ "a|b" ', 'service', '=~', 'a|b'],
  ['service!~web', 'service', '!~', 'web'],
  ['a="x\\"y"', 'a', '=', 'x"y'],
  ['a=', 'a', '=', ''],
  ['HighLatency', 'alertname', '=', 'HighLatency'],
])('%s is a matcher', (text, name, op, value) => expect(parseMatcher(text)).toEqual({ name, op, value }));
test.each(['', '=', 'a b', '1a=2', 'a="x', 'a-b=c'])('%j is none', (text) => expect(parseMatcher(text)).toBeUndefined());
