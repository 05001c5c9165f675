import type { FrozenGraph } from './frozen-graph.ts';

/** One row a time, one column a series, as RFC 4180 has it. */
export function frozenCsv({ series }: FrozenGraph): string {
  const rows = new Map<number, string[]>();
  for (const [column, { points }] of series.entries()) {
    for (const [time, value] of points) {
      let row = rows.get(time);
      if (!row) rows.set(time, (row = Array<string>(series.length).fill('')));
      row[column] = value === null ? '' : String(value);
    }
  }
  const head = ['time', ...series.map(({ name }) => quoted(name))].join(',');
  const lines = [...rows].sort(([a], [b]) => a - b).map(([time, values]) => [new Date(time).toISOString(), ...values].join(','));
  return [head, ...lines, ''].join('\r\n');
}

/** A text that a spreadsheet would take for a formula is given an apostrophe. */
const quoted = (text: string): string => `"${(/^[=+\-@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
