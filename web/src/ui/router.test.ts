import { expect, test } from 'vitest';
import { matchPath } from './router.tsx';

test.each([
  ['/', '/', {}],
  ['/incidents/:id', '/incidents/inc-1', { id: 'inc-1' }],
  ['/incidents/:id', '/incidents/inc-1/', { id: 'inc-1' }],
  ['/incidents/:id', '/incidents', undefined],
  ['/incidents/:id', '/incidents/a/b', undefined],
  ['/services/:name', '/services/a%20b', { name: 'a b' }],
  ['/services/:name', '/services/%zz', { name: '%zz' }],
  ['/alerts', '/Alerts', undefined],
])('%s and %s', (pattern, path, params) => expect(matchPath(pattern, path)).toEqual(params));
