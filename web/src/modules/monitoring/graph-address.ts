import type { Unit } from '../../ui/graph.tsx';
import type { Range } from './promql.ts';

/** ISO 8601 or milliseconds; undefined for anything else. */
export function parseTime(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  const ms = /^\d{10,}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

const HOUR = 3_600_000;

/** The span that an address asks for. `fixed`: it won't move on as time does. */
export function rangeOf(search: URLSearchParams, now: number): Range & { fixed: boolean } {
  const from = parseTime(search.get('from'));
  const to = parseTime(search.get('to'));
  if (from !== undefined && to !== undefined && from < to) return { fromMs: from, toMs: to, fixed: true };
  // A link to something that still goes on: from then until now.
  if (from !== undefined && from < now) return { fromMs: from, toMs: now, fixed: false };
  const seconds = Number(search.get('span'));
  return { fromMs: now - (seconds > 0 ? seconds * 1_000 : HOUR), toMs: now, fixed: false };
}

export function absoluteLink(origin: string, expr: string, { fromMs, toMs }: Range): string {
  const parameters = new URLSearchParams({ expr, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() });
  return `${origin}/graph?${parameters.toString()}`;
}

/** A guess from the names in the query; the page lets one choose another. */
export function unitOf(expr: string): Unit {
  if (/\/[^/]*$/.test(expr) && /_(total|count|bytes)\b/.test(expr)) return 'ratio';
  if (/_ratio\b|budget_remaining/.test(expr)) return 'ratio';
  if (/burn_rate/.test(expr)) return 'times';
  if (/_bytes\b/.test(expr)) return 'bytes';
  if (/^\s*(sum|avg|max)?[^(]*\(?\s*i?rate\(/.test(expr) && !/_seconds_(sum|bucket)/.test(expr)) return 'per second';
  if (/_seconds\b|_seconds_(sum|bucket)/.test(expr) && !/_seconds_(total|count)/.test(expr)) return 'seconds';
  return 'number';
}
