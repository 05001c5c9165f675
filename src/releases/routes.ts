import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { created, route, type Route } from '../platform/http/index.ts';
import { badRequest, notFound } from '../platform/problem.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { changeEvent } from './change.ts';
import { changeAnswer, changesPage, changesQuery, newChange, type NewChange } from './contract.ts';
import { unknownService } from './unknown-service.ts';

export interface ReleasesDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
}

export interface Releases {
  readonly routes: Route[];
  /** One that another part of nines heard of; it is finished, where nothing else is said. @throws Problem 400 where its time cannot be meant */
  record(change: Omit<NewChange, 'state'> & Partial<Pick<NewChange, 'state'>>, actor: string): Promise<void>;
}

/** Changes of the world, posted by pipelines and people, kept as events of the ledger. */
export function createReleases(deps: ReleasesDeps): Releases {
  const { sql, clock, ledger } = deps;
  return {
    routes: [post(deps), list(deps), get(deps)],
    async record(change, actor) {
      await sql.transaction((tx) => ledger.append(tx, [changeEvent({ state: 'finished', ...change }, actor, clock.now())]));
    },
  };
}

const PATH = '/nines/v1/changes';

const post = ({ sql, clock, ledger, catalog }: ReleasesDeps): Route =>
  route({
    method: 'POST',
    path: PATH,
    access: 'intake',
    summary: 'Says that something changed on purpose: a deploy, a flag, a configuration',
    body: newChange,
    response: changeAnswer,
    async handler({ body, principal }) {
      const change = changeEvent(body, principal.actor, clock.now());
      const [event] = await sql.transaction((tx) => ledger.appendNow(tx, [change]));
      const warning = unknownService(catalog.current(), body.service);
      return created(`${PATH}/${event!.marker}`, { ...event!, ...(warning !== undefined && { warning }) });
    },
  });

const list = ({ ledger }: ReleasesDeps): Route =>
  route({
    method: 'GET',
    path: PATH,
    access: 'viewer',
    summary: 'Changes, newest first',
    query: changesQuery,
    response: changesPage,
    async handler({ query: { from, to, kind, ...rest } }) {
      const span = { ...(from !== undefined && { from: Date.parse(from) }), ...(to !== undefined && { to: Date.parse(to) }) };
      if (span.from !== undefined && span.to !== undefined && span.from > span.to) throw badRequest("'from' must not be later than 'to'.");
      const { events, marker } = await ledger.read({
        ...rest,
        ...span,
        kind: kind === undefined ? 'change.*' : `change.${kind}`,
        order: 'desc',
      });
      return { changes: events, marker: events.length === rest.limit ? marker : null };
    },
  });

const get = ({ ledger }: ReleasesDeps): Route =>
  route({
    method: 'GET',
    path: `${PATH}/:marker`,
    access: 'viewer',
    summary: 'One change, by its marker',
    params: z.object({ marker: z.coerce.number().int().min(1) }),
    response: changeAnswer,
    async handler({ params: { marker } }) {
      const { events } = await ledger.read({ marker: marker - 1, limit: 1 });
      const event = events[0];
      if (event?.marker !== marker || !event.kind.startsWith('change.')) throw notFound('change', String(marker));
      return event;
    },
  });
