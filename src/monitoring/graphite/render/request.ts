import { GraphiteError } from '../graphite-error.ts';
import { parseAtTime } from '../time/at-time.ts';
import { isZone } from '../time/zone.ts';

/** What a request to `/render` asks for. Times are seconds since the epoch. */
export interface RenderRequest {
  readonly targets: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly now: number;
  readonly zone: string;
  readonly format: string;
  readonly jsonp: string | undefined;
  readonly maxDataPoints: number | undefined;
  readonly noNullPoints: boolean;
  readonly xFilesFactor: number;
  readonly template: ReadonlyMap<string, string>;
}

const MOST_TARGETS = 1_000;

/** The times of a request, the earlier first, by default the last day. */
export function timesOf(params: URLSearchParams, clock: number): { from: number; until: number; now: number; zone: string } {
  const asked = params.get('tz') ?? '';
  const zone = isZone(asked) ? asked : 'UTC';
  const now = params.has('now') ? parseAtTime(params.get('now')!, zone, clock) : clock;
  const until = params.has('until') ? parseAtTime(params.get('until')!, zone, now) : now;
  const from = parseAtTime(params.get('from') ?? '-1d', zone, now);
  return { from: Math.min(from, until), until: Math.max(from, until), now, zone };
}

/** Reads the parameters; those that only tune graphite-web itself, such as `noCache` and `local`, mean nothing here. */
export function renderRequest(params: URLSearchParams, clock: number): RenderRequest {
  const graphType = params.get('graphType') ?? 'line';
  if (graphType !== 'line') throw new GraphiteError(`There is no graphType '${graphType.slice(0, 40)}' here: lines are drawn.`);
  const targets = params.has('target') ? params.getAll('target') : params.getAll('target[]');
  if (targets.length > MOST_TARGETS) throw new GraphiteError(`There are ${targets.length} targets, at most ${MOST_TARGETS} are taken.`);
  const times = timesOf(params, clock);
  if (times.from === times.until) throw new GraphiteError("The time range is empty: 'from' and 'until' are the same.");
  const template = new Map<string, string>();
  for (const [name, value] of params) {
    const variable = /^template\[(.*)\]$/s.exec(name)?.[1];
    if (variable !== undefined) template.set(variable, value);
  }
  const format = params.get('format') ?? (params.has('rawData') ? 'raw' : params.has('pickle') ? 'pickle' : 'png');
  const points = params.get('maxDataPoints') ?? '';
  return {
    ...times,
    targets,
    format,
    jsonp: jsonpOf(params),
    maxDataPoints: /^\d{1,9}$/.test(points) ? Number(points) : undefined,
    noNullPoints: params.has('noNullPoints'),
    xFilesFactor: factorOf(params.get('xFilesFactor')),
    template,
  };
}

/** The name of the function that an answer is to be handed to. @throws GraphiteError where it is more than a name */
export function jsonpOf(params: URLSearchParams): string | undefined {
  const name = params.get('jsonp') ?? undefined;
  if (name !== undefined && !/^[\w$.[\]]{1,200}$/.test(name)) throw new GraphiteError("'jsonp' must be the name of a function.");
  return name;
}

function factorOf(text: string | null): number {
  const factor = Number(text ?? 0);
  if (!Number.isFinite(factor)) throw new GraphiteError("'xFilesFactor' must be a number from 0 to 1.");
  return factor;
}
