/** What a `prometheus.yml` says that nines does not do: named with its place, and no more than a warning. */
import type { z } from 'zod';
import { nearest, type ResourceProblem } from '../../catalog/index.ts';
import * as schemas from './config-spec.ts';
import type { PrometheusConfigSpec } from './config-spec.ts';

type Path = readonly (string | number)[];
type Reasons = Readonly<Record<string, string>>;

const ROOT: Reasons = {
  remote_write: 'samples are not sent on; let the receiver read them by remote read or /api/v1/query',
  remote_read: 'only what nines keeps is queried',
  storage: 'how long samples are kept is the setting store.retention of nines.yaml',
  tracing: 'nines sends no traces',
  runtime: 'nines has no such runtime',
  otlp: 'OTLP metrics are taken as the setting otlp of nines.yaml says',
};
const GLOBAL: Reasons = {
  query_log_file: 'queries are not logged to a file',
  scrape_failure_log_file: 'the last error of each target is on the targets page and in /api/v1/targets',
  runtime: 'nines has no such runtime',
};
const ELSEWHERE = 'write the targets with file_sd_configs, http_sd_configs or dns_sd_configs, which other programs can fill';
const SCRAPE: Reasons = { scrape_failure_log_file: GLOBAL['scrape_failure_log_file']! };
const REFS = 'there is no secret manager to ask; name a file';
const CLIENT: Reasons = { username_ref: REFS, password_ref: REFS, credentials_ref: REFS, client_secret_ref: REFS, ca_ref: REFS, cert_ref: REFS, key_ref: REFS }; // prettier-ignore

/** Warnings for every key that nothing is done with, in the file's order as far as the sections go. */
export function unsupported(spec: PrometheusConfigSpec): ResourceProblem[] {
  const problems: ResourceProblem[] = [];
  const look = (path: Path, value: object, schema: z.ZodObject, reasons: Reasons): void => {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(schema.shape, key)) continue;
      problems.push(problemOf([...path, key], key, Object.keys(schema.shape), reasons));
    }
  };
  const lookAtClient = (path: Path, client: schemas.ClientConfig): void => {
    if (client.basic_auth) look([...path, 'basic_auth'], client.basic_auth, schemas.basicAuth, CLIENT);
    if (client.authorization) look([...path, 'authorization'], client.authorization, schemas.authorizationConfig, CLIENT);
    if (client.oauth2) look([...path, 'oauth2'], client.oauth2, schemas.oauth2Config, CLIENT);
    if (client.oauth2?.tls_config) look([...path, 'oauth2', 'tls_config'], client.oauth2.tls_config, schemas.tlsConfig, CLIENT);
    if (client.tls_config) look([...path, 'tls_config'], client.tls_config, schemas.tlsConfig, CLIENT);
    for (const [name, header] of Object.entries(client.http_headers ?? {}))
      look([...path, 'http_headers', name], header, schemas.headerConfig, CLIENT);
  };
  const lookAtAll = (path: Path, values: readonly object[] | null | undefined, schema: z.ZodObject): void =>
    values?.forEach((value, i) => look([...path, i], value, schema, {}));

  const lookAtTargets = (path: Path, given: schemas.ScrapeConfig | schemas.AlertmanagerConfig): void => {
    lookAtClient(path, given);
    lookAtAll([...path, 'static_configs'], given.static_configs, schemas.staticConfig);
    lookAtAll([...path, 'file_sd_configs'], given.file_sd_configs, schemas.fileSd);
    lookAtAll([...path, 'dns_sd_configs'], given.dns_sd_configs, schemas.dnsSd);
    lookAtAll([...path, 'http_sd_configs'], given.http_sd_configs, schemas.httpSd);
    given.http_sd_configs?.forEach((one, j) => lookAtClient([...path, 'http_sd_configs', j], one));
    lookAtAll([...path, 'relabel_configs'], given.relabel_configs, schemas.relabelConfig);
  };

  look([], spec, schemas.prometheusConfigSpec, ROOT);
  if (spec.global) look(['global'], spec.global, schemas.globalConfig, GLOBAL);
  for (const [i, job] of (spec.scrape_configs ?? []).entries()) {
    const path = ['scrape_configs', i];
    look(path, job, schemas.scrapeConfig, SCRAPE);
    lookAtTargets(path, job);
    lookAtAll([...path, 'metric_relabel_configs'], job.metric_relabel_configs, schemas.relabelConfig);
  }
  if (spec.alerting) {
    look(['alerting'], spec.alerting, schemas.alertingConfig, {});
    lookAtAll(['alerting', 'alert_relabel_configs'], spec.alerting.alert_relabel_configs, schemas.relabelConfig);
  }
  for (const [i, alertmanager] of (spec.alerting?.alertmanagers ?? []).entries()) {
    const path = ['alerting', 'alertmanagers', i];
    look(path, alertmanager, schemas.alertmanagerConfig, {});
    lookAtTargets(path, alertmanager);
    lookAtAll([...path, 'alert_relabel_configs'], alertmanager.alert_relabel_configs, schemas.relabelConfig);
  }
  return problems;
}

function problemOf(path: Path, key: string, known: readonly string[], reasons: Reasons): ResourceProblem {
  const about = (message: string, hint: string | undefined): ResourceProblem =>
    ({ path, severity: 'warning', message, ...(hint !== undefined && { hint }) }); // prettier-ignore
  if (Object.hasOwn(reasons, key)) return about(`'${key}' is not supported: nothing is done with it`, reasons[key]);
  if (key.endsWith('_sd_configs')) {
    const meant = nearest(key, known);
    return about(`'${key}' is not supported: its targets are not scraped`, meant === undefined ? ELSEWHERE : `did you mean '${meant}'? Otherwise ${ELSEWHERE}`); // prettier-ignore
  }
  const meant = nearest(key, known);
  return about(`unknown key '${key}': nothing is done with it`, meant === undefined ? undefined : `did you mean '${meant}'?`);
}
