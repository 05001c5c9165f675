import type { Evidence } from './evidence.ts';
import type { FrozenGraph } from '../monitoring/index.ts';
import { codeBlock, csvField, plain } from './markdown.ts';

/** The graphs' numbers as they were at the all-clear, with a picture of each. */
export function draftAppendix({ id, url, graphs, pages }: Evidence): string {
  if (graphs.length === 0) {
    return pages.some(({ alerts }) => alerts.length > 0)
      ? 'The alerts of this incident have no graph.'
      : 'No alert was part of this incident.';
  }
  const intro = 'What the alerts looked at, kept as it was when the all-clear was called. Times are UTC.';
  return [intro, ...graphs.map((graph, i) => draftGraph(graph, `${url}/nines/v1/postmortems/${id}/graphs/${i + 1}.svg`, i + 1))].join(
    '\n\n',
  );
}

function draftGraph(graph: FrozenGraph, picture: string, number: number): string {
  const title = `### Graph ${number}: ${plain(graph.title)}`;
  if (graph.problem !== null) return `${title}\n\nIt could not be drawn: ${plain(graph.problem)}`;
  if (graph.series.length === 0) return `${title}\n\nThere was no data.`;
  const notes = [
    ...(graph.threshold === null ? [] : [`The alert compares it with ${graph.threshold}.`]),
    ...(graph.left > 0 ? [`${graph.left} more series, all smaller, are left out.`] : []),
  ];
  return [
    title,
    `![Graph ${number}: ${plain(graph.title)}](${picture})`,
    ...(notes.length === 0 ? [] : [notes.join(' ')]),
    codeBlock('csv', csvOf(graph)),
  ].join('\n\n');
}

/** A row for each time that any series has a point at, a column for each series. */
function csvOf({ series }: FrozenGraph): string {
  const times = [...new Set(series.flatMap(({ points }) => points.map(([time]) => time)))].sort((a, b) => a - b);
  const columns = series.map(({ points }) => new Map(points));
  const rows = times.map((time) =>
    [`${new Date(time).toISOString().slice(0, 19)}Z`, ...columns.map((column) => number(column.get(time)))].join(','),
  );
  return [['time', ...series.map(({ name }) => csvField(name))].join(','), ...rows].join('\n');
}

/** Four digits are more than a reader needs and enough to draw it again. */
const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(Number(value.toPrecision(4)));
