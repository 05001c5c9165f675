import { expect, test } from 'vitest';
import { scrapeKind } from '../scrape/index.ts';
import { relabelSteps } from './relabel-steps.ts';

const spec = scrapeKind.spec.parse({
  targets: ['a:1'],
  relabel: [
    { sourceLabels: ['__address__'], targetLabel: 'instance' },
    { sourceLabels: ['instance'], regex: 'a:1', action: 'drop' },
    { targetLabel: 'never', replacement: 'seen' },
  ],
});

test('each step tells what it makes of the labels, up to the one that drops them', () => {
  const steps = relabelSteps({ name: 'a', spec }, '{"__address__":"a:1"}');
  expect(steps.map(({ keep, output }) => [keep, output])).toEqual([[true, { __address__: 'a:1', instance: 'a:1' }], [false, {}]]); // prettier-ignore
  expect(steps[0]!.rule).toEqual({ source_labels: ['__address__'], separator: ';', regex: '(.*)', target_label: 'instance', replacement: '$1', action: 'replace' }); // prettier-ignore
  expect(relabelSteps({ name: 'a', spec }, '{"__address__":"b:1"}')).toHaveLength(3);
  expect(() => relabelSteps({ name: 'a', spec }, '[1]')).toThrow('must be a JSON object of texts');
});
