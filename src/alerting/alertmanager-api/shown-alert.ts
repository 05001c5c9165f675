/** Alerts as Alertmanager's API shows them: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
import type { AlertState } from '../alerts/index.ts';
import { labelFingerprint } from '../alertmanager/label-fingerprint.ts';
import { labelTest, parseMatchers, type LabelTest } from '../alertmanager/matcher.ts';

/** An alert that fires, whoever decided it. Times are milliseconds. */
export interface FiringAlert {
  readonly alert: AlertState;
  /** When it is over unless it is told of again; null where nobody said. */
  readonly endsAt: number | null;
  readonly updatedAt: number;
  readonly generatorUrl: string | null;
}

/** What holds back the telling of an alert. */
export interface Suppression {
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
  readonly mutedBy: readonly string[];
}
export const NOT_SUPPRESSED: Suppression = { silencedBy: [], inhibitedBy: [], mutedBy: [] };

export interface ShownAlert {
  readonly firing: FiringAlert;
  readonly suppression: Suppression;
  readonly receivers: readonly string[];
}

const iso = (time: number): string => new Date(time).toISOString();

export function shownAlertJson({ firing, suppression, receivers }: ShownAlert, resolveTimeoutMs: number) {
  const { alert, endsAt, updatedAt, generatorUrl } = firing;
  return {
    annotations: alert.annotations,
    endsAt: iso(endsAt ?? updatedAt + resolveTimeoutMs),
    fingerprint: labelFingerprint(alert.labels),
    receivers: receivers.map((name) => ({ name })),
    startsAt: iso(alert.activeAt),
    status: { ...suppression, state: isSuppressed(suppression) ? 'suppressed' : 'active' },
    updatedAt: iso(updatedAt),
    ...(generatorUrl !== null && { generatorURL: generatorUrl }),
    labels: alert.labels,
  };
}

const isSuppressed = ({ silencedBy, inhibitedBy }: Suppression): boolean => silencedBy.length + inhibitedBy.length > 0;

export interface AlertFilter {
  readonly wanted: (alert: ShownAlert) => boolean;
  /** Whether a receiver's name is asked for. */
  readonly receiver: (name: string) => boolean;
  /** Groups whose alerts are all held back are asked for, too. */
  readonly muted: boolean;
}

/** `active`, `silenced`, `inhibited`, `filter` and `receiver` of a query. @throws MatcherError */
export function alertFilter(search: URLSearchParams): AlertFilter {
  const flag = (name: string): boolean => search.get(name) !== 'false';
  const [active, silenced, inhibited] = ['active', 'silenced', 'inhibited'].map(flag);
  const fits = filterTest(search);
  const pattern = search.get('receiver') ?? '';
  const test = labelTest(pattern === '' ? [] : [{ name: 'receiver', op: '=~', value: pattern }]);
  const receiver = (name: string): boolean => test({ receiver: name });
  return {
    receiver,
    muted: flag('muted'),
    wanted: ({ firing, suppression, receivers }) =>
      (active! || isSuppressed(suppression)) &&
      (silenced! || suppression.silencedBy.length === 0) &&
      (inhibited! || suppression.inhibitedBy.length === 0) &&
      fits(firing.alert.labels) &&
      receivers.some(receiver),
  };
}

/** All of the `filter`s. @throws MatcherError */
export function filterTest(search: URLSearchParams): LabelTest {
  const tests = search.getAll('filter').slice(0, 100).map((text) => labelTest(parseMatchers(text))); // prettier-ignore
  return (labels) => tests.every((test) => test(labels));
}
