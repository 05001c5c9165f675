import { stringify } from 'yaml';
import type { AlertmanagerSpec } from './config-spec.ts';
import { formatMatcher, type Matcher } from './matcher.ts';

/** What `GET /api/v2/status` tells where there is no alertmanager.yml. */
export const NO_CONFIG = 'route:\n  receiver: nines\nreceivers:\n  - name: nines\n';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const two = (value: number): string => String(value).padStart(2, '0');
const timeText = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
interface Range {
  readonly from: number;
  readonly to: number;
}

/** What was read, by key, as it is written. */
const WRITTEN: Readonly<Record<string, (value: never) => unknown>> = {
  matchers: (list: readonly (readonly Matcher[])[]) => list.map((one) => one.map(formatMatcher).join(',')),
  weekdays: (list: readonly Range[]) => list.map(({ from, to }) => `${WEEKDAYS[from]}:${WEEKDAYS[to]}`),
  days_of_month: (list: readonly Range[]) => list.map(({ from, to }) => `${from}:${to}`),
  start_time: timeText,
  end_time: timeText,
};
const SAME: Readonly<Record<string, string>> = { source_matchers: 'matchers', target_matchers: 'matchers', months: 'days_of_month', years: 'days_of_month' }; // prettier-ignore

/** The configuration as YAML that Alertmanager reads, its secrets hidden as it hides them. */
export function configText(spec: AlertmanagerSpec): string {
  const hidden = JSON.parse(JSON.stringify(spec), (key, value: unknown) => {
    if (typeof value !== 'string' || !/^<secret \w{8}>$/.test(value)) return value;
    // Alertmanager reads '<secret>' back wherever it hides something itself; a webhook's address it showed for long.
    return key === 'url' ? 'http://secret.invalid/' : '<secret>';
  }) as unknown;
  return stringify(written(hidden));
}

function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(
    entries.map(([key, one]) => {
      const write = WRITTEN[SAME[key] ?? key];
      return [key, write === undefined ? written(one) : write(one as never)];
    }),
  );
}
