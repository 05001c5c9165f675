import { expect, test } from 'vitest';
import type { ResourceSet } from '../../catalog/index.ts';
import { lintGraphiteRule } from './lint-graphite.ts';

const set: ResourceSet = {
  version: 1,
  list: () => [],
  get: (kind, name) => (kind === 'Service' && name === 'shop' ? ({ spec: { owner: 'store', runbook: 'https://wiki/shop' } } as never) : undefined),
}; // prettier-ignore
const lint = (spec: object, level?: 'error' | 'off') =>
  lintGraphiteRule({ name: 'errors', spec: { target: 'shop.errors', labels: {}, annotations: {}, service: 'shop', today: { above: 1 }, ...spec } } as never, set, { level }).map(
    ({ path, severity }) => `${severity} ${path.join('.')}`,
  ); // prettier-ignore

test.each<[string, object, string[]]>([
  ['nothing to say', {}, []],
  ['a subject of nines own making is its own', { annotations: {} }, []],
  ['a subject that says what is', { annotations: { summary: 'Errors are high' } }, ['warning spec.annotations.summary']],
  ['a service without a document', { service: 'who' }, ['warning metadata.name', 'warning spec.service']],
  ['a cause that wakes people', { target: 'servers.*.cpu.user', critical: { above: 90 } }, ['warning spec.target']],
  ['a cause that waits', { target: 'servers.*.cpu.user' }, []],
])('%s', (_, spec, expected) => expect(lint(spec)).toEqual(expected));

test('as an error, and not at all', () => {
  const spec = { annotations: { summary: 'Errors are high' } };
  expect(lint(spec, 'error')).toEqual(['error spec.annotations.summary']);
  expect(lint(spec, 'off')).toEqual([]);
});
