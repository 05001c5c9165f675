import type { Catalog } from '../../catalog/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/id.ts';
import { badRequest, conflict, notFound } from '../../platform/problem.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import { documentedMaintenance } from './maintenance-kind.ts';
import { lockWindow, saveWindow, windowsEndingAfter } from './maintenance-store.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import { type Recurrence, type Span, spanAt } from './recurrence.ts';
import type { Silencer } from './silences.ts';

interface MaintenanceRequest {
  readonly services: readonly string[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly recurring: Recurrence | null;
  readonly reason: string;
}

/** Planned work: what documents plan, and what people plan at short notice. */
export interface Maintenance {
  /** Those in force, yet to be, or over for less than a day. */
  list(): Promise<MaintenanceWindow[]>;
  /** Tells of a service and a minute, from its start, whether any of it was or is planned work: of the last 90 days. Ask of later minutes after earlier ones. */
  minutes(): Promise<(service: string, minute: number) => boolean>;
  /** @throws Problem 400 for a service that there isn't, or a time that is past */
  plan(request: MaintenanceRequest, who: Silencer): Promise<MaintenanceWindow>;
  /** Ends it now. @throws Problem 404; 409 for one of a document */
  end(id: string, who: Silencer): Promise<MaintenanceWindow>;
}

interface MaintenanceDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  /** Has what it holds back looked at again after the commit. */
  readonly review: (tx: Tx) => Promise<void>;
}

const SHOWN_MS = 86_400_000;

export function createMaintenance(deps: MaintenanceDeps): Maintenance {
  const { sql, clock, catalog, ledger, review } = deps;
  return {
    async list() {
      return [...documentedMaintenance(catalog.current()), ...(await windowsEndingAfter(sql, clock.now() - SHOWN_MS))];
    },
    async minutes() {
      return minutesOf([...documentedMaintenance(catalog.current()), ...(await windowsEndingAfter(sql, 0))]);
    },
    async plan(request, who) {
      const now = clock.now();
      check(catalog, request, now);
      const services = [...new Set(request.services)];
      const window = { ...request, services, id: newId(now), createdBy: who.name, createdAt: now };
      await sql.transaction(async (tx) => {
        await saveWindow(tx, window);
        await review(tx);
        await ledger.append(tx, [eventOf(window, who, 'planned')]);
      });
      return window;
    },
    async end(id, who) {
      if (documentedMaintenance(catalog.current()).some((one) => one.id === id))
        throw conflict(`The maintenance '${id}' is a document: change it there.`);
      return sql.transaction(async (tx) => {
        const known = await lockWindow(tx, id);
        if (known === undefined) throw notFound('maintenance window', id);
        const now = clock.now();
        if (known.endsAt <= now) return known;
        const ended = { ...known, startsAt: Math.min(known.startsAt, now), endsAt: now };
        await saveWindow(tx, ended);
        await review(tx);
        await ledger.append(tx, [eventOf(ended, who, 'ended')]);
        return ended;
      });
    },
  };
}

const MINUTE_MS = 60_000;

/** A window's next span is looked for once, not for each of a day's minutes. */
function minutesOf(windows: readonly MaintenanceWindow[]): (service: string, minute: number) => boolean {
  const spans = new Map<MaintenanceWindow, { asked: number; span: Span | undefined }>();
  const overlaps = (window: MaintenanceWindow, minute: number): boolean => {
    let known = spans.get(window);
    if (known === undefined || minute < known.asked || (known.span !== undefined && minute >= known.span.to)) {
      known = { asked: minute, span: spanAt(window, minute) };
      spans.set(window, known);
    }
    return known.span !== undefined && known.span.from < minute + MINUTE_MS && known.span.to > minute;
  };
  return (service, minute) => windows.some((window) => window.services.includes(service) && overlaps(window, minute));
}

function check(catalog: Catalog, request: MaintenanceRequest, now: number): void {
  const unknown = request.services.find((name) => catalog.current().get('Service', name) === undefined);
  if (unknown !== undefined) throw badRequest(`There is no service '${unknown}'.`);
  if (request.endsAt <= request.startsAt) throw badRequest('Maintenance ends after it begins.');
  if (spanAt(request, now) === undefined) throw badRequest('The maintenance would be over already: give it an end in the future.');
}

function eventOf({ id, services, reason, startsAt, endsAt }: MaintenanceWindow, who: Silencer, verb: 'planned' | 'ended') {
  const on = services.length > 3 ? `${services.length} services` : services.join(', ');
  return {
    kind: `maintenance.${verb}`,
    title: `${who.name} ${verb} maintenance of ${on}: ${reason}`,
    actor: who.actor,
    service: services.length === 1 ? services[0] : null,
    subject: `maintenance/${id}`,
    data: { services, reason, startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() },
  };
}
