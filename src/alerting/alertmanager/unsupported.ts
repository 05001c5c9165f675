import { nearest, type ResourceProblem } from '../../catalog/index.ts';
import * as schemas from './config-spec.ts';
import type { AlertmanagerSpec, IntegrationKey } from './config-spec.ts';
import { Secret } from '../../monitoring/index.ts';
import { definitionsIn, invokedNames, type Definitions } from '../template/index.ts';
import { DEFAULT_TEMPLATES } from './default-templates.ts';
import { DEFAULT_HTML } from './receiver-makers.ts';

type Path = readonly (string | number)[];
type Reasons = Readonly<Record<string, string>>;

const all = (keys: string, reason: string): Reasons => Object.fromEntries(keys.split(' ').map((key) => [key, reason]));

const SMTP = 'mails leave by smtp of nines.yaml';
const LOOKS = 'the message looks as nines makes it of its title and text';
const CLIENT = 'nines connects as it does for every message';

const GLOBAL: Reasons = {
  ...all('smtp_smarthost smtp_from smtp_hello smtp_auth_username smtp_auth_password smtp_auth_password_file smtp_auth_identity smtp_auth_secret smtp_auth_secret_file smtp_require_tls smtp_tls_config smtp_force_implicit_tls', SMTP),
  opsgenie_api_url: 'the address is opsgenie.url of nines.yaml',
  ...all('pagerduty_url', 'the address is pagerduty.url of nines.yaml'),
  telegram_api_url: 'the address is telegram.url of nines.yaml',
  victorops_api_url: 'the address is victorops.url of nines.yaml',
  webex_api_url: 'the address is webex.url of nines.yaml',
  ...all('wechat_api_url wechat_api_secret wechat_api_corp_id rocketchat_api_url rocketchat_token rocketchat_token_id jira_api_url slack_app_token slack_app_token_file slack_app_url mattermost_webhook_url', 'nines has no such channel'),
}; // prettier-ignore

const COMMON: Reasons = all('http_config timeout', CLIENT);

const INTEGRATION: Readonly<Record<IntegrationKey, Reasons>> = {
  webhook_configs: { timeout: 'a receiver has 20 seconds to answer' },
  slack_configs: all('app_token app_token_file app_url message_text update_message', LOOKS),
  email_configs: { ...all('from smarthost hello auth_username auth_password auth_password_file auth_identity auth_secret auth_secret_file require_tls tls_config force_implicit_tls threading', SMTP) },
  pagerduty_configs: { ...all('service_key service_key_file', "Events API v1 is not spoken: use routing_key, the integration's key for v2"), url: 'the address is pagerduty.url of nines.yaml' },
  opsgenie_configs: { api_url: 'the address is opsgenie.url of nines.yaml' },
  telegram_configs: { api_url: 'the address is telegram.url of nines.yaml', chat_id_file: 'write chat_id' },
  discord_configs: {},
  msteams_configs: all('summary', LOOKS),
  msteamsv2_configs: all('summary', LOOKS),
  pushover_configs: {},
  victorops_configs: { api_url: 'the address is victorops.url of nines.yaml' },
  webex_configs: { api_url: 'the address is webex.url of nines.yaml' },
}; // prettier-ignore

const NO_CHANNEL = 'nines has no such channel, and this integration is not told; ';
const RECEIVER: Reasons = {
  sns_configs: `${NO_CHANNEL}use webhook_configs to a function that publishes to the topic, or a contact of the channel command that runs 'aws sns publish'`,
  mattermost_configs: `${NO_CHANNEL}use slack_configs with the address of Mattermost's incoming webhook as api_url, or a contact of the channel mattermost`,
  rocketchat_configs: `${NO_CHANNEL}use slack_configs with the address of Rocket.Chat's incoming webhook as api_url`,
  jira_configs: `${NO_CHANNEL}use webhook_configs to a rule of Jira's automation that an incoming webhook starts`,
  ...all('wechat_configs incidentio_configs', `${NO_CHANNEL}give the receiver webhook_configs, or write a contact of a Person`),
};

/** Warnings for every key that nothing is done with, in the file's order as far as the sections go. */
export function unsupported(spec: AlertmanagerSpec): ResourceProblem[] {
  const problems: ResourceProblem[] = [];
  const look = (path: Path, value: object | null | undefined, known: readonly string[], reasons: Reasons): void => {
    for (const key of Object.keys(value ?? {})) if (!known.includes(key)) problems.push(problemOf([...path, key], key, known, reasons));
  };
  const keys = (schema: { readonly shape: object }): string[] => Object.keys(schema.shape);
  const each = <T>(values: readonly T[] | null | undefined, run: (value: T, i: number) => void): void => values?.forEach(run);
  const lookAtClient = (path: Path, client: schemas.HttpConfig | null | undefined): void =>
    look(path, client, keys(schemas.httpConfig), all('proxy_url proxy_from_environment no_proxy proxy_connect_header follow_redirects enable_http2 tls_config oauth2 http_headers', CLIENT)); // prettier-ignore

  look([], spec, keys(schemas.alertmanagerSpec), { tracing: 'nines sends no traces', event_recorder: 'the ledger keeps every event' });
  look(['global'], spec.global, keys(schemas.globalConfig), GLOBAL);
  lookAtClient(['global', 'http_config'], spec.global?.http_config);
  const lookAtRoute = (route: schemas.RouteSpec, path: Path): void => {
    look(path, route, keys(schemas.route), {});
    each(route.routes, (one, i) => lookAtRoute(one, [...path, 'routes', i]));
  };
  lookAtRoute(spec.route, ['route']);
  each(spec.inhibit_rules, (rule, i) => look(['inhibit_rules', i], rule, keys(schemas.inhibitRule), {}));
  for (const section of ['time_intervals', 'mute_time_intervals'] as const)
    each(spec[section], (one, i) => look([section, i], one, keys(schemas.namedInterval), {}));
  each(spec.receivers, (receiver, i) => {
    look(['receivers', i], receiver, keys(schemas.receiver), RECEIVER);
    for (const kind of Object.keys(schemas.INTEGRATIONS) as IntegrationKey[])
      each<object>(receiver[kind], (one, j) => {
        const path = ['receivers', i, kind, j];
        look(path, one, keys(schemas.INTEGRATIONS[kind]), { ...COMMON, ...INTEGRATION[kind] });
        problems.push(...templatesIn(one, path, spec.templates?.length ? undefined : DEFAULT_TEMPLATES));
        if (kind === 'webhook_configs' || kind === 'webex_configs')
          lookAtClient([...path, 'http_config'], (one as { http_config?: schemas.HttpConfig }).http_config);
      });
  });
  return problems;
}

const OWN_WORDS = 'the message has the words of nines in its place';

/** Templates that can't be worked out; `known` are those that may be invoked, where no file has others. */
function templatesIn(given: unknown, path: Path, known: Definitions | undefined): ResourceProblem[] {
  if (typeof given === 'object' && given !== null && !(given instanceof Secret))
    return Object.entries(given).flatMap(([key, value]) => templatesIn(value, [...path, Array.isArray(given) ? Number(key) : key], known));
  if (typeof given !== 'string' || !given.includes('{{')) return [];
  const warning = (message: string): ResourceProblem[] => [{ path, severity: 'warning', message: `${message}: ${OWN_WORDS}` }];
  try {
    definitionsIn(given);
  } catch (error) {
    return warning(error instanceof Error ? error.message : String(error));
  }
  // As nines words its mails.
  if (DEFAULT_HTML.test(given)) return [];
  const missing = invokedNames(given).filter((name) => known !== undefined && !known.has(name));
  return missing.flatMap((name) => warning(`there is no template '${name}'`));
}

function problemOf(path: Path, key: string, known: readonly string[], reasons: Reasons): ResourceProblem {
  if (Object.hasOwn(reasons, key))
    return { path, severity: 'warning', message: `'${key}' is not supported: nothing is done with it`, hint: reasons[key]! };
  const meant = nearest(key, known);
  const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean '${meant}'?`;
  return { path, severity: 'error', message: `unknown key '${key}'`, hint };
}
