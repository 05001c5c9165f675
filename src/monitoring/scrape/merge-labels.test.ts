import { expect, test } from 'vitest';
import { brokenLabelLimit, mergeLabels } from './merge-labels.ts';

const target = { job: 'shop', instance: 'a:1' };

test.each([
  ['no conflict', { __name__: 'm', x: 'y' }, false, { __name__: 'm', x: 'y', job: 'shop', instance: 'a:1' }],
  ['a conflict', { job: 'theirs' }, false, { exported_job: 'theirs', job: 'shop', instance: 'a:1' }],
  ['a conflict, honoured', { job: 'theirs' }, true, { job: 'theirs', instance: 'a:1' }],
  [
    'a conflict with an exported label there already',
    { job: 'theirs', exported_job: 'older' },
    false,
    { exported_exported_job: 'theirs', exported_job: 'older', job: 'shop', instance: 'a:1' },
  ],
  ['an empty label', { x: '', job: '' }, false, { job: 'shop', instance: 'a:1' }],
  ['an empty label, honoured, keeps ours away', { x: '', job: '' }, true, { instance: 'a:1' }],
])('%s', (_, scraped, honorLabels, merged) => expect(mergeLabels(scraped as Record<string, string>, target, honorLabels)).toEqual(merged));

test.each([
  [{ __name__: 'm', a: '1', b: '2' }, 'the series m has 3 labels, more than labelLimit (2)'],
  [{ __name__: 'm', abcdefghijk: '1' }, 'a label name of m has 11 characters, more than labelNameLengthLimit (10)'],
  [{ __name__: 'm', a: '123456' }, 'the label a of m has 6 characters, more than labelValueLengthLimit (5)'],
  [{ __name__: 'm', a: '12345' }, undefined],
])('limits on %j', (labels, message) =>
  expect(brokenLabelLimit(labels, { labelLimit: 2, labelNameLengthLimit: 10, labelValueLengthLimit: 5 })).toBe(message),
);
