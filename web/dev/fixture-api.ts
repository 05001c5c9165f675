import type { IncidentDetail } from '../../src/incidents/contract.ts';
import { targetStatesQuery } from '../../src/monitoring/contract.ts';
import { answerTargets } from '../../src/monitoring/target-answer.ts';
import { SILENCES } from './silence-fixtures.ts';
import { deliveries, delivery, providers, push } from './delivery-fixtures.ts';
import { problem, type FixtureServer } from './fixture-port.ts';
import { intakes, metricAudit, metricCosts, metricDetail, sharedGraph, slowQueries, store } from './metric-fixtures.ts';
import * as quality from './quality-fixtures.ts';
import { instantAnswer, rangeAnswer } from './prometheus.ts';
import { graphiteRules, heartbeats, integrations } from './sender-fixtures.ts';
import { calendars, chats, drills, pay, routeTree, routesOf } from './route-fixtures.ts';
import { SCHEDULE_HANDLERS } from './schedule-fixtures.ts';

type Context = Pick<FixtureServer, 'world' | 'tell'>;
type Answer = [status: number, body?: unknown];
type Body = Readonly<Record<string, unknown>>;
type Handler = (context: Context, call: { id: string; query: URLSearchParams; body: Body }) => Answer;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const found = (thing: unknown): Answer => (thing === undefined ? [404, problem(404, 'There is no such thing here.')] : [200, thing]);
const fits = (query: URLSearchParams, key: string, value: string | null): boolean => !query.has(key) || query.get(key) === value;

function incidentDo(change: (incident: IncidentDetail, context: Context, body: Body) => void): Handler {
  return (context, { id, body }) => {
    const incident = context.world.incidents.find((one) => one.id === id);
    if (incident === undefined) return found(undefined);
    change(incident, context, body);
    return [200, incident];
  };
}

function write(incident: IncidentDetail, { world, tell }: Context, kind: string, title: string, data: Record<string, unknown> = {}): void {
  const actor = `person:${world.me.person ?? world.me.name}`;
  tell({ kind, title, actor, subject: `incident/${incident.id}`, data });
  const { marker = 0, time = '' } = world.events.at(-1) ?? {};
  incident.timeline.push({ marker, time, kind, actor, title, data });
}

const join = incidentDo((incident, context) => {
  const name = context.world.me.person ?? context.world.me.name;
  incident.responders.push(name);
  incident.roles.commander ??= name;
  write(incident, context, 'incident.joined', `${name} is on the scene`);
});
const note = incidentDo((incident, context, body) =>
  write(incident, context, 'incident.noted', text(body['text']), { text: text(body['text']) }),
);
const update = incidentDo((incident, context, body) => {
  incident.nextUpdateDueAt = new Date(Date.now() + 1_800_000).toISOString();
  write(incident, context, 'incident.updated', `Update: ${text(body['text'])}`, { text: text(body['text']) });
});
const roles = incidentDo((incident, context, body) => {
  incident.roles = { ...incident.roles, [text(body['role'])]: text(body['person']) };
  write(incident, context, 'incident.role-changed', `${text(body['person'])} is ${text(body['role'])} now`);
});
const allClear: Handler = (context, call) => {
  const incident = context.world.incidents.find(({ id }) => id === call.id);
  if (incident?.outageEndedAt === null && call.body['force'] !== true)
    return [409, problem(409, 'Its page still fires: page-21. Send force to end the incident all the same.')];
  return incidentDo((one, ctx) => {
    one.state = 'all-clear';
    one.allClearAt = new Date().toISOString();
    write(one, ctx, 'incident.all-clear', 'All clear');
  })(context, call);
};

const acknowledge: Handler = ({ world, tell }, { id }) => {
  const page = world.pages.find((one) => one.id === id);
  if (page === undefined) return found(undefined);
  Object.assign(page, { state: 'acknowledged', acknowledgedBy: world.me.person, acknowledgedAt: new Date().toISOString() });
  tell({ kind: 'page.acknowledged', title: `${world.me.person} acknowledged`, subject: `page/${id}` });
  return [200, page];
};

/** Snooze, escalate, not mine, resolve: what the page says afterwards. */
const answerPage =
  (verb: string, change: (world: Context['world']) => object): Handler =>
  ({ world, tell }, { id }) => {
    const page = world.pages.find((one) => one.id === id);
    if (page === undefined) return found(undefined);
    Object.assign(page, change(world));
    tell({ kind: `page.${verb}`, title: `${world.me.person} ${verb} it`, subject: `page/${id}` });
    return [200, page];
  };
const iso = (after = 0): string => new Date(Date.now() + after).toISOString();
const ANSWERS: Readonly<Record<string, Handler>> = {
  'POST /nines/v1/pages/:id/snooze': answerPage('snoozed', ({ me }) => ({
    state: 'acknowledged',
    acknowledgedBy: me.person,
    acknowledgedAt: iso(),
    snoozedUntil: iso(1_800_000),
  })),
  'POST /nines/v1/pages/:id/escalate': answerPage('escalated', () => ({ state: 'triggered', acknowledgedBy: null, acknowledgedAt: null })),
  'POST /nines/v1/pages/:id/not-mine': answerPage('declined', ({ me }) => ({ declined: [{ name: me.person, title: me.name }] })),
  'POST /nines/v1/pages/:id/resolve': answerPage('resolved', () => ({ state: 'resolved', resolvedAt: iso() })),
};

/** Whom to call, of the people whom the world has on call. */
const who: Handler = ({ world }, { query }) => {
  const about = query.get('about') ?? '';
  const { schedules } = world.onCall;
  const people = schedules.flatMap(({ primary, secondary }) => [primary, secondary]).filter((one) => one !== null);
  const name = world.services.find((one) => one.name.startsWith(about))?.name;
  const steps = people.map((one, i) => ({ at: iso(i * 300_000), oneOf: false, people: [{ ...one, timeZone: 'Europe/Berlin' }] }));
  const found = name === undefined ? null : { kind: 'service', name, title: name };
  const problem = name === undefined ? `Nothing is called '${about}', and nothing is near it.` : null;
  const team = name === undefined ? null : { name: 'links', title: 'Links', channel: '#links' };
  const until = schedules[0]?.until ?? null;
  const others = world.services.filter((one) => one.name !== name).map((one) => ({ kind: 'service', name: one.name, title: one.title }));
  return [200, { at: iso(), about, found, alternatives: others.slice(0, 2), policy: name ? 'links' : null, team, steps: name ? steps : [], until, problem }];
}; // prettier-ignore

/** Of those on call, the first has shown that messages arrive. */
const ready: Handler = ({ world }) => {
  const people = world.onCall.schedules.flatMap(({ primary, secondary }) => [primary, secondary]).filter((one) => one !== null);
  const contact = (name: string, verified: boolean) => ({ channel: 'email', address: `${name}@links.example`, verifiedAt: verified ? iso(-86_400_000) : null, askedAt: verified ? null : iso(-300_000) });
  return [200, { people: people.map(({ name, title }, i) => ({ person: name, title, nextShift: iso(i * 86_400_000), ready: i === 0, problem: i === 0 ? null : 'not verified: email', contacts: [contact(name, i === 0)] })) }];
}; // prettier-ignore
const fairness: Handler = ({ world }, { query }) => {
  const people = world.onCall.schedules.flatMap(({ primary, secondary }) => [primary, secondary]).filter((one) => one !== null);
  const share = (i: number) => ({ shifts: 4 - i, primary: 672 - i * 168, secondary: 168 * i, nights: 252 - i * 63, weekends: 192 - i * 48, holidays: i * 24, pages: 9 - i * 3, wakes: 3 - i });
  return [200, { from: query.get('from'), to: query.get('to'), schedules: [], people: people.map(({ name, title }, i) => ({ person: name, title, ...share(i) })) }];
}; // prettier-ignore

/** The next hand-over of a schedule, with a note, and the last one. */
const handovers: Handler = ({ world }, { id }) => {
  const shift = world.onCall.schedules.find(({ schedule }) => schedule === id);
  if (shift === undefined) return found(undefined);
  const next = { at: shift.until, outgoing: shift.primary, incoming: shift.next?.primary ?? null };
  const notes = [{ id: 'note-1', author: 'ana', text: 'The cache is cold since the deploy: errors after a restart are that.', at: iso(-3_600_000) }];
  const digest = 'Since 09:00 on Mon 16 Nov:\n- 3 critical pages, answered within 2 minutes as a rule, 6 minutes at most\n\nStill open:\n- Nothing is open.';
  return [200, { schedule: id, next, notes, past: [{ at: iso(-5 * 86_400_000), outgoing: shift.secondary, incoming: shift.primary, digest }] }];
}; // prettier-ignore

const savePostmortem: Handler = ({ world, tell }, { id, body }) => {
  const one = world.postmortems.find((each) => each.id === id);
  if (one === undefined) return found(undefined);
  if (body['version'] !== one.version) return [409, problem(409, `Version ${one.version} was saved meanwhile.`)];
  Object.assign(one, { markdown: text(body['markdown']), version: one.version + 1, state: body['state'] ?? one.state });
  tell({ kind: 'postmortem.saved', title: 'Postmortem saved' });
  return [200, one];
};

const events: Handler = ({ world }, { query }) => {
  const kinds = query.get('kind')?.split(',');
  const matches = (kind: string): boolean =>
    kinds === undefined || kinds.some((one) => (one.endsWith('*') ? kind.startsWith(one.slice(0, -1)) : one === kind));
  const list = world.events.filter((event) => matches(event.kind) && fits(query, 'service', event.service));
  list.sort((a, b) => (query.get('order') === 'desc' ? b.marker - a.marker : a.marker - b.marker));
  return [200, { events: list.slice(0, Number(query.get('limit') ?? 50)), marker: list.at(-1)?.marker ?? 0 }];
};

const cost: Handler = ({ world }, { id, query }) => {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? new Date().toISOString()];
  const running = world.incidents.find(({ state }) => state === 'open');
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000;
  const during = running !== undefined && Date.parse(to) > Date.parse(running.outageBeganAt) && id === 'links-availability';
  const total = Math.round(seconds * 420);
  const bad = Math.round(total * (during ? 0.142 : 0.0004));
  return [200, { objective: id, from, to, good: total - bad, total, bad, budgetShare: bad / 18_430 }];
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /nines/v1/me': ({ world }) => [200, world.me],
  'GET /nines/v1/setup': ({ world }) => [200, { needed: world.setupNeeded }],
  'POST /nines/v1/setup': ({ world }) => {
    Object.assign(world, { setupNeeded: false, signedIn: true });
    return [204];
  },
  'POST /nines/v1/session': ({ world }, { body }) => {
    if (body['password'] !== 'correct horse') return [401, problem(401, 'The address or the password is wrong.')];
    world.signedIn = true;
    return [204];
  },
  'DELETE /nines/v1/session': ({ world }) => {
    world.signedIn = false;
    return [204];
  },
  'GET /nines/v1/health': ({ world }) => [200, world.health],
  'GET /nines/v1/services': ({ world }) => [200, { services: world.services }],
  'GET /nines/v1/objectives': ({ world }) => [200, { objectives: world.objectives }],
  'GET /nines/v1/objectives/:id/cost': cost,
  'GET /nines/v1/alerts': ({ world }, { query }) => [200, { alerts: world.alerts.filter(({ state }) => fits(query, 'state', state)) }],
  ...SILENCES,
  'GET /nines/v1/oncall/now': ({ world }) => [200, world.onCall],
  'GET /nines/v1/incidents': ({ world }, { query }) => [
    200,
    { incidents: world.incidents.filter(({ state }) => fits(query, 'state', state)), marker: null },
  ],
  'GET /nines/v1/incidents/:id': ({ world }, { id }) => found(world.incidents.find((one) => one.id === id)),
  'POST /nines/v1/incidents/:id/join': join,
  'POST /nines/v1/incidents/:id/notes': note,
  'POST /nines/v1/incidents/:id/updates': update,
  'POST /nines/v1/incidents/:id/roles': roles,
  'POST /nines/v1/incidents/:id/all-clear': allClear,
  'GET /nines/v1/events': events,
  'GET /nines/v1/pages': ({ world }, { query }) => [200, { pages: world.pages.filter(({ state }) => fits(query, 'state', state)) }],
  'GET /nines/v1/pages/:id': ({ world }, { id }) => found(world.pages.find((one) => one.id === id)),
  'POST /nines/v1/pages/:id/acknowledge': acknowledge,
  ...ANSWERS,
  'POST /a/:id': (context) => acknowledge(context, { id: 'page-21', query: new URLSearchParams(), body: {} }),
  'POST /nines/v1/devices/receipts/:id': ({ tell }, { id, body }) => {
    tell({ kind: 'notification.receipt', title: `${id} ${text(body['state'])}` });
    return [204];
  },
  'POST /nines/v1/notifications/test': ({ world }) => [201, { notifications: deliveries(world).slice(0, 2) }],
  'GET /nines/v1/oncall/who': who,
  'GET /nines/v1/schedules/:id/handovers': handovers,
  'GET /nines/v1/oncall/ready': ready,
  'GET /nines/v1/oncall/fairness': fairness,
  'GET /nines/v1/postmortems': ({ world }) => [200, { postmortems: world.postmortems }],
  'GET /nines/v1/postmortems/:id': ({ world }, { id }) => found(world.postmortems.find((one) => one.id === id)),
  'PUT /nines/v1/postmortems/:id': savePostmortem,
  'GET /nines/v1/probes': ({ world }) => [200, { probes: world.probes }],
  'GET /nines/v1/targets': ({ world }, { query }) => [
    200,
    {
      ...answerTargets(world.targets, world.dropped, targetStatesQuery.parse(Object.fromEntries(query))),
      problems: world.discoveryProblems,
    },
  ],
  'GET /nines/v1/metrics': (_, { query }) => [200, metricCosts(query)],
  'GET /nines/v1/metrics/audit': () => [200, metricAudit],
  'GET /nines/v1/metrics/:id': (_, { id }) => found(metricDetail(id)),
  'GET /nines/v1/store': () => [200, store()],
  'GET /nines/v1/intakes': () => [200, intakes()],
  'GET /nines/v1/heartbeats': () => [200, { heartbeats: heartbeats() }],
  'GET /nines/v1/heartbeats/:id': (_, { id }) => found(heartbeats().find(({ name }) => name === id)),
  'GET /nines/v1/integrations': () => [200, { integrations: integrations() }],
  'POST /nines/v1/integrations/:id/test': (_, { id }) => [202, { title: `Test of ${id}` }],
  'GET /nines/v1/graphite-rules': () => [200, { rules: graphiteRules() }],
  'GET /nines/v1/graphite-rules/:id': (_, { id }) => found(graphiteRules().find(({ name }) => name === id)),
  'POST /nines/v1/graphite-rules/:id/forget': () => [204],
  'GET /nines/v1/graphs/:id': (_, { id }) => [200, sharedGraph(id)],
  'GET /nines/v1/queries/slow': () => [200, slowQueries()],
  'GET /nines/v1/rules/lint': (_, { query }) => {
    const all = quality.lint();
    return [200, { ...all, rules: all.rules.filter(({ rule, service }) => fits(query, 'rule', rule) && fits(query, 'service', service)) }];
  },
  'GET /nines/v1/alerts/:id/history': ({ world }, { id }) => [
    200,
    {
      ...quality.history(
        id,
        world.alerts.find(({ fingerprint }) => fingerprint === id),
        deliveries(world),
      ),
    },
  ],
  'GET /nines/v1/review': (_, { query }) => [200, quality.review(query.get('week') ?? '2026-W47')],
  'PUT /nines/v1/review/answers': () => [204],
  'POST /nines/v1/backtest': (_, { body }) => {
    const rule = body['rule'] as { expr?: string } | undefined;
    return [200, { answer: quality.backtest(rule?.expr ?? 'job:link_errors:ratio > 0.05') }];
  },
  ...SCHEDULE_HANDLERS,
  'GET /nines/v1/alert-routes/tree': ({ world }) => [200, routeTree(world)],
  'GET /nines/v1/alert-routes': () => [200, routesOf()],
  'GET /nines/v1/drills': (_, { query }) => [
    200,
    { drills: drills().filter(({ service }) => fits(query, 'service', service)), marker: null },
  ],
  'POST /nines/v1/drills': () => [201, drills()[0]],
  'GET /nines/v1/calendars': ({ world }) => [200, { calendars: world.onCall.schedules.length === 0 ? [] : calendars() }],
  'GET /nines/v1/chats': () => [200, chats()],
  'GET /nines/v1/oncall/pay': (_, { query }) => [200, pay(query.get('month') ?? '')],
  'POST /nines/v1/integrations/:id/key': (_, { id }) => [
    201,
    { name: id, key: 'nk_shown_once_4f2a', address: `https://nines.links.example/nines/v1/inbound/${id}` },
  ],
  'GET /nines/v1/config': ({ world }) => [200, world.config],
  'GET /nines/v1/resources': ({ world }, { query }) => [
    200,
    { resources: world.resources.filter(({ kind }) => fits(query, 'kind', kind)) },
  ],
  'GET /nines/v1/accounts': ({ world }) => [200, { accounts: world.accounts }],
  'GET /nines/v1/tokens': ({ world }) => [200, { tokens: world.tokens }],
  'POST /nines/v1/tokens': (_, { body }) => [
    201,
    { id: 'tok-9', name: text(body['name']), scope: body['scope'], createdAt: new Date().toISOString(), secret: 'nines_token_shown_once' },
  ],
  'GET /nines/v1/notifications': ({ world }, { query }) => {
    const fitting = deliveries(world).filter(
      (one) => fits(query, 'person', one.person) && fits(query, 'channel', one.channel) && fits(query, 'state', one.state),
    );
    return [200, { notifications: fitting, marker: null }];
  },
  'GET /nines/v1/notifications/providers': ({ world }) => [200, providers(world)],
  'GET /nines/v1/notifications/:id': ({ world }, { id }) => {
    const one = deliveries(world).find((known) => known.id === id);
    return found(one && delivery(one));
  },
  'GET /nines/v1/devices': () => [200, push()],
  'GET /nines/v1/mailbox': ({ world }) => (world.mail === undefined ? found(undefined) : [200, { messages: world.mail }]),
  'GET /api/v1/query': (_, { query }) => [200, instantAnswer(query.get('query') ?? '')],
  'GET /api/v1/query_range': (_, { query }) => {
    const expr = query.get('query') ?? '';
    if (expr.includes('bad syntax'))
      return [400, { status: 'error', errorType: 'bad_data', error: '1:5: parse error: unexpected identifier "syntax"' }];
    return [200, rangeAnswer(expr, Number(query.get('start')), Number(query.get('end')), Number(query.get('step')))];
  },
  'GET /api/v1/label/:id/values': () => [200, { status: 'success', data: ['up', 'node_load1', 'http_requests_total'] }],
};

/** What is answered here: each must be a route of the real one. */
export const FIXTURE_ROUTES: readonly string[] = Object.keys(HANDLERS);

const PUBLIC = new Set([
  'GET /nines/v1/setup',
  'POST /nines/v1/setup',
  'POST /nines/v1/session',
  'POST /a/:id',
  'DELETE /nines/v1/session',
]);

export function answerApi(context: Context, method: string, url: URL, body: unknown): Answer {
  for (const [route, handler] of Object.entries(HANDLERS)) {
    const match = new RegExp(`^${route.replace(':id', '([^/]+)')}$`).exec(`${method} ${url.pathname}`);
    if (match === null) continue;
    if (!context.world.signedIn && !PUBLIC.has(route)) return [401, problem(401, 'Sign in first.')];
    const call = { id: decodeURIComponent(match[1] ?? ''), query: url.searchParams, body: (body ?? {}) as Body };
    return handler(context, call);
  }
  return found(undefined);
}
