import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { roundsOf } from '../../../test/harness/campaigns.mjs';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { checkDocuments, formatProblem } from '../../catalog/index.ts';
import { alertmanagerConfig, alertmanagerKind } from './alertmanager-kind.ts';
import { configText } from './config-text.ts';
import { groupKeyOf, groupLabels, routesOf, routeTree, type Route } from './route-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'nines-amtool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const noAmtool = spawnSync('amtool', ['--version']).status !== 0;

const amtool = (text: string, ...args: string[]): { ok: boolean; said: string } => {
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, text);
  const [command, ...rest] = args;
  const { status, stdout } = spawnSync('amtool', [...command!.split(' '), ...rest.map((one) => one.replace('FILE', file))], {
    encoding: 'utf8',
  });
  return { ok: status === 0, said: stdout.trim() };
};
const one = (text: string) => checkDocuments([{ file: 'alertmanager.yml', text }], { kinds: [], foreignKinds: [alertmanagerKind] }, 0);
const problems = (text: string): string[] => one(text).problems.map(formatProblem);
const tree = (text: string): Route => routeTree(alertmanagerConfig(one(text).set)!.spec);

const SMALL = `route:
  receiver: default
  group_by: [alertname]
  routes:
    - matchers: [team = "db", severity =~ "critical|page"]
      receiver: db
      group_by: ['...']
      group_wait: 5s
      continue: true
    - match: { team: db }
      match_re: { env: 'prod.*' }
      receiver: chat
      routes: [{ matchers: ['severity="info"'], receiver: quiet, mute_time_intervals: [night] }]
receivers: [{ name: default }, { name: db }, { name: chat }, { name: quiet }]
time_intervals:
  - name: night
    time_intervals: [{ times: [{ start_time: '20:00', end_time: '24:00' }], location: Europe/Berlin }]
inhibit_rules: [{ source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [alertname] }]
`;

const files: [string, boolean, string, string][] = [
  ['all that is usual', true, SMALL, ''],
  ['no receiver at the root', false, SMALL.replace('  receiver: default\n', ''), '1:1: error: the root route has no receiver'],
  ['matchers at the root', false, SMALL.replace('  group_by: [alertname]', '  matchers: [a=b]'), 'the root route must not have matchers'],
  ['an unknown receiver', false, SMALL.replace('receiver: db', 'receiver: dbb'), "6:17: error: there is no receiver 'dbb'"],
  ['an unknown interval', false, SMALL.replace('[night] }]\nreceivers', '[nigth] }]\nreceivers'), "there is no time interval 'nigth'"],
  ['two receivers of a name', false, SMALL.replace('{ name: quiet }]', '{ name: quiet }, { name: db }]'), "another receiver is called 'db'"],
  ['... and more', false, SMALL.replace("['...']", "['...', team]"), 'nothing else may stand beside it'],
  ['a label twice', false, SMALL.replace('[alertname]\n  routes', '[a, a]\n  routes'), 'named twice'],
  ['a bad matcher', false, SMALL.replace('team = "db"', 'team db'), '5:18: error'],
  ['a bad expression', false, SMALL.replace("'prod.*'", "'prod('"), 'missing closing'],
  ['a bad duration', false, SMALL.replace('5s', '5 seconds'), "'group_wait': \"5 seconds\" is not a duration"],
  ['an interval of nothing', false, SMALL.replace('group_wait: 5s', 'group_interval: 0s'), 'longer than 0'],
  ['a typing mistake', false, SMALL.replace('group_wait', 'groupwait'), "unknown key 'groupwait'"],
  ['a bad time', false, SMALL.replace("'24:00'", "'25:00'"), 'not a time of day'],
  ['no route', false, 'receivers: [{ name: a }]', "'route'"],
  ['a webhook without http', false, SMALL.replace('{ name: db }', '{ name: db, webhook_configs: [{ url: "ftp://hush@x" }] }'), 'write a full http address'],
]; // prettier-ignore

test.each(files)('%s', (_, good, text, expected) => {
  const said = problems(text).join('\n');
  expect(said.includes('error')).toBe(!good);
  expect(said).toContain(expected);
  expect(said).not.toContain('hush');
  if (!noAmtool) expect(amtool(text, 'check-config', 'FILE').ok).toBe(good);
});

test.each<[string, string]>([
  ['email_configs: [{ to: a@b.c, smarthost: "mail:25", from: x@y.z }]', "2 warning: 'smarthost' is not supported"],
  ['sns_configs: [{ topic_arn: a }]', "warning: 'sns_configs' is not supported"],
  ['sns_configs: [{ topic_arn: a }]', 'use webhook_configs to a function that publishes to the topic'],
  ['rocketchat_configs: [{ token: a }]', "use slack_configs with the address of Rocket.Chat's incoming webhook"],
  ['slack_configs: [{ api_url: "http://a", channel: "#a", app_token: red }]', "warning: 'app_token' is not supported"],
  ['slack_configs: [{ api_url: "http://a", title: "{{ .Status | shout }}" }]', 'line 1: function "shout" not defined; known are and,'],
  [
    'slack_configs: [{ api_url: "http://a", fields: [{ title: a, value: "{{ if }}" }] }]',
    'the message has the words of nines in its place',
  ],
  ['discord_configs: [{ webhook_url: "http://a", message: \'{{ template "shop" . }}\' }]', "warning: there is no template 'shop'"],
])('what nines does nothing with is named: %s', (receiver, expected) => {
  const said = problems(`receivers:\n  - name: a\n    ${receiver}\nroute: { receiver: a }\n`);
  expect(said.join('\n').replaceAll(/alertmanager\.yml:\d+:\d+:/g, '2')).toContain(expected);
  expect(said.some((line) => line.includes('error'))).toBe(false);
});

test('secrets of what nines does nothing with are not shown either, and the rest of it is', () => {
  const { set } = one(`
global:
  smtp_smarthost: 'mail.example:25'
  smtp_auth_password: hush
  slack_app_token: hush
  rocketchat_token_id: hush
  smtp_auth_password_file: /etc/a-file
  http_config: {proxy_url: 'http://ana:hush@proxy:1', oauth2: {client_id: a, client_secret: hush}, tls_config: {key: hush, key_file: /etc/b-file}}
route: { receiver: a }
receivers:
  - name: a
    email_configs: [{to: a@b.example, auth_username: ana, auth_password: hush, auth_secret: hush}]
    pagerduty_configs: [{routing_key: hush, service_key: hush}]
    wechat_configs: [{api_secret: hush, corp_id: corp}]
    mattermost_configs: [{webhook_url: 'http://a.example/hush'}]
    jira_configs: [{http_config: {authorization: {credentials: hush}}}]
`);
  const shown = configText(alertmanagerConfig(set)!.spec) + JSON.stringify(set.all());
  expect(shown).not.toContain('hush');
  for (const kept of ['mail.example:25', '/etc/a-file', '/etc/b-file', 'a@b.example', 'auth_username: ana', 'corp_id: corp'])
    expect(shown).toContain(kept);
});

const SHIPPED = '/usr/share/doc/prometheus-alertmanager/examples/ha/alertmanager.yml';
test.skipIf(!existsSync(SHIPPED))("Alertmanager's own example is taken", () => {
  expect(problems(readFileSync(SHIPPED, 'utf8')).filter((line) => line.includes('error'))).toEqual([]);
});

const SIMPLE = '/usr/share/doc/prometheus-alertmanager/examples/simple.yml';
test.skipIf(noAmtool || !existsSync(SIMPLE))("alerts go down the trees of Alertmanager's examples as amtool says", () => {
  const asked: Record<string, string>[] = [
    {},
    { service: 'foo1' },
    { service: 'foo1', severity: 'critical' },
    { service: 'baz', severity: 'warning' },
    { service: 'files', severity: 'critical' },
    { service: 'database', owner: 'team-X' },
    { service: 'database', owner: 'team-Y', severity: 'critical' },
    { owner: 'team-X', severity: 'critical' },
  ];
  for (const file of [SIMPLE, SHIPPED].filter((one) => existsSync(one))) {
    const text = readFileSync(file, 'utf8');
    expect(problems(text).filter((line) => line.includes('error'))).toEqual([]);
    for (const labels of asked) {
      const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      const told = routesOf(tree(text), labels).map(({ receiver }) => receiver).join(','); // prettier-ignore
      expect(told).toBe(amtool(text, 'config routes test', '--config.file=FILE', ...given).said);
    }
  }
});

test.each<[Record<string, string>, string[]]>([
  [{ team: 'web' }, ['default {}:{}']],
  [{ team: 'web', alertname: 'Down' }, ['default {}:{alertname="Down"}']],
  [{ team: 'db', severity: 'page' }, ['db {}/{severity=~"critical|page",team="db"}:{severity="page", team="db"}']],
  [
    { team: 'db', severity: 'critical', env: 'prod-1' },
    [
      'db {}/{severity=~"critical|page",team="db"}:{env="prod-1", severity="critical", team="db"}',
      'chat {}/{env=~"^(?:prod.*)$",team="db"}:{}',
    ],
  ],
  [{ team: 'db', severity: 'info', env: 'prod' }, ['quiet {}/{env=~"^(?:prod.*)$",team="db"}/{severity="info"}:{}']],
])('%j goes to %j', (labels, expected) => {
  const found = routesOf(tree(SMALL), labels);
  expect(found.map((route) => `${route.receiver} ${groupKeyOf(route, groupLabels(route, labels))}`)).toEqual(expected);
});

const word = fc.constantFrom('a', 'b', 'c');
const matcher = fc.tuple(word, fc.constantFrom('=', '!=', '=~', '!~'), fc.constantFrom('1', '2', '1|2', '', '.*', '.+')).map(([name, op, value]) => `${name}${op}"${value}"`); // prettier-ignore
interface Tree {
  readonly matchers: readonly string[];
  readonly receiver?: string;
  readonly continue: boolean;
  readonly routes: readonly Tree[];
}
const { node } = fc.letrec<{ node: Tree }>((tie) => ({
  node: fc.record({
    matchers: fc.array(matcher, { maxLength: 2 }),
    receiver: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    continue: fc.boolean(),
    routes: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('node'), { maxLength: 3 })),
  }) as fc.Arbitrary<Tree>,
}));

test.skipIf(noAmtool)(
  'random trees send random alerts where amtool says',
  () => {
    const label = fc.dictionary(word, fc.constantFrom('1', '2', '12'), { maxKeys: 3, noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 4 }), fc.array(label, { minLength: 3, maxLength: 3 }), (routes, alerts) => {
        const text = JSON.stringify({
          route: { receiver: 'r0', routes },
          receivers: [0, 1, 2, 3, 4].map((i) => ({ name: `r${i}` })),
        });
        for (const labels of alerts) {
          const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
          const peer = amtool(text, 'config routes test', '--config.file=FILE', ...given).said;
          expect(routesOf(tree(text), labels).map(({ receiver }) => receiver).join(',')).toBe(peer); // prettier-ignore
        }
      }),
      { numRuns: roundsOf('routes') },
    );
  },
  3_600_000,
);

test('whatever the document says, it is taken or refused in words', async () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>('a=b', '5m', ['monday'], { name: 'x' }, [{ receiver: 'r' }], '...', null),
  );
  const key = fc.constantFrom('receiver', 'routes', 'matchers', 'group_by', 'name', 'time_intervals', 'webhook_configs', 'match', 'url', 'weekdays', 'times'); // prettier-ignore
  const object = fc.dictionary(key, value, { maxKeys: 5 });
  await fuzz(
    fc.property(object, fc.array(object, { maxLength: 3 }), object, (route, receivers, more) => {
      const text = JSON.stringify({ route, receivers, time_intervals: [more], inhibit_rules: [more] });
      const { set } = one(text);
      const config = alertmanagerConfig(set);
      if (config !== undefined) routesOf(routeTree(config.spec), { a: 'b' });
    }),
    500,
  );
});
