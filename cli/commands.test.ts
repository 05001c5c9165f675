import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as sample from '../test/harness/cli-answers.ts';
import { type CliRun, FakeServer, problemAnswer, runCli } from '../test/harness/test-cli.ts';
import type { Terminal } from './terminal.ts';

let server: FakeServer;
let home: string;
beforeEach(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-cli-'));
  server = await FakeServer.start({});
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  fs.rmSync(home, { recursive: true });
});

const nines = (line: string | string[], given: Partial<Terminal> & { secret?: string } = {}): Promise<CliRun> =>
  runCli(typeof line === 'string' ? line.split(' ') : line, { home, env: { NINES_URL: server.url }, ...given });

const V1 = '/nines/v1';
const calm = {
  [`GET ${V1}/health`]: sample.healthOk,
  [`GET ${V1}/alerts`]: { alerts: [] },
  [`GET ${V1}/incidents`]: { incidents: [], marker: null },
  [`GET ${V1}/objectives`]: { objectives: [{ ...sample.objective, state: 'ok' }] },
};
const badDay = {
  [`GET ${V1}/health`]: sample.healthDegraded,
  [`GET ${V1}/alerts`]: { alerts: [sample.alertFiring] },
  [`GET ${V1}/incidents`]: { incidents: [sample.incidentOpen], marker: null },
  [`GET ${V1}/objectives`]: { objectives: [sample.objective] },
};

interface Case {
  line: string | string[];
  answers: Record<string, unknown>;
  code: number;
  out: string;
  err?: string;
  /** The last request that changes something: `POST path` and its body. */
  sent?: [string, unknown];
}

const cases: Record<string, Case> = {
  'status on a good day': {
    line: 'status',
    answers: calm,
    code: 0,
    out: `All is well: nothing fires, no incident is open, no budget is spent.

Budgets
OBJECTIVE              SERVICE   STATE  TARGET      NOW  WINDOW  BUDGET LEFT  BURN 1H
checkout-availability  checkout  ok      99.9%  99.951%     30d          51%    14.4×
`,
  },
  'status on a bad day': {
    line: 'status',
    answers: badDay,
    code: 1,
    out: `Not OK: 1 incident open, 1 alert firing, 1 budget burning, nines itself is degraded.
  delivery.email is degraded since 30m ago: mail.example.com refuses: try another

Open incidents
#  STATE  SEVERITY  TITLE           SERVICES  COMMANDER  OPENED  UPDATE DUE
7  open   critical  Checkout fails  checkout  ana        5m ago  1m ago

Firing
STATE   SEVERITY  SERVICE   ALERT           VALUE  SINCE   SUMMARY
firing  critical  checkout  CheckoutErrors  0.123  5m ago  12% of checkouts fail

Budgets
OBJECTIVE              SERVICE   STATE    TARGET      NOW  WINDOW  BUDGET LEFT  BURN 1H
checkout-availability  checkout  burning   99.9%  99.951%     30d          51%    14.4×
`,
  },
  services: {
    line: 'services',
    answers: { [`GET ${V1}/services`]: sample.services },
    code: 0,
    out: `SERVICE   TIER  OWNER     DEPENDS ON   RUNBOOK
checkout     1  payments  stock, mail  https://wiki.example.com/checkout
`,
  },
  'alerts, none': { line: 'alerts', answers: { [`GET ${V1}/alerts`]: { alerts: [] } }, code: 0, out: 'No alert is active.\n' },
  'pages, one waiting': {
    line: 'pages',
    answers: { [`GET ${V1}/pages`]: { pages: [sample.pageTriggered] } },
    code: 1,
    out: `PAGE  STATE      SEVERITY  SERVICE   SUBJECT                          TRIGGERED  BY  ESCALATES
p1    triggered  critical  checkout  checkout: 12% of checkouts fail  5m ago         in 5m
`,
  },
  'pages, all acknowledged': {
    line: 'pages',
    answers: { [`GET ${V1}/pages`]: { pages: [sample.pageAcknowledged] } },
    code: 0,
    out: `PAGE  STATE         SEVERITY  SERVICE   SUBJECT                          TRIGGERED  BY   ESCALATES
p1    acknowledged  critical  checkout  checkout: 12% of checkouts fail  5m ago     ana
`,
  },
  page: {
    line: 'page p1',
    answers: { [`GET ${V1}/pages/p1`]: sample.pageShown },
    code: 0,
    out: `checkout: 12% of checkouts fail  triggered
  page          p1
  severity      critical
  service       checkout
  team          payments
  policy        payments, step 1
  triggered     2026-03-01 11:55 (5m ago)
  promised      an answer in 25m
  escalates     in 5m
  incident      i1

Errors are at 12%, the promise is 0.1%.
Runbook: https://wiki.example.com/checkout

Who was called
WHEN                 PERSON  BY     WHY   STATE   PROBLEM
2026-03-01 11:55:00  ana     email  page  failed  refused

Acknowledge it with: nines ack p1
Or: nines page snooze 30m p1, nines page escalate p1, nines page not-mine p1
`,
  },
  'ack the only page': {
    line: 'ack',
    answers: { [`GET ${V1}/pages`]: { pages: [sample.pageTriggered] }, [`POST ${V1}/pages/p1/acknowledge`]: sample.pageAcknowledged },
    code: 0,
    out: 'Acknowledged by ana: checkout: 12% of checkouts fail\n  incident: nines incident show i1\n',
    sent: [`POST ${V1}/pages/p1/acknowledge`, {}],
  },
  'snooze the only open page': {
    line: 'page snooze 30m',
    answers: {
      [`GET ${V1}/pages`]: { pages: [sample.pageAcknowledged] },
      [`POST ${V1}/pages/p1/snooze`]: { ...sample.pageShown, state: 'acknowledged', snoozedUntil: '2026-03-01T12:30:00Z' },
    },
    code: 0,
    out: 'Snoozed until 2026-03-01 12:30 (in 30m): checkout: 12% of checkouts fail\n',
    sent: [`POST ${V1}/pages/p1/snooze`, { for: '30m' }],
  },
  'escalate to a team': {
    line: 'page escalate p1 --team payments --everyone',
    answers: { [`POST ${V1}/pages/p1/escalate`]: sample.pageShown },
    code: 0,
    out: 'Escalated to ana: checkout: 12% of checkouts fail\n',
    sent: [`POST ${V1}/pages/p1/escalate`, { team: 'payments', everyone: true }],
  },
  'escalate with nothing open': {
    line: 'page escalate',
    answers: { [`GET ${V1}/pages`]: { pages: [] } },
    code: 2,
    out: '',
    err: 'nines: No page is open.\n  nines pages --state resolved\n',
  },
  'not mine': {
    line: 'page not-mine p1',
    answers: { [`POST ${V1}/pages/p1/not-mine`]: sample.pageShown },
    code: 0,
    out: 'Not yours; ana has been called: checkout: 12% of checkouts fail\n',
    sent: [`POST ${V1}/pages/p1/not-mine`, {}],
  },
  'resolve a page': {
    line: ['page', 'resolve', 'p1', 'rolled back'],
    answers: { [`POST ${V1}/pages/p1/resolve`]: { ...sample.pageShown, state: 'resolved' } },
    code: 0,
    out: 'Resolved: checkout: 12% of checkouts fail\n',
    sent: [`POST ${V1}/pages/p1/resolve`, { reason: 'rolled back' }],
  },
  'send a page': {
    line: ['page', 'send', 'Look at the refunds', '--service', 'checkout'],
    answers: { [`POST ${V1}/pages`]: sample.pageTriggered },
    code: 0,
    out: "Page p1 sent by the policy 'payments': checkout: 12% of checkouts fail\n",
    sent: [`POST ${V1}/pages`, { subject: 'Look at the refunds', service: 'checkout', text: '' }],
  },
  'who to call, in words': {
    line: 'oncall who the payments',
    answers: { [`GET ${V1}/oncall/who`]: sample.whoPayments },
    code: 0,
    out: `Checkout (checkout)  service, by the policy payments, team Payments #pay
CALLED  AT                WHO                         THEIR TIME
now     2026-03-01 12:00  Ana Souza                   12:00 Europe/Lisbon
in 5m   2026-03-01 12:05  one of Ana Souza, Ben Okri
Until 2026-03-02 09:00 (in 21h).
Or did you mean the team payments?
`,
  },
  'ack with nothing waiting': {
    line: 'ack',
    answers: { [`GET ${V1}/pages`]: { pages: [sample.pageAcknowledged] } },
    code: 0,
    out: 'No page waits to be acknowledged.\n',
  },
  'ack of several takes those that called me': {
    line: 'ack',
    answers: {
      [`GET ${V1}/pages`]: { pages: [{ ...sample.pageTriggered, id: 'p0' }, sample.pageTriggered] },
      [`GET ${V1}/me`]: sample.whoAmI,
      [`GET ${V1}/pages/p0`]: { ...sample.pageShown, id: 'p0', notifications: [] },
      [`GET ${V1}/pages/p1`]: sample.pageShown,
      [`POST ${V1}/pages/p1/acknowledge`]: sample.pageAcknowledged,
    },
    code: 0,
    out: 'Acknowledged by ana: checkout: 12% of checkouts fail\n  incident: nines incident show i1\n',
    sent: [`POST ${V1}/pages/p1/acknowledge`, {}],
  },
  'ack of several, none of them mine': {
    line: 'ack',
    answers: {
      [`GET ${V1}/pages`]: { pages: [{ ...sample.pageTriggered, id: 'p0' }, sample.pageTriggered] },
      [`GET ${V1}/me`]: { ...sample.whoAmI, person: null },
    },
    code: 2,
    out: '',
    err: `nines: 2 pages wait, and none of them called you.
  nines ack p0  # checkout: 12% of checkouts fail
  nines ack p1  # checkout: 12% of checkouts fail
  nines ack --all
`,
  },
  'ack of a page that is not there': {
    line: 'ack p9',
    answers: { [`POST ${V1}/pages/p9/acknowledge`]: problemAnswer(404, "There is no page 'p9'.") },
    code: 2,
    out: '',
    err: "nines: There is no page 'p9'.\n",
    sent: [`POST ${V1}/pages/p9/acknowledge`, {}],
  },
  oncall: {
    line: 'oncall',
    answers: { [`GET ${V1}/oncall/now`]: sample.onCall },
    code: 0,
    out: `SCHEDULE  TEAM      PRIMARY    SECONDARY  UNTIL                      THEN
payments  payments  Ana Souza  Ben Okri   2026-03-02 09:00 (in 21h)  Ben Okri

Who is called first
SERVICE   POLICY    FIRST CALLED
checkout  payments  Ana Souza
search    none      nobody
`,
  },
  'oncall for a service': {
    line: 'oncall search',
    answers: { [`GET ${V1}/oncall/now`]: sample.onCall },
    code: 0,
    out: 'SERVICE  POLICY  FIRST CALLED\nsearch   none    nobody\n',
  },
  'oncall for nothing': {
    line: 'oncall x',
    answers: { [`GET ${V1}/oncall/now`]: sample.onCall },
    code: 0,
    out: "Nobody is on call for 'x': there is no such service, team or schedule.\n",
  },
  'a schedule, three months ahead': {
    line: 'oncall schedule payments',
    answers: { [`GET ${V1}/schedules/payments/shifts`]: { shifts: sample.shifts } },
    code: 0,
    out: `FROM              TO                PRIMARY    FOR  SECONDARY  SHADOWS  LAYER
2026-02-23 09:00  2026-03-02 09:00  Ana Souza       Ben Okri            rotation
2026-03-02 09:00  2026-03-09 09:00  Ben Okri        –                   rotation
`,
  },
  'oncall take': {
    line: 'oncall take payments --for 4h --person ben',
    answers: { [`POST ${V1}/schedules/payments/overrides`]: sample.overrideMade },
    code: 0,
    out: 'Ben Okri is primary of payments from 2026-03-01 12:00 to 2026-03-01 16:00 (ov1).\nnote: Ben Okri is away then.\n',
    sent: [`POST ${V1}/schedules/payments/overrides`, { person: 'ben', layer: 'primary', for: '4h' }],
  },
  'oncall override without an end': {
    line: 'oncall override payments --from now',
    answers: {},
    code: 2,
    out: '',
    err: "nines: Say when it ends: '--to' or '--for'.\n",
  },
  'oncall gaps where there are some': {
    line: 'oncall gaps',
    answers: { [`GET ${V1}/oncall/gaps`]: { gaps: [sample.gap] } },
    code: 1,
    out: 'SCHEDULE  FROM              TO                ON CALL  WHY\npayments  2026-03-08 00:00  2026-03-09 00:00  nobody\n',
  },
  schedule: {
    line: 'schedule payments --days 7',
    answers: { [`GET ${V1}/schedules/payments/shifts`]: { shifts: sample.shifts } },
    code: 0,
    out: `FROM              TO                PRIMARY    SECONDARY
2026-02-23 09:00  2026-03-02 09:00  Ana Souza  Ben Okri
2026-03-02 09:00  2026-03-09 09:00  Ben Okri   nobody
`,
  },
  'incident lists the open ones': {
    line: 'incident',
    answers: { [`GET ${V1}/incidents`]: { incidents: [sample.incidentOpen], marker: null } },
    code: 1,
    out: `#  STATE  SEVERITY  TITLE           SERVICES  COMMANDER  OPENED  UPDATE DUE
7  open   critical  Checkout fails  checkout  ana        5m ago  1m ago
`,
  },
  'incident show': {
    line: 'incident show 7',
    answers: { [`GET ${V1}/incidents/7`]: sample.incidentShown },
    code: 0,
    out: `Incident 7: Checkout fails  open
  services       checkout
  began          2026-03-01 11:50 (10m ago)
  outage         10m so far
  commander      ana
  responders     ana
  next update    1m ago

What changed before it
  2026-03-01 11:40:00  Deployed checkout 1.2.3  token:ci

Timeline
  2026-03-01 11:55:00  Incident 7 opened: Checkout fails
  2026-03-01 11:58:00  ana noted  ana
      It is the deploy.
      Rolling back.
`,
  },
  'incident declare': {
    line: ['incident', 'declare', 'Checkout fails', '--service', 'checkout', '--service', 'mail'],
    answers: { [`POST ${V1}/incidents`]: sample.incidentOpen },
    code: 0,
    out: 'Incident 7 (Checkout fails): declared.\n',
    sent: [`POST ${V1}/incidents`, { title: 'Checkout fails', services: ['checkout', 'mail'], severity: 'critical' }],
  },
  'incident join': {
    line: 'incident join 7',
    answers: { [`POST ${V1}/incidents/7/join`]: sample.incidentOpen },
    code: 0,
    out: 'Incident 7 (Checkout fails): joined.\n',
    sent: [`POST ${V1}/incidents/7/join`, {}],
  },
  'incident role': {
    line: 'incident role 7 scribe ben',
    answers: { [`POST ${V1}/incidents/7/roles`]: sample.incidentOpen },
    code: 0,
    out: 'Incident 7 (Checkout fails): scribe is ben.\n',
    sent: [`POST ${V1}/incidents/7/roles`, { role: 'scribe', person: 'ben' }],
  },
  'incident note': {
    line: ['incident', 'note', '7', 'It is the deploy.'],
    answers: { [`POST ${V1}/incidents/7/notes`]: sample.incidentShown.timeline[1] },
    code: 0,
    out: 'Noted.\n',
    sent: [`POST ${V1}/incidents/7/notes`, { text: 'It is the deploy.' }],
  },
  'incident update': {
    line: 'incident update 7 Mending',
    answers: { [`POST ${V1}/incidents/7/updates`]: sample.incidentShown.timeline[1] },
    code: 0,
    out: 'Told everyone who follows. The next update is due in 30 minutes.\n',
    sent: [`POST ${V1}/incidents/7/updates`, { text: 'Mending' }],
  },
  'all-clear, refused': {
    line: 'incident all-clear 7',
    answers: { [`POST ${V1}/incidents/7/all-clear`]: problemAnswer(409, 'A page still fires.') },
    code: 2,
    out: '',
    err: 'nines: A page still fires.\n',
    sent: [`POST ${V1}/incidents/7/all-clear`, { text: '', force: false }],
  },
  'postmortem list': {
    line: 'postmortem list',
    answers: { [`GET ${V1}/postmortems`]: { postmortems: [sample.postmortem] } },
    code: 0,
    out: `POSTMORTEM  INCIDENT  STATE  TITLE            MTTA  MTTR  CHANGED
pm1                7  draft  Checkout failed    2m   42m  30m ago
`,
  },
  'postmortem show': {
    line: 'postmortem show pm1',
    answers: { [`GET ${V1}/postmortems/pm1`]: sample.postmortem },
    code: 0,
    out: '# Checkout failed\n\nSummary\n',
  },
  'sql as a table': {
    line: ['sql', 'SELECT metric, count() FROM points GROUP BY metric'],
    answers: {
      [`POST ${V1}/sql`]: {
        columns: [{ name: 'metric', type: 'String' }, { name: 'count()', type: 'UInt64' }, { name: 'labels', type: 'Map(String, String)' }],
        rows: [['up', '12', { job: 'api' }], ['hits_total', '3', null]],
      },
    },
    code: 0,
    out: 'metric      count()  labels\nup               12  {"job":"api"}\nhits_total        3\n',
    sent: [`POST ${V1}/sql`, { query: 'SELECT metric, count() FROM points GROUP BY metric' }],
  },
  'query a moment': {
    line: ['query', 'up', '--at', '5m'],
    answers: {
      'GET /api/v1/query': {
        status: 'success',
        data: {
          resultType: 'vector',
          result: [
            { metric: { __name__: 'up', job: 'node' }, value: [1772366100, '1'] },
            { metric: {}, value: [1772366100, '0.123456'] },
          ],
        },
      },
    },
    code: 0,
    out: 'SERIES          VALUE\nup{job="node"}      1\n{}              0.123\n',
  },
  'query a scalar': {
    line: ['query', '1 / 3'],
    answers: { 'GET /api/v1/query': { status: 'success', data: { resultType: 'scalar', result: [1, '0.3333333'] } } },
    code: 0,
    out: '0.333\n',
  },
  'query a range': {
    line: ['query', 'up', '--from', '8m', '--step', '1m'],
    answers: {
      'GET /api/v1/query_range': {
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [{ metric: { __name__: 'up' }, values: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [1772365920 + n * 60, String(n)]) }],
        },
      },
    },
    code: 0,
    out: 'SERIES                                                                MIN  MAX  LAST\nup      ▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇█    1    8     8\n2026-03-01 11:53 to 2026-03-01 12:00\n',
  },
  'query nothing': {
    line: 'query nothing',
    answers: { 'GET /api/v1/query': { status: 'success', data: { resultType: 'vector', result: [] } } },
    code: 0,
    out: 'No data: nothing matches at that time.\n',
  },
  'a query that is wrong': {
    line: 'query sum(',
    answers: { 'GET /api/v1/query': (_: unknown, response: { writeHead(status: number): { end(text: string): void } }) => response.writeHead(400).end(JSON.stringify({ status: 'error', errorType: 'bad_data', error: '1:5: parse error' })) },
    code: 2,
    out: '',
    err: 'nines: 1:5: parse error\n',
  },
  'a range without its beginning': { line: 'query up --to 5m', answers: {}, code: 2, out: '', err: 'nines: A range needs its beginning.\n  add --from 1h\n' },
  slo: {
    line: 'slo',
    answers: { [`GET ${V1}/objectives`]: { objectives: [sample.objective] } },
    code: 1,
    out: `OBJECTIVE              SERVICE   STATE    TARGET      NOW  WINDOW  BUDGET LEFT  BURN 1H
checkout-availability  checkout  burning   99.9%  99.951%     30d          51%    14.4×
`,
  },
  'slo NAME': {
    line: 'slo checkout-availability',
    answers: { [`GET ${V1}/objectives/checkout-availability`]: sample.objective },
    code: 1,
    out: `Checkout works  burning
  service      checkout
  promise      99.9% over 30d
  kept         99.951%
  events       999510 good of 1000000
  budget left  51%
  spent        490 of 1000 bad events allowed
  gone         in 10h, 2026-03-01 22:00

WINDOW  BURN RATE
    5m      20.5×
    1h      14.4×
`,
  },
  events: {
    line: 'events --limit 2',
    answers: { [`GET ${V1}/events`]: sample.events },
    code: 0,
    out: `2026-03-01 11:40:00  change.deploy           Deployed checkout 1.2.3  token:ci
2026-03-01 11:57:00  page.acknowledged       ana acknowledged  ana
`,
  },
  change: {
    line: 'change deploy --service chekout --version 1.2.3 --link https://ci.example.com/1',
    answers: { [`POST ${V1}/changes`]: sample.change },
    code: 0,
    out: '44\n',
    err: "There is no service 'chekout'; did you mean 'checkout'?\n",
    sent: [`POST ${V1}/changes`, { kind: 'deploy', service: 'chekout', version: '1.2.3', state: 'finished', url: 'https://ci.example.com/1' }],
  },
  'change of nothing': {
    line: 'change deploy',
    answers: {},
    code: 2,
    out: '',
    err: "error: required option '--service <name>' not specified\n(see 'nines --help')\n",
  },
  'change of an unknown kind': {
    line: 'change deply --service x',
    answers: {},
    code: 2,
    out: '',
    err: "error: command-argument value 'deply' is invalid for argument 'kind'. Allowed choices are deploy, rollback, config, flag, scale, migration, other.\n(see 'nines --help')\n",
  },
  'token create': {
    line: 'token create ci --scope intake --days 30',
    answers: { [`POST ${V1}/tokens`]: sample.tokenMade },
    code: 0,
    out: 'nines_secret\n',
    err: 'Keep it now: it is not shown again.\n',
    sent: [`POST ${V1}/tokens`, { name: 'ci', scope: 'intake', expiresInDays: 30 }],
  },
  'token list': {
    line: 'token list',
    answers: { [`GET ${V1}/tokens`]: { tokens: sample.tokens } },
    code: 0,
    out: 'ID  NAME  SCOPE   MADE    USED   ENDS\nt1  ci    intake  2h ago  never  in 1d\n',
  },
  'token revoke': { line: 'token revoke t1', answers: { [`DELETE ${V1}/tokens/t1`]: undefined }, code: 0, out: 'Revoked.\n', sent: [`DELETE ${V1}/tokens/t1`, undefined] },
  'account list': {
    line: 'account list',
    answers: { [`GET ${V1}/accounts`]: { accounts: sample.accounts } },
    code: 0,
    out: 'ID  NAME  E-MAIL           ROLE    MADE\na1  Ana   ana@example.com  viewer  2h ago\n',
  },
  'account role, by e-mail': {
    line: 'account role ANA@example.com admin',
    answers: { [`GET ${V1}/accounts`]: { accounts: sample.accounts }, [`PATCH ${V1}/accounts/a1`]: { ...sample.accounts[0], role: 'admin' } },
    code: 0,
    out: 'Ana is admin now.\n',
    sent: [`PATCH ${V1}/accounts/a1`, { role: 'admin' }],
  },
  'an unknown command': { line: 'stauts', answers: {}, code: 2, out: '', err: "error: unknown command 'stauts'\n(Did you mean status?)\n(see 'nines --help')\n" },
  'a number out of bounds': { line: 'status --timeout 0', answers: {}, code: 2, out: '', err: "nines: --timeout must be a whole number from 1 to 3600, not '0'.\n" },
  'an address that is none': { line: 'status --url localhost', answers: {}, code: 2, out: '', err: "nines: 'localhost' is not an address.\n  write it as http://localhost:9900\n" },
  'a server that is something else': {
    line: 'services',
    answers: { [`GET ${V1}/services`]: (_: unknown, response: { end(text: string): void }) => response.end('<html>') },
    code: 2,
    out: '',
  },
}; // prettier-ignore

test.each(Object.entries(cases))('%s', async (_, { line, answers, code, out, err, sent }) => {
  Object.assign(server.answers, answers);
  const ran = await nines(line);
  expect(ran.out).toBe(out);
  if (err !== undefined || code === 0) expect(ran.err).toBe(err ?? '');
  expect(ran.code).toBe(code);
  const last = server.seen.findLast(({ method }) => method !== 'GET');
  expect(last === undefined ? undefined : [`${last.method} ${last.url}`, last.body]).toEqual(sent);
});

test.each(['status', 'services', 'alerts', 'pages', 'page p1', 'oncall', 'incident list', 'incident show 7', 'slo', 'events', 'postmortem list', 'token list'])(
  'nines %s --json prints one JSON value and nothing else',
  async (line) => {
    Object.assign(server.answers, badDay, {
      [`GET ${V1}/services`]: sample.services,
      [`GET ${V1}/pages`]: { pages: [sample.pageTriggered] },
      [`GET ${V1}/pages/p1`]: sample.pageShown,
      [`GET ${V1}/oncall/now`]: sample.onCall,
      [`GET ${V1}/incidents/7`]: sample.incidentShown,
      [`GET ${V1}/events`]: sample.events,
      [`GET ${V1}/postmortems`]: { postmortems: [sample.postmortem] },
      [`GET ${V1}/tokens`]: { tokens: sample.tokens },
    });
    const { out, err } = await nines(`${line} --json`);
    expect(err).toBe('');
    expect(JSON.parse(out)).toBeTypeOf('object');
  },
); // prettier-ignore
