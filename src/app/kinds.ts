import { heartbeatKind, ruleFileKind, ruleTestKind } from '../alerting/index.ts';
import { catalogKinds, type ForeignKind, type ResourceKind } from '../catalog/index.ts';
import { probeKind, prometheusKind, scrapeKind } from '../monitoring/index.ts';
import { sloKind } from '../objectives/index.ts';
import { oncallKinds } from '../oncall/index.ts';

/** Every kind of document that nines understands. */
export function kinds(): { kinds: readonly ResourceKind[]; foreignKinds: readonly ForeignKind[] } {
  return {
    kinds: [...catalogKinds, probeKind, scrapeKind, sloKind, heartbeatKind, ...oncallKinds],
    foreignKinds: [ruleFileKind, ruleTestKind, prometheusKind],
  };
}
