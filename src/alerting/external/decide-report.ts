import { fingerprintOf, groupKeyOf, externalRuleKey, type AlertState, type AlertTransition } from '../alerts/index.ts';
import { severityOf } from '../rules/index.ts';
import type { ReportedAlert } from './external-alert.ts';

export interface Decision {
  /** As it is from now on; undefined where there is nothing to keep: the end of what nobody knew of. */
  readonly alert: AlertState | undefined;
  readonly transition: AlertTransition | undefined;
}

export const externalFingerprint = ({ source, key }: Pick<ReportedAlert, 'source' | 'key'>): string =>
  fingerprintOf(externalRuleKey(source), { key });

/** What a report makes of the alert that is known. Told again it is the same alert, with what it says now. */
export function decideReport(report: ReportedAlert, known: AlertState | undefined, now: number): Decision {
  const { endsAt, startsAt, status } = report;
  const old = known?.state === 'firing' ? known : undefined;
  const over = status === 'resolved' || (endsAt !== null && endsAt <= now);
  if (over) {
    if (old === undefined) return { alert: known, transition: undefined };
    const resolvedAt = endsAt !== null && endsAt <= now ? Math.max(endsAt, old.activeAt) : now;
    // Many senders say of an end only that it is one.
    const said = Object.keys(report.annotations).length > 0 ? storableMap(report.annotations) : old.annotations;
    return ended({ ...old, annotations: said }, resolvedAt);
  }
  const activeAt = old === undefined ? Math.min(startsAt, now) : Math.min(startsAt, old.activeAt);
  const alert = { ...describe(report), activeAt, firedAt: old?.firedAt ?? now };
  // One that becomes more urgent, or another service's, is told of anew.
  const same = old !== undefined && old.severity === alert.severity && old.groupKey === alert.groupKey;
  return { alert, transition: same ? undefined : { to: 'firing', alert, groupKey: alert.groupKey } };
}

/** It is over: told so, or not told of any more. */
export function ended(alert: AlertState, resolvedAt: number): Decision & { readonly alert: AlertState } {
  const resolved: AlertState = { ...alert, state: 'resolved', resolvedAt };
  return { alert: resolved, transition: { to: 'resolved', alert: resolved, groupKey: alert.groupKey } };
}

function describe(report: ReportedAlert): AlertState {
  const { source } = report;
  // An empty label is no label.
  const labels = storableMap(report.labels, ([, value]) => value !== '');
  const rule = labels.alertname ?? source;
  const severity = report.severity ?? severityOf(labels.severity);
  const service = report.service === undefined ? (labels.service ?? null) : report.service;
  return {
    fingerprint: externalFingerprint(report),
    ruleKey: externalRuleKey(source),
    rule,
    group: source,
    severity,
    service,
    // Where no service is known, alerts of one name are one failure: not all that a source ever tells.
    groupKey: report.group === undefined ? groupKeyOf(service, severity, `${source}/${rule}`) : `told/${report.group}`,
    expr: '',
    labels,
    annotations: storableMap(report.annotations),
    value: Number.NaN,
    state: 'firing',
    activeAt: 0,
    firedAt: null,
    resolvedAt: null,
    keepFiringSince: null,
  };
}

type Entry = readonly [name: string, value: string];

/** PostgreSQL keeps neither NUL nor half a character. */
function storableMap(map: Readonly<Record<string, string>>, keep: (entry: Entry) => boolean = () => true): Record<string, string> {
  const kept = Object.entries(map).filter(keep);
  return Object.fromEntries(kept.map(([name, value]) => [storable(name), storable(value)]));
}

const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
