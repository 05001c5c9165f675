import { expect, test } from 'vitest';
import { cell, codeBlock, csvField, plain } from './markdown.ts';

test.each([
  ['Fix checkout_api now', 'Fix checkout_api now'],
  ['# head', '\\# head'],
  ['a | b', 'a \\| b'],
  ['<b>&amp;</b>', '\\<b\\>\\&amp;\\</b\\>'],
  ['R&D', 'R&D'],
  ['[x](y) ![z](w)', '\\[x\\](y) !\\[z\\](w)'],
  ['_a_ *b* `c` ~~d~~', '\\_a\\_ \\*b\\* \\`c\\` \\~~d\\~~'],
  ['- item', '\\- item'],
  ['12. item', '12\\. item'],
  ['a\\|b', 'a\\\\\\|b'],
  ['a\u0000b\u2028c', 'a b c'],
])('%j stands as %j', (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test('lines become one cell; a code block outlasts its content; a CSV field is no formula', () => {
  expect(cell('one\r\n\n- two')).toBe('one · \\- two');
  expect(codeBlock('csv', 'a```b')).toBe('````csv\na```b\n````');
  expect(['=1+1', 'a,"b"', 'x\ny'].map(csvField)).toEqual(["'=1+1", '"a,""b"""', 'x y']);
});
