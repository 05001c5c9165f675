import { z } from 'zod';
import { resourceName, type ResourceKind, type ResourceProblem } from '../../catalog/index.ts';
import { severity } from '../../catalog/contract.ts';
import { durationText } from '../../platform/duration.ts';
import { secretText } from '../doorkeeper/index.ts';
import { pathText } from './json-value.ts';

export const INTEGRATION_TYPES = ['pagerduty', 'opsgenie', 'grafana', 'alertmanager', 'cloudevents', 'email', 'json'] as const;
export type IntegrationTypeName = (typeof INTEGRATION_TYPES)[number];

const words = z.array(z.string().min(1).max(200)).max(50);
const path = pathText.optional();

const mapping = z.strictObject({
  items: path.describe('The list that holds the alerts, such as `alerts`. Without it the document is one alert.'),
  key: path.describe('What makes it the same alert when it is told of again. Without it: what `title` finds.'),
  title: path.describe('What it is about, in one line.'),
  description: path.describe('What more there is to say.'),
  severity: path.describe("The sender's own word, which `severity` maps to one of nines' classes."),
  service: path.describe('The name of a `Service`, where the document above does not say one.'),
  status: path.describe('The word that says whether it fires or is over.'),
  resolved: words.default(['resolved', 'ok', 'closed', 'recovered', 'up', 'false', '0']).describe('Words of `status` that mean that it is over, in any case.'),
  ignored: words.default([]).describe('Words of `status` that mean nothing: `acknowledged`, `test`.'),
  startsAt: path.describe('When it began: ISO 8601, or seconds or milliseconds since 1970.'),
  url: path.describe('Where a person looks at it.'),
  labels: z.record(z.string().regex(/^[A-Za-z_]\w{0,99}$/), pathText).default({}).describe('Labels, each with its path.'),
}); // prettier-ignore
export type Mapping = z.output<typeof mapping>;

const mail = z.strictObject({
  recipients: z.array(z.email().max(320).toLowerCase()).max(50).default([]).describe('Addresses whose mail it takes.'),
  senders: z.array(z.string().min(3).max(320).toLowerCase()).max(50).default([]).describe('Addresses, or domains as `@example.org`, that may send; anyone by default. Senders can be forged.'),
  resolved: words.default(['resolved', '[ok]', 'recovery', 'recovered', 'back to normal', 'cleared']).describe('A subject with one of these, in any case, ends the alert.'),
  ignored: words.default([]).describe('A subject with one of these is no alert.'),
  firing: words.default(['firing', 'problem', 'alert', 'alarm', 'triggered', '[critical]', '[warning]', 'down']).describe('Words that say that it fires: left out, with those of `resolved`, of what makes it the same alert.'),
  folder: z.string().min(1).max(1_000).optional().describe('A maildir whose `new` is read; what was taken is moved to `cur`.'),
}); // prettier-ignore
export type MailRules = z.output<typeof mail>;

export const integrationSpec = z.strictObject({
  type: z.enum(INTEGRATION_TYPES).describe('Whose format it is.'),
  description: z.string().max(2_000).optional().describe('Who sends here.'),
  service: resourceName.optional().describe('The service that its alerts are about. Without it, what a label `service` says.'),
  severity: z
    .strictObject({
      default: severity.optional().describe('Of what the sender gives no known word for.'),
      map: z.record(z.string().min(1).max(100), severity).default({}).describe("The sender's words, in any case, and the class that each is: `{P2: today}`."),
    })
    .prefault({})
    .describe('Which class its alerts are.'),
  secret: secretText.optional().describe('What senders must show, as `${NAME}` of the environment. A key made by nines (`nines integration key NAME`) is good too.'),
  resolveAfter: durationText({ min: '1m', max: '31d' }).optional().describe('An alert that is not told of again ends after so long: for senders that never say so.'),
  labels: z.record(z.string().regex(/^[A-Za-z_]\w{0,99}$/), z.string().max(1_000)).default({}).describe('Put on all its alerts.'),
  map: mapping.optional().describe('For `json`, and for the data of `cloudevents`: where in the document things are.'),
  mail: mail.optional().describe('For `email`.'),
}); // prettier-ignore
export type IntegrationSpec = z.output<typeof integrationSpec>;

export const integrationKind: ResourceKind<IntegrationSpec> = {
  kind: 'Integration',
  spec: integrationSpec,
  summary: 'Someone else who tells of alerts: PagerDuty and Opsgenie events, Grafana, an Alertmanager, CloudEvents, mail, any JSON.',
  example: `apiVersion: nines/v1
kind: Integration
metadata:
  name: billing
spec:
  type: json
  description: The billing provider's webhook.
  service: checkout
  secret: \${BILLING_SECRET}
  severity: {default: today, map: {fatal: critical}}
  map:
    items: events
    key: incident.id
    title: incident.name
    severity: incident.level
    status: incident.state
    labels: {region: region}
`,
  references: ({ service }) => (service === undefined ? [] : [{ path: ['spec', 'service'], kind: 'Service', name: service }]),
  check: ({ spec }) => [...unfitting(spec), ...incomplete(spec)],
};

const problem = (path: string[], message: string, hint: string): ResourceProblem => ({ path: ['spec', ...path], severity: 'error', message, hint }); // prettier-ignore

function unfitting({ type, map, mail: rules }: IntegrationSpec): ResourceProblem[] {
  const problems: ResourceProblem[] = [];
  if (map !== undefined && type !== 'json' && type !== 'cloudevents')
    problems.push(problem(['map'], `the format of '${type}' is known`, "leave 'map' out, or write type: json"));
  if (rules !== undefined && type !== 'email') problems.push(problem(['mail'], `'${type}' is no mail`, "leave 'mail' out, or write type: email"));
  return problems;
} // prettier-ignore

function incomplete({ type, map, mail: rules }: IntegrationSpec): ResourceProblem[] {
  if (type === 'json' && map?.title === undefined)
    return [problem(['map'], 'without map.title nobody can read what an alert is about', 'name the path of a line of text: {title: message}')];
  if (type === 'email' && (rules?.recipients.length ?? 0) === 0 && rules?.folder === undefined)
    return [problem(['mail'], 'no mail can come', 'name recipients, a folder, or both')];
  return [];
} // prettier-ignore
