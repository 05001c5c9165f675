/**
 * The templates that Alertmanager has by itself, for those of receivers that invoke them by name: what each says is what
 * Alertmanager 0.25 to 0.28 says, but that a link leads to the page of alerts of nines.
 */
import { definitionsIn, type Definitions } from '../template/index.ts';

const define = (name: string, body: string): string => `{{ define "${name}" }}${body}{{ end }}`;
const invoke = (name: string, what = '.'): string => `{{ template "${name}" ${what} }}`;

const SUBJECT = [
  '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}] ',
  '{{ join " " .GroupLabels.SortedPairs.Values }} ',
  '{{ if lt (len .GroupLabels) (len .CommonLabels) }}({{ join " " (.CommonLabels.Remove .GroupLabels.Names).Values }}){{ end }}',
].join('');

const pairs = (of: string, line: (pair: string) => string): string =>
  `{{ range .${of}.SortedPairs }}${line('{{ .Name }} = {{ .Value }}')}{{ end }}`;
const ALERT_LIST = `{{ range . }}Labels:\n${pairs('Labels', (pair) => ` - ${pair}\n`)}Annotations:\n${pairs('Annotations', (pair) => ` - ${pair}\n`)}Source: {{ .GeneratorURL }}\n{{ end }}`;
const MARKDOWN_LIST = `{{ range . }}\nLabels:\n${pairs('Labels', (pair) => `  - ${pair}\n`)}\nAnnotations:\n${pairs('Annotations', (pair) => `  - ${pair}\n`)}\nSource: {{ .GeneratorURL }}\n{{ end }}`;

/** `Alerts Firing:` with their list, and those that are over. */
const both = (part: (state: 'Firing' | 'Resolved') => string, between = '\n'): string => part('Firing') + between + part('Resolved');
const ifAny = (state: string, body: string): string => `{{ if .Alerts.${state} }}${body}{{ end }}`;
const ANNOTATIONS = '{{ join " " .CommonAnnotations.SortedPairs.Values }}';
const CLOSE = `${ANNOTATIONS}\n${both((state) => ifAny(state, `Alerts ${state}:\n${invoke('__text_alert_list', `.Alerts.${state}`)}`))}`;
const listed = (list: string, mark = ''): string =>
  `\n${both((state) => ifAny(state, `\n${mark}Alerts ${state}:\n${invoke(list, `.Alerts.${state}`)}\n`))}\n`;
const WIDE = ANNOTATIONS + listed('__text_alert_list');

const LINK = '__alertmanagerURL';
const BODIES: Readonly<Record<string, string>> = {
  __alertmanager: 'Alertmanager',
  [LINK]: '{{ .ExternalURL }}/alerts',
  __subject: SUBJECT,
  __description: '',
  __text_alert_list: ALERT_LIST,
  __text_alert_list_markdown: MARKDOWN_LIST,
  'slack.default.title': invoke('__subject'),
  'slack.default.username': invoke('__alertmanager'),
  'slack.default.fallback': `${invoke('slack.default.title')} | ${invoke('slack.default.titlelink')}`,
  'slack.default.titlelink': invoke(LINK),
  ...empty('slack', 'callbackid', 'pretext', 'iconemoji', 'iconurl', 'text', 'footer'),
  'pagerduty.default.description': invoke('__subject'),
  'pagerduty.default.client': invoke('__alertmanager'),
  'pagerduty.default.clientURL': invoke(LINK),
  'pagerduty.default.instances': invoke('__text_alert_list'),
  'opsgenie.default.message': invoke('__subject'),
  'opsgenie.default.description': CLOSE,
  'opsgenie.default.source': invoke(LINK),
  'victorops.default.state_message': CLOSE,
  'victorops.default.entity_display_name': invoke('__subject'),
  'victorops.default.monitoring_tool': invoke('__alertmanager'),
  'pushover.default.title': invoke('__subject'),
  'pushover.default.message': WIDE,
  'pushover.default.url': invoke(LINK),
  'sns.default.subject': invoke('__subject'),
  'sns.default.message': WIDE,
  'telegram.default.message': listed('__text_alert_list'),
  'discord.default.content': '',
  'discord.default.title': invoke('__subject'),
  'discord.default.message': listed('__text_alert_list'),
  'webex.default.message': WIDE,
  'msteams.default.summary': invoke('__subject'),
  'msteams.default.title': invoke('__subject'),
  'msteams.default.text': listed('__text_alert_list_markdown', '# '),
  'msteamsv2.default.title': invoke('__subject'),
  'msteamsv2.default.text': listed('__text_alert_list_markdown', '# '),
  'email.default.subject': invoke('__subject'),
};

function empty(of: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${of}.default.${name}`, '']));
}

export const DEFAULT_TEMPLATES: Definitions = definitionsIn(Object.entries(BODIES).map(([name, body]) => define(name, body)).join('')); // prettier-ignore
