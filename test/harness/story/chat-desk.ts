/** Chat over the real on-call, incidents and changes of a story. */
import { sql as template } from 'kysely';
import type { World } from './world.ts';
import { permits } from '../../../src/access/permits.ts';
import { createIncidents } from '../../../src/incidents/index.ts';
import { createCallRoute, type Role, type Route } from '../../../src/platform/http/index.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createReleases } from '../../../src/releases/index.ts';
import { type ChatDesk, createChatDesk } from '../../../src/chat/desk.ts';

interface Given {
  readonly strangers?: 'none' | 'viewer';
  /** Of accounts, by their mail address. */
  readonly roles?: ReadonlyMap<string, Role>;
  readonly routes?: readonly Route[];
}

/** The desk of a story's process, on its routes. */
export async function deskOf(world: World, { strangers = 'none', roles, routes: more = [] }: Given = {}): Promise<ChatDesk> {
  const { process, clock } = world;
  const { sql } = process;
  const catalog = { current: () => world.set, onChange: () => undefined };
  const common = { sql, clock, catalog, ledger: process.ledger };
  const incidents = createIncidents({ ...common, jobs: process.jobs, delivery: process.delivery, settings: { url: 'https://n' }, emailOfAccount: () => Promise.resolve(null) }); // prettier-ignore
  const routes = [...process.oncall.routes, ...createReleases(common).routes, ...incidents.routes, ...more];
  // The stories begin with empty tables, and this one has a row from its migration.
  await template`insert into incident_counter (number) values (0) on conflict do nothing`.execute(sql.db());
  return createChatDesk({
    ...common,
    log: silentLog,
    call: createCallRoute(() => routes, permits),
    roleByEmail: (_, email) => Promise.resolve(roles?.get(email) ?? null),
    rules: { people: 'responder', strangers },
    url: 'https://n',
  });
}
