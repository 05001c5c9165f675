import { z } from 'zod';
import { reply, route, type Route } from '../platform/http/index.ts';
import type { Registry } from '../platform/metrics.ts';
import { probeStatesAnswer, targetStatesAnswer, targetStatesQuery, type ProbeStateJson, type TargetStateJson } from './contract.ts';
import type { ProbeRunner, ProbeState } from './probe/index.ts';
import type { Scraper, TargetState } from './scrape/index.ts';
import type { DiskWatch } from './usage/index.ts';
import type { Store } from './store/index.ts';
import { answerTargets } from './target-answer.ts';

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

export function toProbeJson({ name, service, url, intervalMs, latest, since }: ProbeState): ProbeStateJson {
  return {
    name,
    service: service ?? null,
    url,
    intervalMs,
    success: latest?.success ?? null,
    reason: latest?.reason ?? null,
    since: iso(since),
    at: iso(latest?.at),
    durationMs: latest?.durationMs ?? null,
    status: latest?.status ?? null,
    hops: (latest?.hops ?? []).map((hop) => ({
      url: hop.url,
      method: hop.method,
      address: hop.address ?? null,
      status: hop.status ?? null,
      location: hop.location ?? null,
      tlsVersion: hop.tlsVersion ?? null,
      certificateExpiry: iso(hop.certificate?.earliestExpiry),
      phases: { ...hop.phases },
    })),
  };
}

export function toTargetJson(state: TargetState): TargetStateJson {
  const { scrape, job, instance, url, labels, discovered, health, lastScrape, lastDurationMs, lastError, samples, intervalMs } = state;
  return {
    scrape,
    job,
    instance,
    url,
    labels: { ...labels },
    discovered: { ...discovered },
    health,
    lastScrape: iso(lastScrape),
    lastDurationMs: lastDurationMs ?? null,
    lastError: lastError ?? null,
    samples,
    intervalMs,
  };
}

/** What the UI and the command show of probes, targets and the store, and nines' own metrics. */
export function monitoringRoutes({
  probes,
  scraper,
  store,
  metrics,
  disk,
}: {
  probes: ProbeRunner;
  scraper: Scraper;
  store: Store;
  metrics: Registry;
  disk: DiskWatch;
}): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/probes',
      access: 'viewer',
      summary: 'The latest result of every probe, phase by phase',
      query: z.object({ service: z.string().max(100).optional() }),
      response: probeStatesAnswer,
      handler: ({ query }) => ({
        probes: probes
          .list()
          .filter((one) => query.service === undefined || one.service === query.service)
          .map(toProbeJson),
      }),
    }),
    route({
      method: 'GET',
      path: '/nines/v1/targets',
      access: 'viewer',
      summary: 'Every scrape target, its last scrape and the exact error; those left out, and why',
      query: targetStatesQuery,
      response: targetStatesAnswer,
      handler: ({ query }) => {
        const dropped = scraper
          .dropped()
          .map(({ scrape, discovered, problem = null }) => ({ scrape, discovered: { ...discovered }, problem }));
        const problems = scraper
          .problems()
          .filter(({ scrape }) => query.pool === undefined || scrape === query.pool)
          .map(({ since, ...one }) => ({ ...one, since: new Date(since).toISOString() }));
        return { ...answerTargets(scraper.targets().map(toTargetJson), dropped, query), problems };
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/store',
      access: 'viewer',
      summary: 'How the telemetry store is, what it takes on disk, and when that is full',
      handler: async () => {
        const stats = await store.stats();
        const forecast = await disk.forecast(stats.diskFree);
        return {
          ...stats,
          completeSince: Number.isFinite(stats.completeSince) ? stats.completeSince : null,
          // Null while there is less than an hour to go by; `fullAt` is null where the disk isn't full within years.
          forecast: forecast ? { fullAt: iso(forecast.fullAt ?? undefined), bytesPerDay: Math.round(forecast.bytesPerDay) } : null,
        };
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      access: 'viewer',
      summary: "nines' own metrics, as Prometheus text",
      handler: () => reply(200, metrics.render(), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
    }),
  ];
}
