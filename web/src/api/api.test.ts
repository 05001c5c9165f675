import { expect, test } from 'vitest';
import { tokenOf } from '../modules/access/set-up.tsx';
import { returnPath } from '../modules/access/sign-in.tsx';
import { listOf, withQuery } from './http.ts';
import { staleAfter } from './live.ts';

test.each([
  ['page.acknowledged', '/nines/v1/pages', '/nines/v1/health'],
  ['incident.noted', '/nines/v1/incidents', '/nines/v1/pages'],
  ['config.applied', '/nines/v1/services', '/nines/v1/postmortems'],
  ['something.new', '/nines/v1/events', '/nines/v1/pages'],
])('%s makes %s stale and leaves %s', (kind, stale, fresh) => {
  expect(staleAfter(kind)).toContain(stale);
  expect(staleAfter(kind)).not.toContain(fresh);
});

test.each([
  [
    [1, 2],
    [1, 2],
  ],
  [{ services: [1], marker: null }, [1]],
  [{ marker: 3 }, []],
  [null, []],
])('the list in %j', (answer, list) => expect(listOf(answer)).toEqual(list));

test('parameters that say nothing are left out', () => {
  expect(withQuery('/a', { b: 'x y', c: null, d: undefined, e: '', f: 0 })).toBe('/a?b=x+y&f=0');
  expect(withQuery('/a', {})).toBe('/a');
});

test.each([
  ['/incidents/1?x=2', '/incidents/1?x=2'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/signin?next=/', '/'],
  [null, '/'],
])('after signing in, %s leads to %s', (next, path) => expect(returnPath(next)).toBe(path));

test.each([
  ['?token=a', '', 'a'],
  ['', '#token=b', 'b'],
  ['?token=a', '#token=b', 'b'],
  ['', '', ''],
])('the token of /setup%s%s is %j', (search, hash, token) => expect(tokenOf(new URLSearchParams(search), hash)).toBe(token));
