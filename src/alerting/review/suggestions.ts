/** What the week's data say about an alert. Pure; each rule is a small function with its evidence. */
import { formatDuration } from '../../platform/duration.ts';
import type { ReviewSuggestion } from './contract.ts';
import type { Occurrence, PageOfWeek } from './occurrences.ts';
import { isLate, promisedMs, responseMs } from './response-times.ts';

/** All occurrences of one rule and service. */
export interface AlertOfWeek {
  readonly rule: string;
  readonly service: string | null;
  readonly occurrences: readonly Occurrence[];
}

export interface SuggestionContext {
  readonly isNight: (at: number) => boolean;
  /** The week's other alerts. */
  readonly others: readonly AlertOfWeek[];
}

/** Fewer times are no pattern. */
const ENOUGH = 3;
const BRIEF_MS = 60_000;
const TOGETHER_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
/** So often within an hour is flapping. */
const FLAPS = 4;
/** More than three a day: nobody reads them any more. */
const NOISY = 21;

type Suggest = (alert: AlertOfWeek, context: SuggestionContext) => ReviewSuggestion | undefined;

export const suggestionsFor = (alert: AlertOfWeek, context: SuggestionContext): ReviewSuggestion[] =>
  SUGGESTIONS.map((suggest) => suggest(alert, context)).filter((one) => one !== undefined);

const tryIt = (rule: string, change: Record<string, string> = {}): string =>
  `/backtest?${new URLSearchParams({ alert: rule, ...change }).toString()}`;
export const pagesOf = ({ occurrences }: AlertOfWeek): PageOfWeek[] => [
  ...new Map(occurrences.flatMap(({ page }): [string, PageOfWeek][] => (page === null ? [] : [[page.id, page]]))).values(),
];
const lengthOf = ({ firedAt, resolvedAt }: Occurrence): number | null => (resolvedAt === null ? null : resolvedAt - firedAt);
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const neverActedOn: Suggest = (alert) => {
  const pages = pagesOf(alert).filter(({ severity }) => severity !== 'eventually');
  if (pages.length < ENOUGH || pages.some((page) => responseMs(page) !== null)) return undefined;
  return {
    kind: 'never-acted-on',
    title: `Remove ${alert.rule}, or let it wait: severity eventually`,
    evidence: `Paged ${times(pages.length)}; nobody acknowledged or resolved any of them.`,
    backtest: null,
  };
};

const alwaysAtNight: Suggest = ({ rule, occurrences }, { isNight }) => {
  const nights = occurrences.filter(({ firedAt }) => isNight(firedAt)).length;
  if (occurrences.length < ENOUGH || nights < occurrences.length) return undefined;
  return {
    kind: 'always-at-night',
    title: `Look for what runs at night when ${rule} fires: a job or a backup may need a maintenance window`,
    evidence: `Fired ${times(nights)}, each between 22:00 and 07:00.`,
    backtest: null,
  };
};

const resolvesItself: Suggest = ({ rule, occurrences }) => {
  const ended = occurrences.map(lengthOf).filter((ms) => ms !== null);
  const brief = ended.filter((ms) => ms <= BRIEF_MS).length;
  if (ended.length < ENOUGH || brief < ended.length) return undefined;
  const longest = Math.max(...ended);
  return {
    kind: 'resolves-itself',
    title: `Give ${rule} time: a longer 'for' would have said nothing`,
    evidence: `Fired ${times(ended.length)}, and was over by itself within ${formatDuration(Math.max(1_000, Math.ceil(longest / 1_000) * 1_000))} each time.`,
    backtest: tryIt(rule, { for: '2m' }),
  };
};

const flaps: Suggest = ({ rule, occurrences }) => {
  const byAlert = new Map<string, number[]>();
  for (const { fingerprint, firedAt } of occurrences) byAlert.set(fingerprint, [...(byAlert.get(fingerprint) ?? []), firedAt]);
  const most = Math.max(0, ...[...byAlert.values()].map((fired) => Math.max(...fired.map((at) => fired.filter((one) => one >= at && one <= at + HOUR_MS).length)))); // prettier-ignore
  if (most < FLAPS) return undefined;
  return {
    kind: 'flaps',
    title: `Steady ${rule} with keep_firing_for`,
    evidence: `The same alert fired ${times(most)} within an hour.`,
    backtest: tryIt(rule),
  };
};

const lateAnswer: Suggest = (alert) => {
  const pages = pagesOf(alert);
  const late = pages.filter(isLate);
  const [first] = late;
  if (first === undefined) return undefined;
  const took = late.map(responseMs).filter((ms) => ms !== null);
  const longest = took.length === 0 ? 'no answer at all' : `up to ${formatDuration(Math.round(Math.max(...took) / 60_000) * 60_000)}`;
  return {
    kind: 'late-answer',
    title: `Find out why ${alert.rule} was answered late: is its level right, does it reach the right people?`,
    evidence: `${late.length} of ${pages.length} pages: ${longest}, where ${formatDuration(promisedMs(first) ?? 0)} is promised.`,
    backtest: null,
  };
};

/** Another alert begins within five minutes of it, each time: one failure, two subjects. The later one is to be held back. */
const alwaysWith: Suggest = ({ rule, service, occurrences }, { others }) => {
  if (occurrences.length < ENOUGH) return undefined;
  for (const other of others) {
    if (other.rule === rule && other.service === service) continue;
    const partners = occurrences.map(({ firedAt }) => other.occurrences.find((one) => Math.abs(one.firedAt - firedAt) <= TOGETHER_MS));
    if (partners.some((one) => one === undefined)) continue;
    const after = occurrences.filter(({ firedAt }, i) => firedAt >= partners[i]!.firedAt).length;
    // Of two that always come together only the later is told of; by name where they come at once.
    const later = after * 2 > occurrences.length || (after * 2 === occurrences.length && rule > other.rule);
    if (!later && other.occurrences.length <= occurrences.length) continue;
    const name = `${other.rule}${other.service === null ? '' : ` of ${other.service}`}`;
    return {
      kind: 'always-with',
      title: `Hold ${rule} back while ${name} fires: an inhibition makes them one page`,
      evidence: `Fired ${times(occurrences.length)}, each time within 5 minutes of ${name}.`,
      backtest: null,
    };
  }
  return undefined;
};

const noisy: Suggest = ({ rule, occurrences }) =>
  occurrences.length < NOISY
    ? undefined
    : {
        kind: 'noisy',
        title: `Raise the threshold of ${rule}, or make it coarser`,
        evidence: `Fired ${times(occurrences.length)} in the week.`,
        backtest: tryIt(rule),
      };

const SUGGESTIONS: readonly Suggest[] = [neverActedOn, lateAnswer, resolvesItself, flaps, alwaysAtNight, alwaysWith, noisy];
