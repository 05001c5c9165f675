/** `alerting` of a prometheus.yml: which Alertmanagers are found, and what they are told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { checkDocuments, formatProblem } from '../../catalog/index.ts';
import { createAlertmanagers, type FoundAlertmanager } from './alertmanagers.ts';
import { prometheusKind } from './prometheus-kind.ts';

const read = (text: string) => checkDocuments([{ file: 'prometheus.yml', text }], { kinds: [], foreignKinds: [prometheusKind] }, 0);
const create = (environment = {}) => createAlertmanagers({ clock: new VirtualClock(0), kind: prometheusKind.kind, onError: () => undefined, environment }); // prettier-ignore

test('static, of a file and of an HTTP answer; relabelled, with their paths; what changes in the document changes them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nines-alertmanagers-'));
  const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end('[{"targets": ["sd:1"]}]'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  await writeFile(join(folder, 'more.json'), '[{"targets": ["file:1"], "labels": {"rack": "r1"}}]');
  const found = create();
  const text = `
alerting:
  alertmanagers:
    - {path_prefix: /am/, scheme: https, static_configs: [{targets: ['a:9093', 'gone:1']}], relabel_configs: [{source_labels: [__address__], regex: 'gone.*', action: drop}]}
    - file_sd_configs: [{files: [more.json]}]
      relabel_configs: [{source_labels: [rack], target_label: __alerts_path__, replacement: '/$1/alerts'}]
    - http_sd_configs: [{url: 'http://127.0.0.1:${(server.address() as AddressInfo).port}/'}]
`; // prettier-ignore
  try {
    const { set, problems } = read(text);
    expect(problems.map(formatProblem)).toEqual([]);
    found.update(set, folder);
    await expect
      .poll(() => found.list().map(({ url }) => url))
      .toEqual(['https://a:9093/am/api/v2/alerts', 'http://file:1/r1/alerts', 'http://sd:1/api/v2/alerts']);
    expect(found.dropped()).toEqual(['https://gone:1/am/api/v2/alerts']);
    found.update(read('alerting: {alertmanagers: [{static_configs: [{targets: [b:1]}]}]}').set, folder);
    expect(found.list().map(({ url }) => url)).toEqual(['http://b:1/api/v2/alerts']);
  } finally {
    await found.stop();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test('what an alert is told with: external labels that it has not, steps for all, steps of one', async () => {
  const found = create({ REGION: 'eu' });
  found.update(
    read(`
global: {external_labels: {region: '\${REGION}', team: all}}
alerting:
  alert_relabel_configs: [{regex: tmp_.*, action: labeldrop}]
  alertmanagers:
    - static_configs: [{targets: [a:1]}]
    - {static_configs: [{targets: [b:1]}], alert_relabel_configs: [{source_labels: [team], regex: shop, action: drop}]}
`).set,
    '/',
  );
  const [a, b] = found.list() as [FoundAlertmanager, FoundAlertmanager];
  const shop = { alertname: 'Down', team: 'shop', tmp_x: '1' };
  expect([a.labelsFor(shop), b.labelsFor(shop)]).toEqual([{ alertname: 'Down', team: 'shop', region: 'eu' }, undefined]);
  expect(b.labelsFor({ alertname: 'Down', team: '' })).toEqual({ alertname: 'Down', team: 'all', region: 'eu' });
  await found.stop();
});

test('it is told with its credentials and headers, those of files among them; a refusal and a silence are said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nines-alertmanagers-'));
  const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ headers: request.headers, body });
      if (status !== 0) response.writeHead(status).end(status === 200 ? '' : 'no such thing');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  await writeFile(join(folder, 'tenant'), 'shop\n');
  await writeFile(join(folder, 'token'), 'hush\n');
  const found = create();
  const entry = `static_configs: [{targets: ['127.0.0.1:${(server.address() as AddressInfo).port}']}], timeout: 300ms`;
  const client = 'authorization: {credentials_file: token}, http_headers: {X-Tenant: {values: [all], files: [tenant]}}';
  found.update(read(`alerting: {alertmanagers: [{${entry}, ${client}}]}`).set, folder);
  const [peer] = found.list();
  try {
    await peer!.post([{ labels: { alertname: 'Down' } }], { 'x-nines-forwarder': 'me' });
    expect(seen).toMatchObject([
      { headers: { authorization: 'Bearer hush', 'x-tenant': 'all, shop', 'x-nines-forwarder': 'me', 'content-type': 'application/json' }, body: '[{"labels":{"alertname":"Down"}}]' },
    ]); // prettier-ignore
    status = 400;
    await expect(peer!.post([], {})).rejects.toThrow('status 400 no such thing');
    status = 0;
    await expect(peer!.post([], {})).rejects.toThrow('no answer within 300ms');
    await rm(join(folder, 'tenant'));
    await expect(peer!.post([], {})).rejects.toThrow('ENOENT');
  } finally {
    await found.stop();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
