/** Every link from one page of the documentation to another leads somewhere, and every heading that is linked is there. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const docs = fs.readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => path.join('docs', file));
const pages = ['README.md', 'CHANGELOG.md', ...docs.filter((file) => file.endsWith('.md'))];

const withoutCode = (text: string): string => text.replaceAll(/^ {0,3}```[^]*?^ {0,3}```$/gm, '').replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' ')); // prettier-ignore

/** As GitHub makes them of headings: https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links */
function anchorsOf(file: string): Set<string> {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8').replaceAll(/^ {0,3}```[^]*?^ {0,3}```$/gm, '');
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.matchAll(/^#{1,6} (.*)$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim().toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i += 1) anchor = `${slug}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
} // prettier-ignore

function brokenIn(file: string): string[] {
  const text = withoutCode(fs.readFileSync(path.join(ROOT, file), 'utf8'));
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/i.test(target)) return [];
    const [name = '', anchor] = target.split('#');
    const linked = name === '' ? file : path.join(path.dirname(file), name);
    const where = path.join(ROOT, linked);
    if (!fs.existsSync(where)) return [`${target}: there is no ${linked}`];
    if (anchor === undefined || !linked.endsWith('.md') || anchorsOf(linked).has(anchor)) return [];
    return [`${target}: there is no such heading in ${linked}`];
  });
}

test.each(pages)('links of %s', (file) => {
  expect(brokenIn(file)).toEqual([]);
});
