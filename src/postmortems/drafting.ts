import { newId } from '../platform/id.ts';
import type { JobHandler } from '../platform/jobs/index.ts';
import type { IncidentRecord } from '../incidents/index.ts';
import type { ObjectiveCost } from '../objectives/contract.ts';
import { draftPostmortem } from './draft-postmortem.ts';
import { type Evidence, timeToAcknowledge, timeToRecover } from './evidence.ts';
import { freezeGraphs } from './freeze-graphs.ts';
import type { PostmortemsDeps } from './deps.ts';
import { findPostmortem, insertPostmortem } from './postmortem-store.ts';

/** The job that drafts an incident's postmortem; its key is the incident's id. */
export const DRAFT_JOB = 'postmortem.draft';

/** After so many attempts a draft without graphs or costs is better than none. */
const PATIENT_ATTEMPTS = 4;

/** Gathers the evidence and writes the draft. Run again, it finds the draft that is there. */
export function drafting(deps: PostmortemsDeps): JobHandler {
  return {
    concurrency: 1,
    timeoutMs: 120_000,
    async run({ key, attempt }, signal) {
      if ((await findPostmortem(deps.sql, { incident: key })) !== undefined) return;
      const record = await deps.incidents.record(key);
      const evidence = await gather(deps, record, attempt < PATIENT_ATTEMPTS, signal);
      await keep(deps, evidence);
    },
  };
}

async function gather(deps: PostmortemsDeps, record: IncidentRecord, patient: boolean, signal: AbortSignal): Promise<Evidence> {
  const { incident, pages } = record;
  const now = deps.clock.now();
  const ended = incident.outageEndedAt ?? incident.allClearAt ?? now;
  const alerts = pages.flatMap((page) => page.alerts);
  const graphs = await freezeGraphs(deps.query, alerts, { began: incident.outageBeganAt, ended, now }, signal);
  const failed = graphs.find(({ problem }) => problem !== null);
  // The store may be starting: it is asked again a little later.
  if (failed !== undefined && patient) throw new Error(`the graph of ${failed.expr} could not be frozen: ${failed.problem}`);
  return {
    ...record,
    id: newId(now),
    url: deps.settings.url.replace(/\/+$/, ''),
    costs: await costsOf(deps, incident.services, incident.outageBeganAt, ended, patient),
    paged: await pagedOf(
      deps,
      pages.map(({ id }) => id),
    ),
    graphs,
    draftedAt: now,
  };
}

async function costsOf(
  deps: PostmortemsDeps,
  services: readonly string[],
  from: number,
  to: number,
  patient: boolean,
): Promise<ObjectiveCost[]> {
  const costs: ObjectiveCost[] = [];
  for (const service of services) {
    try {
      costs.push(...(await deps.costOf(service, from, to)));
    } catch (error) {
      if (patient) throw error;
      deps.log.warn({ err: error, service }, 'what an outage cost could not be worked out: the postmortem is drafted without');
    }
  }
  return [...new Map(costs.map((cost) => [cost.objective, cost])).values()];
}

async function pagedOf(deps: PostmortemsDeps, pages: readonly string[]): Promise<string[]> {
  const sent: { person: string; at: number }[] = [];
  for (const page of pages) {
    for (const { person, sentAt } of await deps.delivery.about(`page/${page}`))
      if (person !== null && sentAt !== null) sent.push({ person, at: sentAt });
  }
  return [...new Set(sent.sort((a, b) => a.at - b.at).map(({ person }) => person))];
}

async function keep({ sql, clock, ledger, incidents }: PostmortemsDeps, evidence: Evidence): Promise<void> {
  const { id, incident, graphs } = evidence;
  const now = clock.now();
  const row = {
    id,
    incident: incident.id,
    incident_number: incident.number,
    title: incident.title,
    services: incident.services,
    state: 'draft' as const,
    mtta_ms: timeToAcknowledge(incident),
    mttr_ms: timeToRecover(incident),
    outage: { began: incident.outageBeganAt, ended: incident.outageEndedAt },
    markdown: draftPostmortem(evidence),
    version: 1,
    created_at: now,
    updated_at: now,
    updated_by: 'nines',
  };
  await sql.transaction(async (tx) => {
    if (!(await insertPostmortem(tx, row, graphs))) return;
    await incidents.linkPostmortem(tx, incident.id, id);
    await ledger.append(tx, [
      {
        kind: 'postmortem.drafted',
        title: `The postmortem of incident ${incident.number} is drafted: ${incident.title}`.slice(0, 300),
        actor: 'nines',
        subject: `incident/${incident.id}`,
        service: incident.services[0] ?? null,
        data: { incident: incident.id, postmortem: id },
      },
    ]);
  });
}
