import fs from 'node:fs';
import path from 'node:path';
import { reply, route, type Route } from '../platform/http/index.ts';
import { PACKAGE_ROOT } from '../platform/package-root.ts';

function readProblems(): string {
  const file = path.join(PACKAGE_ROOT, 'docs', 'problems.md');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const inline = (text: string): string => escape(text).replace(/`([^`]*)`/g, '<code>$1</code>');

/** The rows of its table: `| <a id="slug"></a>slug | status | meaning |`. */
function rows(markdown: string): string {
  return [...markdown.matchAll(/^\|\s*<a id="([\w-]+)"><\/a>[\w-]+\s*\|([^|]*)\|(.*)\|\s*$/gm)]
    .map(
      ([, slug = '', status = '', meaning = '']) => `<tr id="${slug}"><th>${slug}<td>${escape(status.trim())}<td>${inline(meaning.trim())}`,
    )
    .join('\n');
}

const page = (
  table: string,
): string => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Problems · nines</title><style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}
th,td{text-align:left;vertical-align:top;padding:.4rem 1rem .4rem 0}tr:target{background:Mark;color:MarkText}</style>
<h1>What the API answers when it says no</h1><table><tr><th>problem<th>status<th>what it means, what to do
${table}</table></html>`;

/** Where the `type` of every problem document leads. */
export function problemsPage(): Route {
  const html = page(rows(readProblems()));
  return route({
    method: 'GET',
    path: '/docs/problems',
    access: 'public',
    summary: 'What each problem means and what to do about it',
    handler: () => reply(200, html, { 'content-type': 'text/html; charset=utf-8' }),
  });
}
