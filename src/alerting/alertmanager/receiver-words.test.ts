import { expect, test } from 'vitest';
import { definitionsIn } from '../template/index.ts';
import { receiver } from './config-spec.ts';
import { DEFAULT_TEMPLATES } from './default-templates.ts';
import type { NotificationData } from './notification-data.ts';
import { integrationsOf, titleOf } from './receiver-messages.ts';
import { Words } from './receiver-words.ts';

const data: NotificationData = {
  receiver: 'db',
  status: 'firing',
  alerts: [{ status: 'firing', labels: { alertname: 'Full', host: 'a' }, annotations: { summary: '<b>90 %</b>' }, startsAt: '2026-11-21T10:20:30Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: '', fingerprint: 'f' }],
  groupLabels: { alertname: 'Full' },
  commonLabels: { alertname: 'Full', host: 'a' },
  commonAnnotations: { summary: '<b>90 %</b>' },
  externalURL: 'https://nines.example.org',
}; // prettier-ignore
const NOW = Date.parse('2026-11-21T10:25:31Z');
const words = (definitions = DEFAULT_TEMPLATES): Words => new Words(data, { definitions, now: NOW });

test.each([
  ['{{ .CommonAnnotations.summary }}', '<b>90 %</b>'],
  ['{{ "  a " | trimSpace }}|{{ urlUnescape "a%20b+c" }}', 'a|a b c'],
  ['{{ range .Alerts }}{{ .StartsAt | tz "Europe/Berlin" | date "02.01.2006 15:04 -07:00" }}{{ end }}', '21.11.2026 11:20 +01:00'],
  ['{{ range .Alerts }}{{ .StartsAt | since }} {{ (.StartsAt.Add 60000000000).Sub .StartsAt }}{{ end }}', '5m1s 1m0s'],
  ['{{ range .Alerts }}{{ since .StartsAt | humanizeDuration }}{{ end }}', '5m 1s'],
  ['{{ .GroupLabels | toJson }} {{ toJson .Alerts.Resolved }}', '{"alertname":"Full"} []'],
  ['{{ range .Alerts }}{{ toJson .StartsAt }}{{ end }}', '"2026-11-21T10:20:30Z"'],
  ['{{ template "slack.default.titlelink" . }}', 'https://nines.example.org/alerts'],
])('%s', (template, expected) => {
  const all = words();
  expect(all.of('text', template)).toBe(expected);
  expect(all.problems).toEqual([]);
});

test.each([
  ['{{ .Nothing }}', "text: at <.Nothing>: can't evaluate field Nothing in type *template.Data"],
  ['{{ template "no" . }}', 'text: at <{{template "no" .}}>: template "no" not defined'],
  ['{{ query "up" }}', 'text: line 1: function "query" not defined; known are'],
  ['a\n{{ end }}', 'text: line 2: unexpected {{end}}'],
  ['{{ join "," .Status }}', 'expected []string; got string'],
  ['{{ .CommonLabels.Remove }}', 'wrong number of args for Remove: want 1 got 0'],
  ['{{ tz "Mars/One" (index .Alerts 0).StartsAt }}', 'unknown time zone Mars/One'],
  ['{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}', 'exceeded maximum template depth'],
  ['{{ range $i, $x := .Alerts }}{{ range 999999999 }}x{{ end }}{{ end }}', 'than 100000'],
])('what cannot be worked out is told: %s', (template, expected) => {
  const all = words();
  expect(all.of('text', template, 'as nines says it')).toBe('as nines says it');
  expect(all.problems.join()).toContain(expected);
});

test('a definition without content takes no place of one with', () => {
  expect(words(new Map([...DEFAULT_TEMPLATES, ...definitionsIn('{{ define "x" }}y{{ end }}')])).of('t', '{{ define "x" }} {{ end }}{{ template "x" . }}')).toBe('y');
}); // prettier-ignore

const told = (config: object) => integrationsOf(receiver.parse({ name: 'db', ...config })).flatMap((one) => one.messages(words(), 'key'));

test('HTML of a mail is its author’s, and what alerts say in it is text', () => {
  const email_configs = [{ to: 'ana@example.org, {{ .CommonLabels.host }}@example.org', html: '<p>{{ .CommonAnnotations.summary }}{{ safeHtml "<hr>" }}</p>', headers: { Subject: '{{ .GroupLabels.alertname }}!' } }]; // prettier-ignore
  const html = '<p>&lt;b&gt;90 %&lt;/b&gt;<hr></p>';
  expect(told({ email_configs })).toMatchObject([
    { address: 'ana@example.org', subject: 'Full!', html },
    { address: 'a@example.org', html },
  ]);
  const [usual] = told({ email_configs: [{ to: 'a@b.c', html: '{{ template "email.default.html" . }}' }] });
  expect(usual?.html).toBeUndefined();
});

test('a receiver whose words fail is told in those of nines, and why', () => {
  const [message] = told({ slack_configs: [{ channel: '#ops', title: '{{ .No }}', text: 'fine', color: '{{ .No }}' }] });
  expect(message).toMatchObject({ subject: titleOf(data) });
  expect(message?.data).toBeUndefined();
  expect(message?.text).toMatch(/^Fires: [^]*This receiver's title: at <\.No>[^]*This receiver's color: at <\.No>/);
});

test('Pushover: an emergency asks again until it is answered', () => {
  const [message] = told({ pushover_configs: [{ user_key: 'u', token: 't', message: 'm', priority: '{{ if eq .Status "firing" }}2{{ end }}', retry: '2m', ttl: '1h' }] }); // prettier-ignore
  expect(message?.data).toEqual({ native: { message: 'm', ttl: 3_600, priority: 2, retry: 120, expire: 3_600 } });
});
