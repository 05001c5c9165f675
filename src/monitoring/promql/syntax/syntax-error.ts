import { Problem } from '../../../platform/problem.ts';

/** A query that isn't PromQL, or whose types don't fit: says where, what was wrong and what would be right. Status 400. */
export class PromQLSyntaxError extends Problem {
  /** What is wrong, without the place. */
  readonly reason: string;
  /** Offset into the query, in UTF-16 units. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;

  constructor(query: string, position: number, reason: string) {
    const at = placeOf(query, position);
    super(400, 'promql-syntax', `${at.line}:${at.column}: parse error: ${reason}`, { extra: { ...at, position } });
    this.name = 'PromQLSyntaxError';
    this.reason = reason;
    this.position = position;
    this.line = at.line;
    this.column = at.column;
  }
}

/** Line and column, both from 1, of an offset. */
export function placeOf(query: string, position: number): { line: number; column: number } {
  const before = query.slice(0, position);
  const line = before.split('\n').length;
  return { line, column: position - (before.lastIndexOf('\n') + 1) + 1 };
}
