import type { Columns } from '../../../platform/columns/index.ts';
import type { Exemplar, SeriesExemplars } from '../../series.ts';
import type { Alternatives } from '../series/ask-series.ts';
import type { SeriesIndex } from '../series/series-index.ts';
import { ExemplarBook } from './exemplar-book.ts';
import { readExemplars } from './exemplar-table.ts';

interface ExemplarParts {
  readonly index: SeriesIndex;
  readonly book: ExemplarBook;
  readonly columns: Columns | undefined;
}

/** Exemplars of the series that fit any of the alternatives, by series, oldest first: from memory and from the engine, each once. */
export async function askExemplars(
  { index, book, columns }: ExemplarParts,
  alternatives: Alternatives,
  from: number,
  to: number,
): Promise<SeriesExemplars[]> {
  const ids = new Set<number>();
  for (const matchers of alternatives) for (const id of index.select(matchers)) ids.add(id);
  const bySeries = new Map<number, ExemplarBook>();
  const add = (one: Exemplar): void => {
    let own = bySeries.get(one.id);
    if (own === undefined) bySeries.set(one.id, (own = new ExemplarBook(Number.POSITIVE_INFINITY)));
    own.add([one]);
  };
  if (columns) for (const one of await readExemplars(columns, [...ids], from, to)) add(one);
  for (const id of ids) for (const one of book.of(id, from, to)) add(one);
  return [...bySeries].flatMap(([id, own]) => {
    const labels = index.labelsOf(id);
    return labels ? [{ labels, exemplars: own.of(id, from, to).sort((a, b) => a.time - b.time) }] : [];
  });
}
