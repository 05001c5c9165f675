/** What people are told of a heartbeat: pure. */
import { Temporal } from 'temporal-polyfill';
import { formatDuration } from '../../platform/duration.ts';
import type { ReportedAlert } from '../external/index.ts';
import type { HeartbeatState, Trouble, Verdict } from './heartbeat.ts';
import type { HeartbeatSpec } from './heartbeat-kind.ts';

export interface Told {
  readonly name: string;
  readonly title: string;
  readonly spec: HeartbeatSpec;
  readonly state: HeartbeatState;
  readonly verdict: Verdict;
  readonly runbook: string | undefined;
  /** Of nines, without a slash at its end. */
  readonly url: string;
  readonly now: number;
}

const SUBJECT: Record<Trouble, (title: string, exitCode: number | null) => string> = {
  late: (title) => `Start ${title}: it is late`,
  'too-long': (title) => `Look at ${title}: it runs too long`,
  failed: (title, exitCode) => `Fix ${title}: ${exitCode === null ? 'it failed' : `exit code ${exitCode}`}`,
};

export const troubleOf = ({ status }: Verdict): Trouble | null =>
  status === 'late' || status === 'too-long' || status === 'failed' ? status : null;

/** So much of what it said stands in the text of a page; all of it in the annotation `output`. */
const TAIL = 200;

/** The alert of a heartbeat: one for each, whatever is wrong with it. */
export function reportHeartbeat(told: Told): ReportedAlert {
  const { name, title, spec, state, verdict, runbook, url, now } = told;
  const trouble = troubleOf(verdict);
  const summary = trouble === null ? `${title} is well again` : SUBJECT[trouble](title, state.exitCode);
  const output = trouble === 'failed' ? state.output : null;
  return {
    source: `heartbeat/${name}`,
    key: name,
    status: trouble === null ? 'resolved' : 'firing',
    severity: spec.severity,
    service: spec.service ?? null,
    labels: { ...spec.labels, alertname: 'Heartbeat', heartbeat: name, ...(spec.service !== undefined && { service: spec.service }) },
    annotations: {
      summary,
      description: factsOf(told, trouble).join(' '),
      ...(trouble !== null && { reason: trouble }),
      ...(output !== null && output !== '' && { output }),
      ...(runbook !== undefined && { runbook_url: runbook }),
    },
    startsAt: trouble === 'failed' ? (state.failedAt ?? now) : now,
    endsAt: null,
    generatorUrl: `${url}/heartbeats/${name}`,
  };
}

function factsOf({ spec, state, verdict, now }: Told, trouble: Trouble | null): string[] {
  const { startedAt, succeededAt, failedAt, createdAt } = state;
  const { expectedAt } = verdict;
  const time = (at: number): string => localTime(at, spec.timeZone);
  const facts: string[] = [];
  if (trouble === 'late' && expectedAt !== null) facts.push(`It was expected at ${time(expectedAt)}, within ${spec.grace}.`);
  if (trouble === 'too-long' && startedAt !== null) facts.push(`It runs since ${time(startedAt)}${spec.maxRuntime === undefined ? '' : `, and may run ${spec.maxRuntime}`}.`);
  if (trouble === 'failed' && failedAt !== null) facts.push(`It failed at ${time(failedAt)}.`);
  facts.push(
    succeededAt === null
      ? `It has never been heard to succeed; nines knows of it since ${time(createdAt)}.`
      : `Last success: ${time(succeededAt)}, ${roughly(now - succeededAt)} ago.`,
  );
  if (expectedAt !== null && expectedAt > now) facts.push(`Next expected: ${time(expectedAt)}.`);
  const said = state.output?.trim().slice(-TAIL) ?? '';
  if (trouble === 'failed' && said !== '') facts.push(`It said: ${said}`);
  return facts;
} // prettier-ignore

/** `2026-11-21 02:30 Europe/Berlin`. */
const localTime = (at: number, timeZone: string): string =>
  `${Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')} ${timeZone}`;

function roughly(ms: number): string {
  const unit = [86_400_000, 3_600_000, 60_000, 1_000].find((one) => ms >= 2 * one) ?? 1_000;
  return formatDuration(Math.max(unit, Math.floor(ms / unit) * unit));
}
