import type { Labels } from '../../monitoring/index.ts';
import { labelTest } from './matchers.ts';
import type { Mute, Stage } from './mute.ts';
import { spanAt } from './recurrence.ts';
import type { Silence } from './silence.ts';

interface Ready {
  readonly silence: Silence;
  readonly until: number;
  readonly fits: (labels: Labels) => boolean;
}

/** Alerts that a silence in force fits. Of several, the one that ends last. */
export function silenceStage(silences: readonly Silence[]): Stage {
  return (alerts, now) => {
    const { byLabel, others } = indexed(inForce(silences, now));
    const mutes = new Map<string, Mute>();
    for (const { fingerprint, labels } of alerts) {
      let found: Ready | undefined;
      const look = (ready: readonly Ready[] | undefined): void => {
        for (const one of ready ?? []) if ((found === undefined || one.until > found.until) && one.fits(labels)) found = one;
      };
      look(others);
      for (const [name, byValue] of byLabel) look(byValue.get(labels[name] ?? ''));
      if (found !== undefined) mutes.set(fingerprint, muteBy(found));
    }
    return mutes;
  };
}

const muteBy = ({ silence, until }: Ready): Mute => ({
  by: 'silence',
  ref: silence.id,
  why: `a silence of ${silence.createdBy}: ${silence.reason}`,
  until,
});

function inForce(silences: readonly Silence[], now: number): Ready[] {
  return silences.flatMap((silence) => {
    const span = spanAt(silence, now);
    return span === undefined || span.from > now ? [] : [{ silence, until: span.to, fits: labelTest(silence.matchers) }];
  });
}

/** By their first `=`: a thousand silences of one instance each are a thousand entries, not a thousand tests an alert. */
function indexed(ready: readonly Ready[]): { byLabel: Map<string, Map<string, Ready[]>>; others: Ready[] } {
  const byLabel = new Map<string, Map<string, Ready[]>>();
  const others: Ready[] = [];
  for (const one of ready) {
    const exact = one.silence.matchers.find(({ op }) => op === '=');
    if (exact === undefined) {
      others.push(one);
      continue;
    }
    const byValue = byLabel.get(exact.name) ?? new Map<string, Ready[]>();
    byLabel.set(exact.name, byValue.set(exact.value, [...(byValue.get(exact.value) ?? []), one]));
  }
  return { byLabel, others };
}
