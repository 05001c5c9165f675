/**
 * Text that others wrote, made to stand in Markdown as what it is: no heading, table cell, link, image or HTML comes out
 * of it. On one line. For CommonMark with tables.
 */
export function plain(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .replace(/ {2,}/g, ' ')
      .trim()
      .replace(/[\\`*[\]|#<>]|~(?=~)|&(?=#?\w+;)/g, '\\$&')
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
      // At a line's beginning these would begin a list or a rule.
      .replace(/^([-+=])/, '\\$1')
      .replace(/^(\d+)([.)])/, '$1\\$2')
  );
}

/** Several lines of text as one table cell or list item. */
export const cell = (text: string): string => text.split(/\r?\n/).map(plain).filter(Boolean).join(' · ');

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A block that is shown letter by letter, whatever it holds. */
export function codeBlock(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A field of a CSV file (RFC 4180), quoted where it must be. A leading `=`, `+`, `-` or `@` would run as a formula in a spreadsheet. */
export function csvField(text: string): string {
  const safe = /^[=+@-]/.test(text) ? `'${text}` : text;
  const flat = safe.replace(/[\p{Cc}]+/gu, ' ');
  return /[",]/.test(flat) ? `"${flat.replaceAll('"', '""')}"` : flat;
}
