import {
  alertmanagerKind,
  heartbeatKind,
  integrationKind,
  inhibitionKind,
  lintedGraphiteRuleKind,
  lintedRuleFileKind,
  maintenanceKind,
  ruleTestKind,
  type LintSettings,
} from '../alerting/index.ts';
import { catalogKinds, type ForeignKind, type ResourceKind } from '../catalog/index.ts';
import { probeKind, prometheusKind, scrapeKind } from '../monitoring/index.ts';
import { drillKind } from '../experiments/index.ts';
import { sloKind } from '../objectives/index.ts';
import { dailyReportKind } from '../chat/index.ts';
import { oncallKinds } from '../oncall/index.ts';

/** Every kind of document that nines understands; `lint` says how the alerts in rule files are looked at. */
export function kinds(lint: LintSettings = {}): { kinds: readonly ResourceKind[]; foreignKinds: readonly ForeignKind[] } {
  return {
    kinds: [
      ...catalogKinds,
      probeKind,
      scrapeKind,
      sloKind,
      heartbeatKind,
      integrationKind,
      lintedGraphiteRuleKind(lint),
      inhibitionKind,
      maintenanceKind,
      ...oncallKinds,
      dailyReportKind,
      drillKind,
    ],
    foreignKinds: [lintedRuleFileKind(lint), ruleTestKind, alertmanagerKind, prometheusKind],
  };
}
