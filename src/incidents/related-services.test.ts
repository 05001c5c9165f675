import { expect, test } from 'vitest';
import { createResourceSet } from '../catalog/index.ts';
import { isRelated, withDependencies } from './related-services.ts';

const service = (name: string, dependsOn: string[]) => ({
  kind: 'Service',
  name,
  title: name,
  labels: {},
  file: null,
  spec: { owner: 't', tier: 3, dependsOn },
});
const set = createResourceSet([
  service('web', ['api']),
  service('api', ['store']),
  service('store', []),
  service('mail', ['store']),
  service('a', ['b']),
  service('b', ['a']),
]); // prettier-ignore

test.each([
  ['api', ['api'], true],
  ['web', ['store'], true],
  ['store', ['web'], true],
  // Both stand on the store, which may be well: two failures until it says otherwise.
  ['mail', ['api'], false],
  ['mail', ['api', 'store'], true],
  ['a', ['b'], true],
  ['unknown', ['api'], false],
  ['api', [], false],
])('%s and %j are one failure: %s', (name, others, expected) => {
  expect(isRelated(set, name, others)).toBe(expected);
});

test('loops end', () => {
  expect([...withDependencies(set, ['a', 'web'])].sort()).toEqual(['a', 'api', 'b', 'store', 'web']);
});
