/**
 * A query as a tree of text, so that it can be written for either side and be made smaller. A piece of text that Prometheus 2 spells
 * otherwise has both spellings.
 */

export interface Spelled {
  readonly ours: string;
  readonly theirs: string;
}

/** 'option' may be left out; 'side' stands only where it is. */
export type PieceKind = 'vector' | 'scalar' | 'matrix' | 'option' | 'side';

export interface Piece {
  readonly kind: PieceKind;
  readonly parts: readonly Part[];
}

export type Part = string | Spelled | Piece;

/** `vector\`sum(${inner})\``: a piece of this kind from text and pieces. */
const of =
  (kind: PieceKind) =>
  (text: readonly string[], ...values: readonly Part[]): Piece => ({
    kind,
    parts: text.flatMap((one, i) => (i < values.length ? [one, values[i]!] : [one])),
  });
export const vector = of('vector');
export const scalar = of('scalar');
export const matrix = of('matrix');
export const option = of('option');
export const side = of('side');
export const NOTHING = option``;

const isPiece = (part: Part): part is Piece => typeof part === 'object' && 'parts' in part;

export function write(piece: Piece, side: keyof Spelled): string {
  return piece.parts.map((part) => (typeof part === 'string' ? part : isPiece(part) ? write(part, side) : part[side])).join('');
}

const SMALLEST: Readonly<Record<PieceKind, readonly Piece[]>> = {
  vector: [vector`requests_total`, vector`temperature`, vector`vector(1)`],
  scalar: [scalar`1`],
  matrix: [matrix`requests_total[5m]`],
  option: [NOTHING],
  side: [],
};

/** Smaller queries of the same type, the smallest first: each with one piece replaced by one inside it, or by the least there is. */
export function* smaller(piece: Piece): Generator<Piece> {
  const length = write(piece, 'ours').length;
  for (const inner of inside(piece)) if (inner.kind === piece.kind && piece.kind !== 'side') yield inner;
  for (const least of SMALLEST[piece.kind]) if (write(least, 'ours').length < length) yield least;
  for (const [i, part] of piece.parts.entries()) {
    if (!isPiece(part)) continue;
    for (const less of smaller(part)) yield { ...piece, parts: piece.parts.with(i, less) };
  }
}

function* inside(piece: Piece): Generator<Piece> {
  for (const part of piece.parts) {
    if (!isPiece(part)) continue;
    yield part;
    yield* inside(part);
  }
}

/** How many pieces. */
export const sizeOf = (piece: Piece): number => 1 + [...inside(piece)].length;
