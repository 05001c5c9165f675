import { nearest, type ResourceProblem } from '../../catalog/index.ts';
import * as schemas from './config-spec.ts';
import type { AlertmanagerSpec, IntegrationKey } from './config-spec.ts';

type Path = readonly (string | number)[];
type Reasons = Readonly<Record<string, string>>;

const all = (keys: string, reason: string): Reasons => Object.fromEntries(keys.split(' ').map((key) => [key, reason]));

const SMTP = 'mails leave by smtp of nines.yaml';
const BOT = 'nines sends as the bot of nines.yaml (telegram.token)';
const KEY = 'the key is opsgenie.key of nines.yaml';
const LOOKS = 'the message looks as nines makes it of its title and text';
const CLIENT = 'nines connects as it does for every message';

const GLOBAL: Reasons = {
  ...all('smtp_smarthost smtp_from smtp_hello smtp_auth_username smtp_auth_password smtp_auth_password_file smtp_auth_identity smtp_auth_secret smtp_auth_secret_file smtp_require_tls smtp_tls_config smtp_force_implicit_tls', SMTP),
  ...all('opsgenie_api_url opsgenie_api_key opsgenie_api_key_file', 'the address and the key are opsgenie of nines.yaml'),
  ...all('pagerduty_url', 'the address is pagerduty.url of nines.yaml'),
  ...all('telegram_api_url telegram_bot_token telegram_bot_token_file', BOT),
  ...all('victorops_api_url victorops_api_key victorops_api_key_file wechat_api_url wechat_api_secret wechat_api_corp_id webex_api_url rocketchat_api_url rocketchat_token rocketchat_token_id jira_api_url slack_app_token slack_app_token_file slack_app_url mattermost_webhook_url', 'nines has no such channel'),
}; // prettier-ignore

const COMMON: Reasons = all('http_config timeout', CLIENT);

const INTEGRATION: Readonly<Record<IntegrationKey, Reasons>> = {
  webhook_configs: { timeout: 'a receiver has 20 seconds to answer' },
  slack_configs: all('color username icon_emoji icon_url pretext fallback footer fields short_fields actions image_url thumb_url callback_id link_names mrkdwn_in app_token app_url message_text update_message', LOOKS),
  email_configs: { ...all('from smarthost hello auth_username auth_password auth_password_file auth_identity auth_secret auth_secret_file require_tls tls_config force_implicit_tls threading', SMTP), html: 'the HTML is made of the text' },
  pagerduty_configs: { ...all('service_key service_key_file', "Events API v1 is not spoken: use routing_key, the integration's key for v2"), url: 'the address is pagerduty.url of nines.yaml', ...all('client client_url severity details images links source class component group', 'the event is as nines makes it of the alerts') },
  opsgenie_configs: { ...all('api_key api_key_file api_url', KEY), ...all('source details tags note priority update_alerts entity actions', 'the alert is as nines makes it of the alerts') },
  telegram_configs: { ...all('bot_token bot_token_file api_url', BOT), ...all('disable_notifications parse_mode message_thread_id', 'the text is sent plain, to the chat') },
  discord_configs: all('content username avatar_url', LOOKS),
  msteams_configs: all('summary', LOOKS),
  msteamsv2_configs: all('summary', LOOKS),
}; // prettier-ignore

const RECEIVER: Reasons = all(
  'pushover_configs victorops_configs wechat_configs sns_configs webex_configs jira_configs rocketchat_configs incidentio_configs mattermost_configs',
  'nines has no such channel: this integration is not told; give the receiver a webhook, or write a contact of a Person',
);

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
        problems.push(...templatesIn(one, path));
        if (kind === 'webhook_configs') lookAtClient([...path, 'http_config'], (one as { http_config?: schemas.HttpConfig }).http_config);
      });
  });
  if (spec.templates?.length) problems.push({ path: ['templates'], severity: 'warning', message: OWN_WORDS });
  return problems;
}

const OWN_WORDS = 'templates are not worked out: the message has the words of nines in its place';

/** Fields that hold a template. */
const templatesIn = (given: object, path: Path): ResourceProblem[] =>
  Object.entries(given).flatMap(([key, value]): ResourceProblem[] =>
    typeof value === 'string' && value.includes('{{')
      ? [{ path: [...path, key], severity: 'warning', message: `'${key}': ${OWN_WORDS}` }]
      : [],
  );

function problemOf(path: Path, key: string, known: readonly string[], reasons: Reasons): ResourceProblem {
  if (Object.hasOwn(reasons, key))
    return { path, severity: 'warning', message: `'${key}' is not supported: nothing is done with it`, hint: reasons[key]! };
  const meant = nearest(key, known);
  const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean '${meant}'?`;
  return { path, severity: 'error', message: `unknown key '${key}'`, hint };
}
