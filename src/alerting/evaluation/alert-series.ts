import type { RuleState } from '../alerts/index.ts';
import type { WrittenSample } from './write-series.ts';

/** `ALERTS` and `ALERTS_FOR_STATE` of a rule's alerts, as Prometheus writes them: what is pending or fires, and since when in seconds. */
export function alertSeries(state: RuleState): WrittenSample[] {
  const samples: WrittenSample[] = [];
  for (const { state: alertstate, labels, activeAt } of state.values()) {
    if (alertstate === 'resolved') continue;
    samples.push({ labels: { ...labels, __name__: 'ALERTS', alertstate }, value: 1 });
    samples.push({ labels: { ...labels, __name__: 'ALERTS_FOR_STATE' }, value: Math.floor(activeAt / 1000) });
  }
  return samples;
}
