import type { Catalog, Resource } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { externalFingerprint } from '../external/decide-report.ts';
import { reportProblem, type ExternalAlert, type ExternalAlerts, type ReportedAlert } from '../external/index.ts';
import { sameSecret, secretOf } from '../doorkeeper/index.ts';
import { integrationKind, type IntegrationSpec, type IntegrationTypeName } from './integration-kind.ts';
import type { Mapped, Payload, Refused } from './integration-type.ts';
import * as store from './integration-store.ts';
import { refusal } from './read-json.ts';
import { reportEvent, sourceOf } from './report-event.ts';
import { TYPES } from './types.ts';

export type Integration = Resource<IntegrationSpec>;

export interface IntegrationsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly external: Pick<ExternalAlerts, 'report' | 'list' | 'settle'>;
  /** Acknowledges the page that an alert is on, where there is one. */
  readonly acknowledge: (fingerprint: string, who: { actor: string; name: string }) => Promise<void>;
  /** Leaves the page that an alert is on alone until a time in milliseconds; nothing where there is none. @throws Problem 400 */
  readonly snooze?: (fingerprint: string, who: { actor: string; name: string }, until: number) => Promise<void>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The most requests of an integration in a minute. */
  readonly perMinute: number;
}

/** Others who tell of alerts. */
export interface Integrations {
  list(): readonly Integration[];
  find(name: string): Integration | undefined;
  /** Whose secret one of these is, among those of a type, or the one of a name. */
  bySecret(secrets: readonly string[], wanted: { type?: IntegrationTypeName; name?: string }): Promise<Integration | undefined>;
  /** Takes what a sender sent. Durable, and on its way to people, once it resolves. @throws Problem 400, LimitError 429 */
  take(integration: Integration, payload: Payload): Promise<Mapped>;
  /** The same for what is mapped already: a mail, an action. */
  takeMapped(integration: Integration, map: () => Mapped | Promise<Mapped>): Promise<Mapped>;
  /** The alert that an integration calls so: one that fires, or was resolved a moment ago. */
  alertOf(integration: Integration, key: string): Promise<ExternalAlert | undefined>;
}

const MINUTE_MS = 60_000;

export function createIntegrations(deps: IntegrationsDeps): Integrations {
  const { sql, clock, catalog, external, environment } = deps;
  const windows = new Map<string, { since: number; count: number }>();
  const list = (): readonly Integration[] => catalog.current().list<IntegrationSpec>(integrationKind.kind);

  /** @throws LimitError 429 */
  function count(name: string): void {
    const now = clock.monotonic();
    const window = windows.get(name);
    if (window === undefined || now - window.since >= MINUTE_MS) windows.set(name, { since: now, count: 1 });
    else if (++window.count > deps.perMinute) {
      throw new LimitError(429, `Integration '${name}' sent more than ${deps.perMinute} requests within a minute.`, {
        limit: deps.perMinute,
        setting: 'inbound.perMinute',
        retryAfter: Math.ceil((window.since + MINUTE_MS - now) / 1000),
      });
    }
  }

  async function report({ name, spec }: Integration, mapped: Mapped): Promise<void> {
    const refused: Refused[] = [...mapped.refused];
    const alerts: ReportedAlert[] = [];
    mapped.events.forEach((event, i) => {
      if (event.status === 'acknowledged') return;
      const alert = reportEvent(event, name, spec, clock.now());
      const problem = reportProblem(alert);
      if (problem === undefined) alerts.push(alert);
      else refused.push({ field: `alerts[${i}]`, problem });
    });
    if (alerts.length > 0) await external.report(alerts, `integration:${name}`);
    for (const { status, key, by, until } of mapped.events) {
      if (status !== 'acknowledged') continue;
      const fingerprint = externalFingerprint({ source: sourceOf(name, spec), key });
      // What is acknowledged may only just have been told of.
      await external.settle([fingerprint]);
      await deps.acknowledge(fingerprint, { actor: `integration:${name}`, name: by ?? name });
      if (until !== undefined) await deps.snooze?.(fingerprint, { actor: `integration:${name}`, name: by ?? name }, until);
    }
    const title = mapped.events.findLast((event) => event.title !== undefined)?.title ?? null;
    const taken = mapped.events.length - (refused.length - mapped.refused.length);
    if (taken > 0) await store.noteTaken(sql, name, taken, title, clock.now());
    if (mapped.note !== undefined) await store.noteRefused(sql, name, mapped.note, clock.now());
    if (refused.length > 0) throw refusal(refused, ` The other ${taken} are taken.`);
  }

  async function takeMapped(integration: Integration, map: () => Mapped | Promise<Mapped>): Promise<Mapped> {
    const { name } = integration;
    count(name);
    try {
      const mapped = await map();
      await report(integration, mapped);
      return mapped;
    } catch (error) {
      if (error instanceof Problem && error.status < 500) await store.noteRefused(sql, name, error.message, clock.now());
      throw error;
    }
  }

  return {
    list,
    find: (name) => catalog.current().get<IntegrationSpec>(integrationKind.kind, name),
    async bySecret(secrets, { type, name }) {
      const among = list().filter((one) => (type === undefined || one.spec.type === type) && (name === undefined || one.name === name));
      // All of them are compared: how long it takes tells nothing of which was nearly right.
      const named = among.filter(({ spec }) => {
        const right = secretOf(spec.secret, environment);
        return secrets.filter((shown) => right !== undefined && sameSecret(shown, right)).length > 0;
      });
      if (named.length > 0) return named[0];
      const owner = await store.ownerOfKey(sql, secrets);
      return among.find((one) => one.name === owner);
    },
    take: (integration, payload) => {
      const { spec, title } = integration;
      return takeMapped(integration, () => TYPES[spec.type].map(payload, spec, title));
    },
    takeMapped,
    async alertOf({ name, spec }, key) {
      const source = sourceOf(name, spec);
      await external.settle([externalFingerprint({ source, key })]);
      return (await external.list()).find((one) => one.source === source && one.key === key);
    },
  };
}
