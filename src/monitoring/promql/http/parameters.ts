/** Prometheus' ways of writing parameters: times as RFC 3339 or seconds, durations as `5m` or seconds. */
import { badRequest } from '../../../platform/problem.ts';
import { tryParseDuration } from '../../../platform/duration.ts';
import type { Matcher } from '../../series.ts';
import { parse } from '../parse-cache.ts';
import { quote } from '../syntax/strings.ts';
import { PromQLSyntaxError } from '../syntax/syntax-error.ts';

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
/** The ends of JavaScript's calendar. */
const FURTHEST = 8.64e15;

const invalid = (name: string, problem: string): never => {
  throw badRequest(`invalid parameter ${quote(name)}: ${problem}`);
};

/** Milliseconds. */
export function timeParameter(params: URLSearchParams, name: string, otherwise?: number): number {
  const text = params.get(name) ?? '';
  if (text === '' && otherwise !== undefined) return otherwise;
  const ms = NUMBER.test(text) ? Math.round(Number(text) * 1000) : RFC3339.test(text) ? Date.parse(text.replace(' ', 'T')) : NaN;
  if (Number.isNaN(ms) || Math.abs(ms) > FURTHEST) {
    return invalid(name, `cannot parse ${quote(text.slice(0, 60))} to a valid timestamp, write seconds since 1970 or 2026-01-31T12:00:00Z`);
  }
  return ms;
}

/** Milliseconds, more than 0; undefined where it isn't given. */
export function durationParameter(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name) ?? '';
  if (text === '') return undefined;
  const ms = NUMBER.test(text) ? Math.round(Number(text) * 1000) : tryParseDuration(text);
  if (ms === undefined || !Number.isSafeInteger(ms)) {
    return invalid(name, `cannot parse ${quote(text.slice(0, 60))} to a valid duration, write seconds or a duration such as 5m`);
  }
  if (ms <= 0) {
    return invalid(
      name,
      name === 'step' ? 'zero or negative query resolution step widths are not accepted. Try a positive integer' : 'must be positive',
    );
  }
  return ms;
}

const RESOLUTIONS: readonly string[] = ['auto', 'raw', '1m', '5m', '1h'];

/** What may answer: `auto`, `raw` for samples alone, or a rollup; undefined where it isn't given. nines' own. */
export function resolutionParameter(params: URLSearchParams): string | undefined {
  const text = params.get('resolution') ?? '';
  if (text === '' || RESOLUTIONS.includes(text)) return text || undefined;
  return invalid('resolution', `there is no ${quote(text.slice(0, 60))}, write one of ${RESOLUTIONS.join(', ')}`);
}

/** 0 is no limit. */
export function limitParameter(params: URLSearchParams, name = 'limit'): number {
  const text = params.get(name) ?? '';
  if (text === '') return 0;
  const limit = Number(text);
  return /^\d{1,15}$/.test(text) ? limit : invalid(name, 'must be a whole number, 0 for no limit');
}

/** The selectors of `match[]`, each a list of matchers. */
export function matchParameter(params: URLSearchParams): (readonly Matcher[])[] {
  return params.getAll('match[]').map((text) => {
    try {
      const expr = parse(text);
      if (expr.kind === 'selector') return expr.matchers;
    } catch (error) {
      if (error instanceof PromQLSyntaxError) return invalid('match[]', error.message);
      throw error;
    }
    return invalid('match[]', `${quote(text.slice(0, 60))} is no series selector, such as up{job="api"}`);
  });
}
