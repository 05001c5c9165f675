import { expect, test } from 'vitest';
import { alertRoutesAnswer, alertRouteTree } from '../src/alerting/contract.ts';
import { FakeServer, problemAnswer, runCli } from '../test/harness/test-cli.ts';

const times = { groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 };
const found = alertRoutesAnswer.parse({
  file: 'alertmanager.yml',
  routes: [
    { receiver: 'db', route: '{} / {team="db"}', group: { alertname: 'DiskFull', team: 'db' }, ...times, quiet: false, pages: true },
    { receiver: 'night', route: '{} / {severity="critical"}', group: {}, ...times, quiet: true, pages: false },
  ],
  severity: 'critical',
  pages: false,
});
const tree = alertRouteTree.parse({
  file: 'alertmanager.yml',
  routes: [
    { id: '0', matchers: [], receiver: 'ops', groupBy: ['alertname'], ...times, muted: [], active: [], continues: false, quiet: false, pages: false, alerts: 3 },
    { id: '0.0', matchers: ['team="db"'], receiver: 'db', groupBy: null, ...times, muted: [], active: ['night'], continues: true, quiet: true, pages: true, alerts: 12 },
  ],
  receivers: [{ name: 'ops', channels: ['slack', 'email'], policy: false }, { name: 'db', channels: [], policy: true }, { name: 'void', channels: [], policy: false }],
  alerts: [],
  firing: 15,
}); // prettier-ignore

const nines = async (argv: string[], answers: Record<string, unknown>) => {
  await using server = await FakeServer.start(answers);
  const ran = await runCli(argv, { env: { NINES_URL: server.url } });
  return { ...ran, seen: server.seen };
};
const ROUTES = 'GET /nines/v1/alert-routes';

test('where an alert goes, whatever is in its labels', async () => {
  const argv = ['alert-route', 'team=db', 'severity=critical', 'note=a "b", c', 'odd="quoted"'];
  const { code, out, seen } = await nines(argv, { [ROUTES]: found });
  const asked = new URL(seen[0]!.url, 'http://x').searchParams.get('labels');
  expect(asked).toBe('team="db",severity="critical",note="a \\"b\\", c",odd="quoted"');
  expect([code, out]).toEqual([
    0,
    `RECEIVER    ROUTE                       GROUP                        WAITS  AGAIN  NOW
db (pages)  {} / {team="db"}            alertname=DiskFull, team=db  30s    4h     speaks
night       {} / {severity="critical"}                               30s    4h     quiet
nines does not page for it by itself.
`,
  ]);
});

test.each<[string, string[], Record<string, unknown>, number, string]>([
  ['without a file', ['alert-route', 'a=b'], { [ROUTES]: { ...found, file: null } }, 0, 'There is no alertmanager.yml: nines pages for every alert by itself.\n'],
  ['a label that is none', ['alert-route', 'x'], { [ROUTES]: problemAnswer(400, "'x' is no label: write name=value.") }, 2, "nines: 'x' is no label: write name=value.\n"],
  ['a tree without a file', ['alert-route', '--tree'], { [`${ROUTES}/tree`]: { ...tree, file: null } }, 0, 'There is no alertmanager.yml'],
  ['a tree of labels', ['alert-route', '--tree', 'a=b'], {}, 2, '--tree takes no labels'],
])('%s', async (_, argv, answers, code, said) => {
  const ran = await nines(argv, answers);
  expect(ran.code).toBe(code);
  expect(ran.out + ran.err).toContain(said);
}); // prettier-ignore

test('the whole tree, what fires at each of its routes, and what its receivers tell', async () => {
  const { code, out } = await nines(['alert-route', '--tree'], { [`${ROUTES}/tree`]: tree });
  expect([code, out]).toEqual([
    0,
    `ROUTE                     RECEIVER    GROUPS BY   WAITS  AGAIN  FIRING  NOW
everything                ops         alertname   30s    4h          3  speaks
– team="db", and goes on  db (pages)  all labels  30s    4h         12  quiet

RECEIVER  TELLS
ops       slack, email
db        whom its escalation policy calls
void      nobody
`,
  ]);
  expect(JSON.parse((await nines(['alert-route', '--tree', '--json'], { [`${ROUTES}/tree`]: tree })).out)).toEqual(tree);
});
