/**
 * How long a failure takes to become a page that has left. Measured in one process on one clock: from when the target had
 * sent the whole failing answer (the probe can't know before that, so its own time is in the figure) until the SMTP server
 * had received the mail's last byte. And for a rule on samples that are sent in: from before the write leaves the sender.
 */
import { expect, test } from 'vitest';
import { request, sample, series } from '../../src/monitoring/remote-write/encode-request.ts';
import { startMailServer } from '../harness/mail-server.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { people, services, unbundled } from './support/documents.ts';
import { startShops } from './support/shops.ts';

const PROBED = Array.from({ length: 12 }, (_, i) => `shop-${i}`);
const WRITTEN = Array.from({ length: 6 }, (_, i) => `queue-${i}`);

const RULES = `
groups:
  - name: queues
    rules:
      - alert: QueueFull
        expr: queue_length > 100
        labels: { severity: critical }
        annotations: { summary: 'Drain {{ $labels.service }}' }
`;

const told = (figures: number[]): string => {
  const sorted = figures.toSorted((a, b) => a - b);
  return `p50 ${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} ms, max ${Math.round(sorted.at(-1) ?? 0)} ms of ${sorted.length}`;
};

test('a failing check has left as a page within a second', { timeout: 90_000 }, async ({ annotate }) => {
  await using mail = await startMailServer();
  await using shops = await startShops();
  await using nines = await NinesProcess.start({
    files: {
      'nines.yaml': unbundled(mail.port),
      'people.yaml': people(),
      'shops.yaml': services(PROBED, shops.urlOf),
      'queues.yaml': RULES,
      'owners.yaml': WRITTEN.map(
        (name) => `apiVersion: nines/v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { owner: web, escalation: web }\n`,
      ).join('---\n'),
    },
  });
  await waitFor('every shop to be probed', () => PROBED.every((name) => shops.asked(name) > 0));
  const mailOf = (name: string) => waitFor(`the page of ${name}`, () => mail.mails.find(({ subject }) => subject?.includes(name)));

  const probed: number[] = [];
  for (const name of PROBED) {
    shops.break(name);
    const { at } = await mailOf(name);
    probed.push(at - (shops.failedAt(name) ?? Number.NaN));
  }

  const written: number[] = [];
  for (const name of WRITTEN) {
    const body = request(series({ __name__: 'queue_length', service: name }, sample(Date.now(), 200)));
    const began = performance.now();
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    const answer = await fetch(`${nines.url}/api/v1/write`, { method: 'POST', headers, body });
    expect(answer.status).toBe(204);
    written.push((await mailOf(name)).at - began);
  }

  const figures = `failing answer to page received: ${told(probed)}; written sample to page received: ${told(written)}`;
  console.log(figures);
  await annotate(figures);
  expect(mail.mails).toHaveLength(PROBED.length + WRITTEN.length);
  for (const figure of [...probed, ...written]) expect(figure).toBeLessThan(1_000);
});
