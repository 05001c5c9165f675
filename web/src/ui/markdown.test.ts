import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Markdown } from './markdown.tsx';

const html = (text: string, image?: (address: string) => string | undefined): string =>
  renderToStaticMarkup(createElement(Markdown, { text, ...(image && { image }) }))
    .replace(/^(<link rel="preload"[^>]*>)*<div class="markdown">/, '')
    .replace(/<\/div>$/, '')
    .replaceAll(' rel="noreferrer" target="_blank"', '')
    .replaceAll(' tabindex="0"', '');

test.each([
  ['a paragraph\nof two lines', '<p>a paragraph of two lines</p>'],
  ['# One\n## Two ##\n### Three', '<h2>One</h2><h2>Two</h2><h3>Three</h3>'],
  ['**bold** and *it* and _it_ and `a*b*`', '<p><strong>bold</strong> and <em>it</em> and <em>it</em> and <code>a*b*</code></p>'],
  ['snake_case_name stays', '<p>snake_case_name stays</p>'],
  ['\\*not\\* \\<b\\> \\[x\\](y)', '<p>*not* &lt;b&gt; [x](y)</p>'],
  ['- a\n- b\n  - c\n\ntext', '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>text</p>'],
  ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
  ['-\n', '<ul><li></li></ul>'],
  ['> said\n> twice', '<blockquote><p>said twice</p></blockquote>'],
  ['````csv\na,```,b\n````\nafter', '<pre><code>a,```,b</code></pre><p>after</p>'],
  ['```\nnever closed', '<pre><code>never closed</code></pre>'],
  ['---', '<hr/>'],
  ['<!-- a word to the author -->text', '<p>text</p>'],
  [
    '[a](https://x.example/b) <https://y.example>',
    '<p><a href="https://x.example/b">a</a> <a href="https://y.example">https://y.example</a></p>',
  ],
  ['[graph](/graph?expr=up)', '<p><a href="/graph?expr=up">graph</a></p>'],
  ['[a \\[b\\]](https://x.example)', '<p><a href="https://x.example">a [b]</a></p>'],
  ['see https://x.example/a.', '<p>see <a href="https://x.example/a">https://x.example/a</a>.</p>'],
])('%j', (text, expected) => expect(html(text)).toBe(expected));

test('a table, with an escaped bar, a short row and no head', () => {
  expect(html('| a | b |\n| --- | --: |\n| 1 \\| 2 | **x** |\n| 3 |')).toBe(
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1 | 2</td><td><strong>x</strong></td></tr><tr><td>3</td><td></td></tr></tbody></table>',
  );
  expect(html('|  |  |\n| --- | --- |\n| k | v |')).toBe('<table><tbody><tr><td>k</td><td>v</td></tr></tbody></table>');
});

test('a list of tasks', () => {
  expect(html('- [ ] one\n- [x] two')).toMatch(/^<ul><li><input .*to do.*one<\/li><li><input .*done.*checked=""\/> two<\/li><\/ul>$/);
});

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](  JavaScript:alert(1))',
  '[x](data:text/html,hi)',
  '[x](//evil.example)',
  '[x](/\\evil.example)',
  '![x](https://evil.example/track.png)',
  '<javascript:alert(1)>',
])('nothing runs and nothing is fetched: %s', (text) => {
  expect(html(text)).not.toMatch(/<(script|img)|href="(?!https:\/\/evil\.example\/track\.png)/i);
});

test('an image that the page calls its own is shown', () => {
  const image = (address: string): string | undefined => (address.endsWith('1.svg') ? '/own/1.svg' : undefined);
  expect(html('![rate(a\\[5m\\])](https://nines.example/1.svg)', image)).toBe('<p><img src="/own/1.svg" alt="rate(a[5m])"/></p>');
  expect(html('![Graph 1](https://nines.example/1.svg)', image)).toBe('<p><img src="/own/1.svg" alt="Graph 1"/></p>');
});

test('a hostile text takes no more than its share of time', () => {
  // Of the processor: others may be at work here.
  const started = process.cpuUsage();
  for (const text of [
    '*'.repeat(20_000),
    '['.repeat(20_000),
    '> '.repeat(5_000),
    '- '.repeat(5_000),
    '`'.repeat(20_000),
    '|'.repeat(20_000),
  ])
    html(text);
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(3_000);
});
