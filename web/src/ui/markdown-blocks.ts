export interface ListItem {
  readonly text: string;
  /** Whether a task is done; undefined for what is no task. */
  readonly task: boolean | undefined;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly type: 'heading'; readonly level: number; readonly text: string }
  | { readonly type: 'paragraph' | 'code'; readonly text: string }
  | { readonly type: 'rule' }
  | { readonly type: 'quote'; readonly blocks: readonly Block[] }
  | { readonly type: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: 'list'; readonly ordered: boolean; readonly start: number; readonly items: readonly ListItem[] };

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(?:\s+(.*))?$/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const MAX_DEPTH = 8;

/** The blocks of a Markdown text. Comments (`<!-- … -->`) are instructions to the author and are left out. */
export function parseBlocks(text: string, depth = 0): Block[] {
  const lines = (depth === 0 ? withoutComments(text) : text).replaceAll('\r', '').replaceAll('\t', '    ').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.trim() === '') {
      at += 1;
      continue;
    }
    const [block, next] = readBlock(lines, at, depth);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

/** Not inside fences, where they are code. */
function withoutComments(text: string): string {
  return text
    .split(/(^ {0,3}```[\s\S]*?^ {0,3}```)/m)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/<!--[\s\S]*?-->/g, '')))
    .join('');
}

type Read = [block: Block, next: number];

function readBlock(lines: readonly string[], at: number, depth: number): Read {
  const line = lines[at] ?? '';
  if (FENCE.test(line)) return readFence(lines, at);
  const heading = HEADING.exec(line);
  if (heading) return [{ type: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' }, at + 1];
  if (RULE.test(line)) return [{ type: 'rule' }, at + 1];
  if (depth < MAX_DEPTH && /^ {0,3}>/.test(line)) return readQuote(lines, at, depth);
  if (depth < MAX_DEPTH && ITEM.test(line)) return readList(lines, at, depth);
  if (line.includes('|') && DIVIDER.test(lines[at + 1] ?? '')) return readTable(lines, at);
  return readParagraph(lines, at);
}

function readFence(lines: readonly string[], at: number): Read {
  const fence = FENCE.exec(lines[at] ?? '')?.[1] ?? '```';
  let end = at + 1;
  while (end < lines.length && !(lines[end] ?? '').trimStart().startsWith(fence)) end += 1;
  return [{ type: 'code', text: lines.slice(at + 1, end).join('\n') }, end + 1];
}

function readQuote(lines: readonly string[], at: number, depth: number): Read {
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end] ?? '')) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ''));
  return [{ type: 'quote', blocks: parseBlocks(inner.join('\n'), depth + 1) }, end];
}

function readTable(lines: readonly string[], at: number): Read {
  const head = cells(lines[at] ?? '');
  let end = at + 2;
  const rows: string[][] = [];
  for (; end < lines.length && (lines[end] ?? '').includes('|'); end += 1) {
    const row = cells(lines[end] ?? '');
    rows.push(head.map((_, column) => row[column] ?? ''));
  }
  return [{ type: 'table', head, rows }, end];
}

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll(String.raw`\|`, '|'));

function readList(lines: readonly string[], at: number, depth: number): Read {
  const first = ITEM.exec(lines[at] ?? '');
  const indent = first?.[1]?.length ?? 0;
  const ordered = /\d/.test(first?.[2] ?? '');
  const items: ListItem[] = [];
  let next = at;
  while (next < lines.length) {
    const match = ITEM.exec(lines[next] ?? '');
    if (match === null || match[1]?.length !== indent || /\d/.test(match[2] ?? '') !== ordered || RULE.test(lines[next] ?? '')) break;
    const content = indent + (match[2]?.length ?? 1) + 1;
    let end = next + 1;
    while (end < lines.length && belongs(lines, end, indent)) end += 1;
    items.push(readItem(match[3] ?? '', lines.slice(next + 1, end), content, depth));
    next = end;
    // A blank line between items keeps them one list.
    if ((lines[next] ?? '').trim() === '' && ITEM.exec(lines[next + 1] ?? '')?.[1]?.length === indent) next += 1;
  }
  return [{ type: 'list', ordered, start: Number.parseInt(first?.[2] ?? '1', 10) || 1, items }, next];
}

/** Whether a line goes on with the item above: indented, or the next line of its paragraph. */
function belongs(lines: readonly string[], at: number, indent: number): boolean {
  const line = lines[at] ?? '';
  if (line.trim() === '') return /^ +\S/.test(lines[at + 1] ?? '') && (lines[at + 1] ?? '').search(/\S/) > indent;
  if (line.search(/\S/) > indent) return true;
  return (lines[at - 1] ?? '').trim() !== '' && !ITEM.test(line) && !HEADING.test(line) && !FENCE.test(line) && !RULE.test(line);
}

function readItem(head: string, rest: readonly string[], indent: number, depth: number): ListItem {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(head);
  const text = [task?.[2] ?? head];
  let at = 0;
  while (at < rest.length && (rest[at] ?? '').trim() !== '' && !ITEM.test(rest[at] ?? '') && !FENCE.test((rest[at] ?? '').trimStart())) {
    text.push((rest[at] ?? '').trim());
    at += 1;
  }
  const inner = rest.slice(at).map((line) => line.slice(Math.min(indent, Math.max(0, line.search(/\S/)))));
  return {
    text: text.join(' '),
    task: task === null ? undefined : task[1] !== ' ',
    blocks: parseBlocks(inner.join('\n'), depth + 1),
  };
}

function readParagraph(lines: readonly string[], at: number): Read {
  let end = at + 1;
  while (end < lines.length) {
    const line = lines[end] ?? '';
    if (line.trim() === '' || HEADING.test(line) || FENCE.test(line) || RULE.test(line) || /^ {0,3}>/.test(line) || ITEM.test(line)) break;
    end += 1;
  }
  const text = lines.slice(at, end).map((line) => line.trim());
  return [{ type: 'paragraph', text: text.join(' ') }, end];
}
