import { expect, test } from 'vitest';
import { kinds } from '../../src/app/kinds.ts';
import { checkDocuments } from '../../src/catalog/index.ts';
import { EXAMPLE } from '../src/app/overview/example-documents.ts';

test('what the first start proposes to write is right as it stands', () => {
  const { problems, documents } = checkDocuments([{ file: 'site.yaml', text: EXAMPLE }], kinds(), 0);
  expect(problems).toEqual([]);
  expect(documents).toBe(4);
});
