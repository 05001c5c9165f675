import type { SelectorUse } from './selector-uses.ts';

/** What is known of one metric, for its audit. */
export interface Audited {
  readonly name: string;
  /** As its senders describe it; `unknown` where they don't. */
  readonly type: string;
  /** Every type that a sender gave since the start. */
  readonly types: readonly string[];
  readonly unit: string;
  /** By label: how many values it has. */
  readonly labels: ReadonlyMap<string, number>;
  readonly series: number;
  /** Of a histogram's buckets: the `le` of each of its histograms, joined by spaces in order; of a few of them. */
  readonly boundaries: readonly string[];
  /** Whether a recording rule makes it. */
  readonly recorded: boolean;
  /** How rules read it, and which. */
  readonly read: readonly (SelectorUse & { readonly by: string })[];
  /** Its largest value now, where that was asked for. */
  readonly largest: number | undefined;
}

export interface Finding {
  readonly rule: string;
  /** What is wrong, in one sentence. */
  readonly problem: string;
  /** What would be right. */
  readonly advice: string;
}

type Rule = (metric: Audited) => Omit<Finding, 'rule'> | undefined;

/** Units of Prometheus' naming advice, and what the base unit is. */
const UNITS: readonly (readonly [RegExp, base: string, factor: string])[] = [
  [/_(?:milliseconds|millis|msec|ms)$/, '_seconds', 'divided by 1,000'],
  [/_(?:microseconds|micros|usec|us)$/, '_seconds', 'divided by 1,000,000'],
  [/_(?:nanoseconds|nanos|nsec|ns)$/, '_seconds', 'divided by 1,000,000,000'],
  [/_(?:minutes|mins)$/, '_seconds', 'times 60'],
  [/_hours$/, '_seconds', 'times 3,600'],
  [/_days$/, '_seconds', 'times 86,400'],
  [/_(?:kilobytes|kb|kib)$/i, '_bytes', 'times 1,000 (or 1,024)'],
  [/_(?:megabytes|mb|mib)$/i, '_bytes', 'in bytes'],
  [/_(?:gigabytes|gb|gib)$/i, '_bytes', 'in bytes'],
  [/_bits$/, '_bytes', 'divided by 8'],
  [/_(?:percent|percentage|pct)$/, '_ratio', 'from 0 to 1'],
  [/_fahrenheit$/, '_celsius', 'in degrees Celsius'],
];
const SUFFIX = /_(?:total|bucket|sum|count|created|info)$/;
const RATES: ReadonlySet<string> = new Set(['rate', 'irate', 'increase']);
/** What may look at a counter as it stands: whether it is there, when it came, how often it began anew. */
const AS_IT_STANDS: ReadonlySet<string> = new Set([
  'rate',
  'irate',
  'increase',
  'resets',
  'changes',
  'absent',
  'absent_over_time',
  'present_over_time',
  'timestamp',
  'count_over_time',
  'count',
  'group',
  'subquery',
]);
const IDS = /(?:^|_)(?:id|uuid|guid|session|email|e_mail|token|ip|address|user|customer|request|trace|span|timestamp|url|query)$/i;
/** A label of so many values is one of identities; of so many, whatever it is called. */
const MANY_IDS = 50;
const MANY = 1000;
const MILLISECONDS = [1e11, 1e14] as const;

const isCounter = ({ type, name }: Audited): boolean => type === 'counter' || (type === 'unknown' && name.endsWith('_total'));
const baseOf = (name: string): string => name.replace(SUFFIX, '');

/** The naming and typing rules of Prometheus and OpenMetrics, each by its name. */
const RULES: Readonly<Record<string, Rule>> = {
  'counter-total': ({ name, type }) =>
    type === 'counter' && !SUFFIX.test(name)
      ? { problem: `${name} is a counter, and its name doesn't end in '_total'.`, advice: `Call it ${name}_total.` }
      : undefined,
  'total-counter': ({ name, type }) =>
    name.endsWith('_total') && (type === 'gauge' || type === 'info' || type === 'stateset')
      ? {
          problem: `${name} is named as a counter is, and its type is ${type}.`,
          advice: `Call it ${baseOf(name)}, or describe it as a counter.`,
        }
      : undefined,
  'base-unit': ({ name }) => {
    const base = baseOf(name);
    const unit = UNITS.find(([pattern]) => pattern.test(base));
    if (!unit) return undefined;
    const right = name.replace(base, base.replace(unit[0], unit[1]));
    return { problem: `${name} is not in a base unit.`, advice: `Call it ${right}, its values ${unit[2]}.` };
  },
  colon: ({ name, recorded }) =>
    name.includes(':') && !recorded
      ? {
          problem: `${name} has a colon, and no recording rule here makes it.`,
          advice: `Keep colons for recording rules: call it ${name.replaceAll(':', '_')}.`,
        }
      : undefined,
  'unit-suffix': ({ name, unit }) =>
    unit !== '' && !baseOf(name).endsWith(`_${unit}`) && baseOf(name) !== unit
      ? {
          problem: `The unit of ${name} is said to be '${unit}', and its name doesn't say so.`,
          advice: `Call it ${baseOf(name)}_${unit}${SUFFIX.exec(name)?.[0] ?? ''}.`,
        }
      : undefined,
  'two-types': ({ name, types }) =>
    types.length > 1
      ? {
          problem: `${name} is described as ${types.join(' and as ')} by different senders.`,
          advice: 'One name has one type: rename one of them, or correct its description.',
        }
      : undefined,
  'rate-of-gauge': ({ name, type, read }) => {
    const use = type === 'gauge' ? read.find(({ through }) => RATES.has(through)) : undefined;
    return (
      use && {
        problem: `${use.by} takes ${use.through}() of ${name}, which is a gauge.`,
        advice: `Use delta() or deriv(), or describe ${name} as a counter if it only grows.`,
      }
    );
  },
  'counter-without-rate': (metric) => {
    const use = isCounter(metric) ? metric.read.find(({ through }) => !AS_IT_STANDS.has(through)) : undefined;
    return (
      use && {
        problem: `${use.by} reads the counter ${metric.name} as it stands: its value depends on when its process was started.`,
        advice: `Use rate(${metric.name}[5m]) or increase(${metric.name}[5m]).`,
      }
    );
  },
  'histogram-inf': ({ name, boundaries }) =>
    boundaries.some((one) => !one.split(' ').includes('+Inf'))
      ? {
          problem: `${name} has histograms without the bucket le="+Inf".`,
          advice: 'Send the +Inf bucket: without it, histogram_quantile() answers NaN.',
        }
      : undefined,
  'histogram-boundaries': ({ name, boundaries }) =>
    new Set(boundaries).size > 1
      ? {
          problem: `The histograms of ${name} have different values of le.`,
          advice: 'Give all of them the same boundaries: quantiles over a sum of them are wrong otherwise.',
        }
      : undefined,
  'identity-label': ({ name, labels, series }) => {
    const found = [...labels].find(([label, values]) => (IDS.test(label) && values >= MANY_IDS) || (values >= MANY && values > series / 2));
    return (
      found && {
        problem: `The label '${found[0]}' of ${name} has ${found[1]} values: each makes a series of its own.`,
        advice: `Drop '${found[0]}', or put what it tells apart into logs or exemplars.`,
      }
    );
  },
  'timestamp-milliseconds': ({ name, largest }) =>
    /_(?:timestamp|time)(?:_seconds)?$/.test(baseOf(name)) &&
    largest !== undefined &&
    largest >= MILLISECONDS[0] &&
    largest < MILLISECONDS[1]
      ? {
          problem: `The values of ${name} look like milliseconds since 1970 (${largest}).`,
          advice: 'Times are in seconds: divide by 1,000.',
        }
      : undefined,
  'ratio-percent': ({ name, largest }) =>
    baseOf(name).endsWith('_ratio') && largest !== undefined && largest > 1.5 && largest <= 100
      ? {
          problem: `${name} has the value ${Number(largest.toPrecision(3))}: it looks like a percentage.`,
          advice: 'A ratio is from 0 to 1: divide by 100.',
        }
      : undefined,
};

/** The metrics whose values are worth a look. */
export const VALUES_LOOKED_AT = '.+_(ratio|timestamp|time|timestamp_seconds|time_seconds)';

export const audit = (metric: Audited): Finding[] =>
  Object.entries(RULES).flatMap(([rule, check]) => {
    const finding = check(metric);
    return finding ? [{ rule, ...finding }] : [];
  });
