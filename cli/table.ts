import { type Colour, cleanLine, type Paint } from './style.ts';

export type Cell = string | { readonly text: string; readonly colour?: Colour | undefined };

export interface Column<Row> {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Shortened first where the screen is too narrow. */
  readonly flexible?: boolean;
  cell(row: Row): Cell;
}

/** At least this much of a shortened column is left. */
const LEAST = 12;
const GAP = '  ';

/** An aligned table with a heading, no wider than the screen where its flexible columns allow it. Ends with a newline. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], options: { paint: Paint; width: number }): string {
  const { paint } = options;
  const cells = rows.map((row) => columns.map((column) => toCell(column.cell(row))));
  const widths = columns.map(({ head }, i) => Math.max(displayWidth(head), ...cells.map((row) => displayWidth(row[i]!.text))));
  shrink(widths, columns, options.width);
  const line = (texts: readonly { text: string; colour?: Colour | undefined }[]): string => {
    const padded = texts.map(({ text, colour }, i) => {
      const short = shorten(text, widths[i]!);
      const space = ' '.repeat(widths[i]! - displayWidth(short));
      const painted = paint(colour, short);
      if (columns[i]!.align === 'right') return space + painted;
      return i === columns.length - 1 ? painted : painted + space;
    });
    return `${padded.join(GAP).trimEnd()}\n`;
  };
  return line(columns.map(({ head }) => ({ text: head, colour: 'dim' }))) + cells.map(line).join('');
}

const toCell = (cell: Cell): { text: string; colour?: Colour | undefined } =>
  typeof cell === 'string' ? { text: cleanLine(cell) } : { text: cleanLine(cell.text), colour: cell.colour };

function shrink<Row>(widths: number[], columns: readonly Column<Row>[], screen: number): void {
  const flexible = columns.flatMap(({ flexible: yes }, i) => (yes === true ? [i] : []));
  for (;;) {
    const over = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - screen;
    const widest = flexible.filter((i) => widths[i]! > LEAST).sort((a, b) => widths[b]! - widths[a]!)[0];
    if (over <= 0 || widest === undefined) return;
    widths[widest] = Math.max(LEAST, widths[widest]! - over);
  }
}

export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let short = '';
  for (const char of text) {
    if (displayWidth(short + char) > width - 1) break;
    short += char;
  }
  return `${short}…`;
}

/** Columns on the screen: East Asian and emoji characters take two, combining ones none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(char)) continue;
    width += /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u.test(char) ? 2 : 1; // prettier-ignore
  }
  return width;
}
