import type { Labels, Matcher } from '../../monitoring/index.ts';
import { labelTest } from './matchers.ts';
import type { Mute, Stage } from './mute.ts';

/** While an alert fits `source`, those that fit `target` and have the same values of the `equal` labels are held back. */
export interface InhibitionRule {
  readonly name: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/** An alert that fires, as a possible source. */
export interface SourceAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
}

/** For a set of equal labels: one that is no target itself, and any. */
interface Found {
  any: SourceAlert;
  pure: SourceAlert | undefined;
}

/**
 * As Alertmanager's inhibition: a label that is missing equals an empty one, and an alert that fits both sides is not held
 * back by one that does, itself among them. Linear in alerts and sources: both are looked up by their equal labels.
 * @param sources all alerts that fire and may fit a `source`
 */
export function inhibitionStage(rules: readonly InhibitionRule[], sources: readonly SourceAlert[]): Stage {
  return (alerts) => {
    const mutes = new Map<string, Mute>();
    for (const rule of rules) {
      const [isSource, isTarget] = [labelTest(rule.source), labelTest(rule.target)];
      const targets = alerts.filter(({ fingerprint, labels }) => !mutes.has(fingerprint) && isTarget(labels));
      if (targets.length === 0) continue;
      const byEqual = new Map<string, Found>();
      for (const source of sources) {
        if (!isSource(source.labels)) continue;
        const key = keyOf(rule, source.labels);
        const found = byEqual.get(key) ?? { any: source, pure: undefined };
        if (found.pure === undefined && !isTarget(source.labels)) found.pure = source;
        byEqual.set(key, found);
      }
      for (const { fingerprint, labels } of targets) {
        const found = byEqual.get(keyOf(rule, labels));
        const source = isSource(labels) ? found?.pure : found?.any;
        if (source === undefined || source.fingerprint === fingerprint) continue;
        const why = `the alert ${source.labels.alertname ?? source.fingerprint}, which fires (inhibition ${rule.name})`;
        mutes.set(fingerprint, { by: 'inhibition', ref: rule.name, why, until: null });
      }
    }
    return mutes;
  };
}

const keyOf = ({ equal }: InhibitionRule, labels: Labels): string => JSON.stringify(equal.map((name) => labels[name] ?? ''));
