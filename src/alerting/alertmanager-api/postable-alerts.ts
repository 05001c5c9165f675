import { fingerprintOf } from '../alerts/index.ts';
import { reportProblem } from '../external/external-limits.ts';
import type { ReportedAlert } from '../external/index.ts';

/** Who reports what comes by Alertmanager's API: two Prometheus of one pair tell of one alert. */
export const ALERTMANAGER_SOURCE = 'alertmanager';

export interface Postable {
  readonly alerts: readonly ReportedAlert[];
  /** What was refused, and why; the others are taken, as Alertmanager does it. */
  readonly problems: readonly string[];
}

interface Given {
  readonly now: number;
  /** For alerts that don't say when they end: they do unless they are told of again. */
  readonly resolveTimeoutMs: number;
}

/** The body of `POST /api/v2/alerts`; undefined where it isn't a list. */
export function postableAlerts(body: unknown, given: Given): Postable | undefined {
  if (!Array.isArray(body)) return undefined;
  const alerts: ReportedAlert[] = [];
  const problems: string[] = [];
  body.forEach((one: unknown, i) => {
    const read = postableAlert(one, given);
    const problem = typeof read === 'string' ? read : reportProblem(read);
    if (problem !== undefined) problems.push(`alert ${i + 1}: ${problem}`);
    else alerts.push(read as ReportedAlert);
  });
  return { alerts, problems };
}

function postableAlert(one: unknown, { now, resolveTimeoutMs }: Given): ReportedAlert | string {
  if (!isObject(one)) return 'it is not an object';
  const labels = texts(one['labels']);
  const annotations = texts(one['annotations'] ?? {}, true);
  if (labels === undefined) return 'labels must be an object of texts';
  if (annotations === undefined) return 'annotations must be an object of texts';
  if (Object.keys(labels).length === 0) return 'at least one label pair required';
  const times = { startsAt: timeOf(one['startsAt']), endsAt: timeOf(one['endsAt']) };
  for (const [name, time] of Object.entries(times)) if (Number.isNaN(time)) return `${name} is not a time as RFC 3339 has it`;
  const startsAt = times.startsAt ?? times.endsAt ?? now;
  const endsAt = times.endsAt ?? now + resolveTimeoutMs;
  if (endsAt < startsAt) return 'start time must be before end time';
  const url = one['generatorURL'];
  return {
    source: ALERTMANAGER_SOURCE,
    key: fingerprintOf('', labels),
    status: endsAt <= now ? 'resolved' : 'firing',
    labels,
    annotations,
    startsAt,
    endsAt,
    generatorUrl: typeof url === 'string' && URL.canParse(url) ? url : null,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object of texts, by default without the empty ones: an empty label is none. Undefined where it is something else. */
function texts(value: unknown, empty = false): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const kept: [string, string][] = [];
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string' || name === '') return undefined;
    if (text !== '' || empty) kept.push([name, text]);
  }
  return Object.fromEntries(kept);
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,3})\d{0,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds; undefined where it isn't given, or Go's zero time; NaN where it is no time. */
export function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const [, day, time, fraction = '0', zone] = typeof value === 'string' && value.length < 50 ? (RFC_3339.exec(value) ?? []) : [];
  if (day === undefined) return Number.NaN;
  if (day === '0001-01-01') return undefined;
  return Date.parse(`${day}T${time}.${fraction.padEnd(3, '0')}${zone!.toUpperCase()}`);
}
