import { z } from 'zod';
import { route, type Route } from '../platform/http/index.ts';
import type { AlertState } from './alerts/index.ts';
import * as contract from './contract.ts';
import type { ExternalAlert } from './external/index.ts';
import type { Mute } from './muting/index.ts';

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

interface Known {
  readonly source: string;
  readonly generatorUrl: string | null;
  readonly mute: Mute | undefined;
}

export function alertJson(alert: AlertState, { source, generatorUrl, mute }: Known): contract.Alert {
  const { fingerprint, rule, group, severity, service, state, labels, annotations, value, expr } = alert;
  return {
    fingerprint,
    rule,
    group,
    severity,
    service,
    state,
    labels,
    annotations,
    value: Number.isFinite(value) ? value : null,
    activeAt: new Date(alert.activeAt).toISOString(),
    firedAt: iso(alert.firedAt),
    resolvedAt: iso(alert.resolvedAt),
    expr,
    source,
    generatorUrl,
    mutedBy: mute === undefined || state !== 'firing' ? null : { ...mute, until: iso(mute.until) },
  };
}

const RANK = { firing: 0, pending: 1, resolved: 2 } as const;

/** What burns comes first: firing before pending before resolved, critical before those for today before the rest, the newest first. */
function byUrgency(a: AlertState, b: AlertState): number {
  return RANK[a.state] - RANK[b.state] || a.severity.localeCompare(b.severity) || b.activeAt - a.activeAt;
}

interface Sources {
  /** Of rules. */
  readonly alerts: () => AlertState[];
  readonly external: () => Promise<ExternalAlert[]>;
  /** What holds back which alert, by fingerprint. */
  readonly mutes: () => Promise<ReadonlyMap<string, Mute>>;
}

export function alertRoutes({ alerts, external, mutes }: Sources): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/alerts',
      access: 'viewer',
      summary: 'Alerts that are pending or fire, or were resolved within the last 15 minutes.',
      query: z.object({ state: z.enum(['pending', 'firing', 'resolved']).optional(), service: z.string().max(63).optional() }),
      response: z.object({ alerts: z.array(contract.alert) }),
      handler: async ({ query: { state, service } }) => {
        const all = [...alerts().map((alert) => ({ alert, source: 'nines', generatorUrl: null })), ...(await external())];
        const wanted = all.filter(
          ({ alert }) => (state === undefined || alert.state === state) && (service === undefined || alert.service === service),
        );
        const sorted = wanted.sort((a, b) => byUrgency(a.alert, b.alert));
        const muted = await mutes();
        return { alerts: sorted.map(({ alert, ...from }) => alertJson(alert, { ...from, mute: muted.get(alert.fingerprint) })) };
      },
    }),
  ];
}
