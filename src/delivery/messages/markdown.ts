import { cutText, type Measure, type MessageParts } from './message-parts.ts';

/** Addresses stay as they are, so that they can still be clicked. */
const ADDRESS = /(https?:\/\/[\w\-./?&=%#+,;:@!$']+)/;

function escapeBetween(text: string, escape: (part: string) => string): string {
  return text
    .split(ADDRESS)
    .map((part, i) => (i % 2 === 1 ? part : escape(part)))
    .join('');
}

/** Every character that CommonMark may take for markup, escaped: text is shown as it is. */
export const escapedMarkdown = (text: string): string =>
  escapeBetween(text, (part) => part.replaceAll(/[\\`*_{}[\]()#+\-.!|~<>&]/g, String.raw`\$&`));

/** The same for readers that know no backslash before `<` and `&`. */
export const entityMarkdown = (text: string): string =>
  escapeBetween(text, (part) =>
    part
      .replaceAll(/[\\`*_{}[\]()#+\-.!|~>]/g, String.raw`\$&`)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;'),
  );

export interface MarkdownStyle {
  /** UTF-16 units of the whole. */
  readonly limit: number;
  readonly escape: (text: string) => string;
  readonly title: (escaped: string) => string;
  /** How a link is written; `[label](url)` by default. */
  readonly link?: (label: string, url: string) => string;
}

const plainLink = (label: string, url: string): string => `[${label}](${url})`;

/** A message as Markdown: its title, its links in a line (so that nothing cuts them off), its body with named links. */
export function markdownText({ title, body, links }: MessageParts, style: MarkdownStyle): string {
  const { limit, escape, link = plainLink } = style;
  const measure: Measure = (character) => escape(character).length;
  const head = style.title(escape(cutText(title, Math.floor(limit / 8), measure)));
  const parts = [head];
  let room = limit - head.length;
  const buttons: string[] = [];
  for (const { label, url } of links) {
    const written = link(escape(label), safeUrl(url));
    if (written.length + 3 > room) continue;
    buttons.push(written);
    room -= written.length + 3;
  }
  if (buttons.length > 0) parts.push(buttons.join(' · '));
  const lines: string[] = [];
  room -= 4;
  for (const line of body.split('\n')) {
    const [, label, url] = /^([A-Z][\w ]{0,30}): (https?:\/\/\S{1,2000})$/.exec(line) ?? [];
    const written = label === undefined || url === undefined ? escape(line) : link(escape(label), safeUrl(url));
    room -= 1;
    if (written.length <= room) {
      lines.push(written);
      room -= written.length;
      continue;
    }
    lines.push(label === undefined && room > 10 ? escape(cutText(line, room, measure)) : '…');
    break;
  }
  return [...parts, lines.join('\n').trim()].filter((part) => part !== '').join('\n\n');
}

/** What would end a link in Markdown, spelled in percent. */
const safeUrl = (url: string): string =>
  url.replaceAll(/[()<>\\|]/g, (character) => `%${character.codePointAt(0)!.toString(16).toUpperCase()}`);
