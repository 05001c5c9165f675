/** What receivers of an alertmanager.yml say, beside Debian's Alertmanager with the same file: both tell the same doubles of providers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { has, startPeer, type Peer } from '../harness/peer-process.ts';
import { freePort } from '../harness/free-port.ts';
import { VirtualClock } from '../harness/virtual-clock.ts';
import { checkDocuments, type ResourceSet } from '../../src/catalog/index.ts';
import { createChannels } from '../../src/delivery/channels/create-channels.ts';
import { NO_PROVIDERS } from '../../src/delivery/index.ts';
import { createHealth } from '../../src/platform/health.ts';
import type { Sql } from '../../src/platform/sql/index.ts';
import { alertmanagerConfig, alertmanagerKind } from '../../src/alerting/alertmanager/alertmanager-kind.ts';
import { receiverBook } from '../../src/alerting/alertmanager/receiver-book.ts';
import { integrationsOf } from '../../src/alerting/alertmanager/receiver-messages.ts';
import { Words } from '../../src/alerting/alertmanager/receiver-words.ts';
import { createRouting } from '../../src/alerting/alertmanager/routing.ts';
import { createTemplateFiles } from '../../src/alerting/alertmanager/template-files.ts';
import type { NotificationData } from '../../src/alerting/alertmanager/notification-data.ts';

/** Each is a field of one Slack message; Alertmanager 0.25 knows what they use. */
const TEMPLATES = [
  '{{ .CommonLabels.alertname }} in {{ .CommonLabels.region }}{{ .CommonLabels.nothing }}',
  '{{ .Status | toUpper }} {{ len .Alerts }} {{ .Alerts.Firing | len }}/{{ len .Alerts.Resolved }}',
  '{{ range .Alerts }}{{ .Labels.instance }}: {{ .Annotations.summary }}\n{{ end }}',
  '{{ range $i, $a := .Alerts }}{{ if $i }}, {{ end }}{{ $i }}={{ $a.Labels.instance }}{{ end }}',
  '{{ range .Alerts.Firing }}{{ .StartsAt.Format "2006-01-02 15:04:05 MST" }} {{ .EndsAt.IsZero }}{{ end }}',
  '{{ range .Alerts }}{{ (.StartsAt.Add 3600000000000).Format "Mon, 02 Jan 2006 15:04 -0700" }}{{ .Fingerprint }}{{ end }}',
  '{{ range .GroupLabels.SortedPairs }}{{ .Name }}={{ .Value }};{{ end }}',
  '{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }};{{ end }}',
  '{{ (.CommonLabels.Remove .GroupLabels.Names).Values | join "," }}',
  '{{ .CommonLabels.Names | join "+" }} {{ join " " .CommonAnnotations.Values }}',
  '{{ with .CommonLabels.Remove (stringSlice "alertname" "job") }}{{ range $k, $v := . }}{{ $k }}:{{ $v }} {{ end }}{{ end }}',
  '{{ if eq .Status "firing" }}:fire:{{ else }}:ok:{{ end }} {{ if and (eq .Status "firing") (gt (len .Alerts) 1) }}many{{ end }}',
  '{{ .CommonLabels.severity | title }} {{ "WEB one-two" | toLower | title }}',
  '{{ reReplaceAll "web-(\\\\d+)" "host $1" (index .Alerts 0).Labels.instance }} {{ match "^w" "web" }}',
  '{{ template "slack.default.title" . }}|{{ template "slack.default.username" . }}|{{ template "slack.default.text" . }}',
  '{{ template "__subject" . }}{{ template "__description" . }}',
  '{{ template "slack.default.fallback" . }}',
  '{{ template "pagerduty.default.description" . }}: {{ template "pagerduty.default.instances" .Alerts.Firing }}',
  '{{ template "opsgenie.default.message" . }}{{ template "opsgenie.default.description" . }}',
  '{{ template "victorops.default.state_message" . }}{{ template "victorops.default.entity_display_name" . }}',
  '{{ template "pushover.default.title" . }}{{ template "pushover.default.message" . }}',
  '{{ template "telegram.default.message" . }}{{ template "discord.default.title" . }}{{ template "discord.default.message" . }}',
  '{{ template "webex.default.message" . }}{{ template "sns.default.subject" . }}{{ template "sns.default.message" . }}',
  '{{ template "shop.title" . }} {{ template "shop.list" .Alerts }}',
  '{{ define "mine" }}<{{ . }}>{{ end }}{{ template "mine" .Receiver }} {{ .ExternalURL }}',
  '{{- /* nothing */ -}} a {{- " b" }} {{ printf "%-8s|%5d|%q" .Receiver (len .Alerts) .Status }}',
  '{{ $first := index .Alerts 0 }}{{ $first.Labels.instance }} {{ .Alerts | len | printf "%03d" }} {{ urlquery "a b&c" }}',
  '<https://wiki/{{ .CommonLabels.alertname }}|runbook> & *bold* {{ safeHtml "<b>" }} {{ html "<b>" }}',
];
const SHOP = `{{ define "shop.title" }}{{ .GroupLabels.alertname }} at the shop{{ end }}
{{ define "shop.list" }}{{ range . }}* {{ .Labels.instance }} {{ template "shop.one" .Annotations }}
{{ end }}{{ end }}{{ define "shop.one" }}{{ .summary }}{{ end }}{{ define "__subject" }} {{ end }}`;

const config = (url: string): string => `templates: ['templates/*.tmpl']
global: { opsgenie_api_url: '${url}/', pagerduty_url: '${url}/v2/enqueue', victorops_api_url: '${url}/vo/', telegram_api_url: '${url}' }
route: { receiver: all, group_by: [alertname, job], group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: all
    webhook_configs: [{ url: '${url}/webhook' }]
    slack_configs:
      - api_url: '${url}/slack'
        send_resolved: true
        channel: '#{{ .CommonLabels.team }}'
        username: the {{ .Receiver }} bot
        icon_emoji: ':x:'
        title: '{{ template "shop.title" . }}'
        title_link: https://wiki/{{ .GroupLabels.alertname }}
        pretext: '{{ .CommonAnnotations.summary }}'
        text: |-
          {{ range .Alerts }}• {{ .Labels.instance }} <{{ .GeneratorURL }}|graph> & more
          {{ end }}
        footer: nines
        short_fields: true
        actions: [{ type: button, text: 'Open {{ .GroupLabels.alertname }}', url: 'https://wiki/{{ .GroupLabels.job }}' }]
        fields:
${TEMPLATES.map((one, i) => `          - { title: f${i}, value: ${JSON.stringify(one)} }`).join('\n')}
    discord_configs: [{ webhook_url: '${url}/discord', title: '{{ .GroupLabels.alertname }} *now*', message: '{{ range .Alerts }}**{{ .Labels.instance }}**{{ end }}' }]
    telegram_configs: [{ bot_token: '1:a', chat_id: -100123, message: '<b>{{ .CommonLabels.alertname }}</b> {{ range .Alerts }}{{ .Annotations.note }}{{ end }}' }]
    opsgenie_configs: [{ api_key: key, update_alerts: true, message: '{{ .GroupLabels.alertname }}!', description: 'a {{ .CommonLabels.job }}', tags: 'a,{{ .CommonLabels.region }}', note: n, priority: P2, source: '{{ .Receiver }}', details: { job: '{{ .CommonLabels.job }}' }, responders: [{ type: team, name: 't-{{ .CommonLabels.team }}' }] }]
    pagerduty_configs: [{ routing_key: ${'k'.repeat(32)}, description: '{{ .GroupLabels.alertname }}?', client: c, client_url: 'https://c/', severity: '{{ .CommonLabels.severity }}', class: k, component: '{{ .GroupLabels.job }}', group: g, details: { firing: '{{ len .Alerts.Firing }}' }, links: [{ href: 'https://l/{{ .GroupLabels.job }}', text: l }], images: [{ src: 'https://i/', alt: i }] }]
    victorops_configs: [{ api_key: vkey, routing_key: payments, entity_display_name: '{{ .GroupLabels.alertname }}', state_message: 's {{ len .Alerts }}', message_type: WARNING, monitoring_tool: m, custom_fields: { job: '{{ .CommonLabels.job }}' } }]
    webex_configs: [{ room_id: ${'r'.repeat(30)}, message: '**{{ .GroupLabels.alertname }}**', api_url: '${url}/v1/messages', http_config: { authorization: { credentials: wtoken } } }]
`;

interface Told {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}
const told: Told[] = [];
/** Says yes to everything, in each provider's own words. */
const server = http.createServer((request, answer) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    const body = (request.headers['content-type']?.includes('json') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))) as Told['body']; // prettier-ignore
    told.push({ method: request.method!, path: request.url!.split('?')[0]!, authorization: request.headers.authorization, body });
    answer.writeHead(request.url!.includes('enqueue') ? 202 : 200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify({ ok: true, id: '1', status: 'success', requestId: '1', result: request.url!.startsWith('/bot') ? { message_id: 1, chat: { id: 1 } } : 'success' })); // prettier-ignore
  });
});

const missing = !has('prometheus-alertmanager');
const folder = mkdtempSync(join(tmpdir(), 'nines-templates-'));
let peer: Peer | undefined;
let url: string;
let set: ResourceSet;
let peerUrl: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const text = config(url);
  mkdirSync(join(folder, 'templates'));
  writeFileSync(join(folder, 'templates', 'shop.tmpl'), SHOP);
  writeFileSync(join(folder, 'templates', 'other.txt'), '{{ broken');
  writeFileSync(join(folder, 'alertmanager.yml'), text);
  const checked = checkDocuments([{ file: 'alertmanager.yml', text }], { kinds: [], foreignKinds: [alertmanagerKind] }, 0);
  expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  ({ set } = checked);
  if (missing) return;
  const own = await freePort();
  peerUrl = `http://127.0.0.1:${own}`;
  const args = [`--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/data`, `--web.listen-address=127.0.0.1:${own}`, '--cluster.listen-address=']; // prettier-ignore
  peer = await startPeer('prometheus-alertmanager', args, async () => (await fetch(`${peerUrl}/-/ready`)).ok);
}, 60_000);
afterAll(async () => {
  await peer?.[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const catalog = { current: () => set, onChange: () => undefined };
const clock = new VirtualClock(Date.parse('2026-11-21T12:00:00Z'));

/** Tells the receiver by every channel, as nines does. */
async function tell(data: NotificationData): Promise<void> {
  const routing = createRouting(catalog);
  const templates = createTemplateFiles({ routing, root: folder, clock, health: createHealth(clock) });
  const providers = { ...NO_PROVIDERS, pagerduty: { url }, victorops: { url: `${url}/vo` }, webex: { url }, telegram: { url, token: '9:settings', poll: false }, opsgenie: { url, key: 'settings' } }; // prettier-ignore
  const channels = createChannels(
    { smtp: null, webhook: { secret: 's' }, providers, book: receiverBook(() => set, folder) },
    { clock, sql: undefined as unknown as Sql, url: 'https://nines.example.org' },
  );
  const words = (): Promise<Words> => templates.definitions().then((definitions) => new Words(data, { definitions, now: clock.now() }));
  for (const integration of integrationsOf(alertmanagerConfig(set)!.spec.receivers![0]!)) {
    for (const message of integration.messages(await words(), 'key')) {
      const channel = channels.find(({ name }) => name === message.channel)!;
      const sent = {
        ...message,
        key: 'k',
        about: 'alert-group/1',
        priority: 1,
        reason: data.status === 'resolved' ? 'resolved' : 'alerts',
      };
      expect(await channel.send(sent, new AbortController().signal)).toMatchObject({ kind: 'accepted' });
    }
  }
}

/** What an author can say, without what is the sender's own: keys, times, and where the page of alerts is. */
function said({ path, authorization, body }: Told): unknown {
  const pick = (from: unknown, ...keys: string[]): Record<string, unknown> =>
    Object.fromEntries(keys.map((key) => [key, (from as Record<string, unknown> | undefined)?.[key]]));
  const { payload, attachments, embeds } = body as { payload?: object; attachments?: object[]; embeds?: object[] };
  const kept: Record<string, () => unknown> = {
    slack: () => ({ ...pick(body, 'channel', 'username', 'icon_emoji', 'link_names'), ...pick(attachments?.[0], 'title', 'title_link', 'pretext', 'text', 'fallback', 'footer', 'color', 'mrkdwn_in', 'fields', 'actions') }),
    discord: () => embeds,
    bot: () => pick({ ...body, chat_id: Number(body['chat_id']) }, 'chat_id', 'text', 'parse_mode'),
    // What ends an alert there says no more than which.
    v2: () => path.includes('/close') ? { authorization } : path.includes('alerts') ? { authorization, ...pick(body, 'message', 'description', 'tags', 'note', 'priority', 'source', 'details', 'responders') } : body['event_action'] === 'resolve' ? pick(body, 'routing_key', 'event_action') : { ...pick(body, 'routing_key', 'event_action', 'client', 'client_url', 'links', 'images'), ...pick(payload, 'summary', 'severity', 'class', 'component', 'group', 'custom_details') },
    vo: () => pick(body, 'entity_display_name', 'state_message', 'message_type', 'monitoring_tool', 'job'),
    v1: () => ({ authorization, ...pick(body, 'markdown', 'roomId') }),
  }; // prettier-ignore
  const name = /^\/(slack|discord|bot|v2|vo|v1)/.exec(path)?.[1];
  const text = JSON.stringify(name === undefined ? undefined : kept[name]!());
  const drop = (_: string, value: unknown): unknown => (value === null || value === '' || (Array.isArray(value) && value.length === 0) ? undefined : value); // prettier-ignore
  return text === undefined ? undefined : JSON.parse(text.replaceAll('/#/alerts?receiver=all', '/alerts'), drop);
}

const byPath = (list: readonly Told[]): Record<string, unknown> => {
  const last = new Map(
    list
      .filter(({ path }) => path !== '/webhook')
      .map((one) => [`${one.method} ${one.path.replace(/alerts\/[^/]+/, 'alerts/ALIAS')}`, said(one)]),
  );
  return Object.fromEntries([...last].sort(([a], [b]) => (a < b ? -1 : 1)));
};

test.skipIf(missing)('receivers say what their authors wrote, as Alertmanager says it', { timeout: 60_000 }, async () => {
  const alert = (instance: string, more: object = {}) => ({
    labels: { alertname: 'Down', job: 'shop', instance, region: 'eu', severity: 'critical', team: 'web' },
    annotations: { summary: 'It\'s down & "out"', note: `<${instance}> 5 > 4`, description: 'Look.' },
    generatorURL: 'http://prometheus/graph?g0.expr=up&g0.tab=1',
    startsAt: '2026-11-21T10:20:30.5Z',
    ...more,
  });
  const send = async (alerts: readonly object[]): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${peerUrl}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) })).status).toBe(200);
  };
  const over = { endsAt: new Date(Date.now() - 1_000).toISOString() };
  for (const alerts of [[alert('web-1'), alert('web-2')], [alert('web-1', over)], [alert('web-2', over)]]) {
    told.length = 0;
    await send(alerts);
    // While it fires, Opsgenie's alert is made, then its message and its description are said anew.
    const count = alerts[0]?.labels.instance === 'web-2' ? 8 : 10;
    await expect.poll(() => told.length, { timeout: 20_000, interval: 50 }).toBe(count);
    const peers = told.splice(0);
    const hook = peers.find(({ path }) => path === '/webhook')!.body as unknown as NotificationData;
    await tell(hook);
    const own = told.splice(0);
    expect(byPath(own)).toEqual(byPath(peers));
    expect(own.find(({ path }) => path === '/webhook')!.body['alerts']).toEqual(hook.alerts);
  }
});
