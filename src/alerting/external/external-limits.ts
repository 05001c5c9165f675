import { badRequest, LimitError } from '../../platform/problem.ts';
import type { ReportedAlert } from './external-alert.ts';

export interface ExternalLimits {
  /** The most alerts in one report. */
  readonly maxRequest: number;
  /** The most alerts that are kept: those that fire, and those that were resolved in the last quarter of an hour. */
  readonly maxKept: number;
  /** The most alerts that wait to be worked off. */
  readonly maxWaiting: number;
  /** The most bytes of those that wait. */
  readonly maxWaitingBytes: number;
}

export const DEFAULT_EXTERNAL_LIMITS: ExternalLimits = {
  maxRequest: 10_000,
  maxKept: 50_000,
  maxWaiting: 100_000,
  maxWaitingBytes: 256 * 1024 ** 2,
};

const MAX_LABELS = 64;
/** Names and values of labels and annotations together, in characters. */
const MAX_TEXT = 65_536;
const MAX_KEY = 1_024;

/** What keeps this alert from being taken; undefined where nothing does. */
export function reportProblem({ source, key, labels, annotations, startsAt, endsAt, generatorUrl }: ReportedAlert): string | undefined {
  if (!/^[\w.-][\w./-]{0,99}$/.test(source)) return 'a source is 1 to 100 letters, digits and ._/-';
  if (key === '' || key.length > MAX_KEY) return `a key has 1 to ${MAX_KEY} characters, this one has ${key.length}`;
  if (!isTime(startsAt) || (endsAt !== null && !isTime(endsAt))) return 'a time lies beyond the years 1970 to 9999';
  const entries = [...Object.entries(labels), ...Object.entries(annotations)];
  if (entries.length > 2 * MAX_LABELS || Object.keys(labels).length > MAX_LABELS)
    return `more than ${MAX_LABELS} labels, or ${2 * MAX_LABELS} labels and annotations together`;
  const length = entries.reduce((sum, [name, value]) => sum + name.length + value.length, generatorUrl?.length ?? 0);
  return length > MAX_TEXT ? `labels and annotations have ${length} characters together: more than ${MAX_TEXT}` : undefined;
}

const isTime = (time: number): boolean => Number.isFinite(time) && time >= 0 && time < 253_402_300_800_000;

/** @throws LimitError 413 where there are too many, Problem 400 where one can't be taken */
export function checkReport(alerts: readonly ReportedAlert[], { maxRequest }: ExternalLimits): void {
  if (alerts.length > maxRequest) {
    throw new LimitError(413, `${alerts.length} alerts were sent at once.`, {
      limit: maxRequest,
      setting: 'externalAlerts.maxRequest, or send them in several requests',
    });
  }
  alerts.forEach((alert, i) => {
    const problem = reportProblem(alert);
    if (problem !== undefined) throw badRequest(`Alert ${i + 1} of ${alerts.length} can't be taken: ${problem}.`);
  });
}
