import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { RouteRequest } from '../platform/http/index.ts';
import { problemsPage } from './problems-page.ts';

test('every kind of problem that the code throws is explained', () => {
  const { body: html } = problemsPage().handler({} as RouteRequest<never, never, never>) as { body: string };
  const explained = new Set([...html.matchAll(/<tr id="([\w-]+)">/g)].map(([, slug]) => slug));
  const { stdout } = spawnSync(
    'grep',
    ['-rhoE', String.raw`new Problem\(\s*[0-9]{3},\s*'[a-z-]+'`, 'src', '--include=*.ts', '--exclude=*.test.ts'],
    { encoding: 'utf8' },
  );
  const thrown = new Set([...stdout.matchAll(/'([a-z-]+)'/g)].map(([, slug]) => slug));
  expect(thrown.size).toBeGreaterThan(10);
  expect([...thrown].filter((slug) => !explained.has(slug))).toEqual([]);
});
