/** Whatever stands in a prometheus.yml: it is taken or refused with its place, soon. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { checkDocuments } from '../../catalog/index.ts';
import { scrapeKind } from '../scrape/index.ts';
import { createAlertmanagers } from './alertmanagers.ts';
import { includesOf } from './includes.ts';
import { prometheusConfigOf, prometheusKind, prometheusScrapes } from './prometheus-kind.ts';

const registry = { kinds: [scrapeKind], foreignKinds: [prometheusKind] };

const WHOLE = `global:
  scrape_interval: 15s
  external_labels: { region: '\${REGION}' }
rule_files: ['rules/*.yml']
remote_write: [{ url: 'http://a.example' }]
alerting:
  alert_relabel_configs: [{ regex: tmp_.*, action: labeldrop }]
  alertmanagers:
    - path_prefix: /am
      timeout: 3s
      http_headers: { X-Tenant: { values: [a], secrets: [hush], files: [b] } }
      dns_sd_configs: [{ names: [a.example] }]
      relabel_configs: [{ target_label: __alerts_path__, replacement: /x }]
scrape_configs:
  - job_name: a
    scrape_timeout: 5s
    params: { module: [http_2xx] }
    body_size_limit: 5MB
    basic_auth: { username: ana, password: hush }
    tls_config: { ca_file: ca.pem, min_version: TLS12 }
    proxy_url: http://ana:hush@proxy.example:3128
    static_configs: [{ targets: ['a:1'], labels: { env: prod } }]
    file_sd_configs: [{ files: ['b/*.json'] }]
    dns_sd_configs: [{ names: [a.example], type: A, port: 1 }]
    relabel_configs: [{ source_labels: [__address__], regex: '(.*):.*', target_label: instance, replacement: '$1' }]
`;

const junk = fc.oneof(
  fc.constantFrom(': ', '- ', '[', ']', '{', '}', '"', "'", '|', '&a ', '*a', '!!int ', '\n', '\t', 'null', '0', '-1', '1e999', '99999999999999999999d', '(a+)+$', '__proto__', '\u0000', '\ud800'),
  fc.string({ maxLength: 8 }),
); // prettier-ignore
const damaged = fc.array(fc.record({ at: fc.nat(WHOLE.length), length: fc.nat(12), junk }), { maxLength: 4 }).map((cuts) => {
  let text = WHOLE;
  for (const cut of cuts) text = text.slice(0, cut.at) + cut.junk + text.slice(cut.at + cut.length);
  return text;
});

test('a damaged prometheus.yml is taken or refused, soon', async () => {
  const alertmanagers = createAlertmanagers({ clock: new VirtualClock(0), kind: prometheusKind.kind, onError: () => undefined });
  await fuzz(
    fc.property(fc.oneof(damaged, fc.string({ maxLength: 300 })), (text) => {
      includesOf(text);
      const { problems, set } = checkDocuments([{ file: 'prometheus.yml', text }], registry, 0);
      for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0);
      prometheusScrapes(set, '/');
      prometheusConfigOf(set, 'a.yml');
      alertmanagers.update(set, '/nowhere');
      for (const one of alertmanagers.list()) one.labelsFor({ alertname: 'Down' });
    }),
    200,
  );
  alertmanagers.update(checkDocuments([], registry, 0).set, '/');
  await alertmanagers.stop();
});
