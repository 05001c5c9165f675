/** The disk of the data folder is full: a small file system in memory, filled to its last byte. Needs root, to mount it. */
import path from 'node:path';
import { expect, test } from 'vitest';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import { request, sample, series } from '../../src/monitoring/remote-write/encode-request.ts';
import { startMailServer } from '../harness/mail-server.ts';
import { canMount, mountDisk } from '../harness/small-disk.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { callsOf } from './support/calls.ts';
import { people, services, smtp } from './support/documents.ts';
import { startShops } from './support/shops.ts';
import { readFeed } from './support/verify.ts';

test.skipIf(!canMount)(
  'a full disk: intake is refused, paging goes on, and all is well once there is room',
  { timeout: 120_000 },
  async () => {
    using disk = mountDisk(192);
    if (!disk) return;
    await using mail = await startMailServer();
    await using shops = await startShops();
    const names = ['first', 'second'];
    await using nines = await NinesProcess.start({
      data: path.join(disk.directory, 'data'),
      files: { 'nines.yaml': smtp(mail.port), 'people.yaml': people(), 'shops.yaml': services(names, shops.urlOf) },
    });
    await waitFor('the first probes', () => names.every((name) => shops.asked(name) > 0));

    const send = (address: string, body: Uint8Array<ArrayBuffer> | string): Promise<Response> =>
      fetch(`${nines.url}${address}`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${TOKEN}`, ...(typeof body === 'string' && { 'content-type': 'application/json' }) },
      });
    let time = Date.now();
    /** Half a megabyte in the intake log. */
    const write = (): Promise<Response> => {
      const samples = Array.from({ length: 20_000 }, (_, i) => sample((time += 1), i));
      return send('/api/v1/write', new Uint8Array(request(series({ __name__: 'written' }, ...samples))));
    };
    const kept: string[] = [];
    let count = 0;
    const change = async (): Promise<number> => {
      const version = `${(count += 1)}-${'x'.repeat(150)}`;
      const answer = await send('/nines/v1/changes', JSON.stringify({ service: 'first', version }));
      if (answer.status === 201) kept.push(version);
      else {
        expect(await answer.text()).toMatch(/disk of the data folder is full|is being opened again/);
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      }
      return answer.status;
    };
    const health = async (component: string) =>
      (await nines.ask<HealthAnswer>('GET', '/nines/v1/health')).components.find((one) => one.component === component);
    const pageOf = (name: string) =>
      waitFor(
        () => `the page of ${name}; nines said:\n${nines.output.slice(-3_000)}`,
        () => callsOf(mail.mails).find(({ subject }) => subject.includes(name)),
      );

    time -= 3_600_000;
    expect((await write()).status).toBe(204);
    expect(await change()).toBe(201);

    // Something else fills the disk. Samples are refused, and why is said; what is there can still be read.
    disk.fill();
    const refused = await waitFor('a refusal', async () => {
      const answer = await write();
      return answer.status !== 204 && answer;
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await refused.text()).toContain('The disk of the data directory is full');
    expect(await health('store')).toMatchObject({ state: 'down' });
    expect((await health('store.disk'))?.state).toBe('down');
    await nines.ask('GET', '/api/v1/query?query=count_over_time(written[2h])');

    // The state's tables grow until there is no room: then what was kept for it is used, and nothing is answered with a defect.
    await waitFor('the state to need its reserve', async () => {
      expect([201, 503]).toContain(await change());
      return (await health('state'))?.state === 'degraded';
    });
    expect((await write()).status).toBe(503);
    shops.break('first');
    const page = await pageOf('first');
    expect((await fetch(page.link, { method: 'POST' })).ok).toBe(true);
    expect(await nines.ask('GET', `/nines/v1/pages/${page.page}`)).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ana' });

    // That is filled, too. Nothing can be kept now; nines says so and stays.
    disk.fill();
    await waitFor('the state to be down', async () => {
      expect([201, 503]).toContain(await change());
      return (await health('state'))?.state === 'down';
    });
    shops.break('second');
    await waitFor('the second to be seen', () => shops.failedAt('second'));
    expect((await fetch(`${nines.url}/-/healthy`)).ok).toBe(true);

    // Somebody makes room: everything recovers by itself, and the page that was decided meanwhile leaves.
    disk.makeRoom();
    await pageOf('second');
    await waitFor('samples to be taken', async () => (await write()).status === 204);
    await waitFor('changes to be taken', async () => (await change()) === 201);
    for (const component of ['store', 'state']) {
      await waitFor(`${component} to be well`, async () => ((await health(component))?.state ?? 'ok') === 'ok');
    }

    await nines.kill();
    await nines.start();
    const versions = (await readFeed(nines)).filter(({ kind }) => kind === 'change.deploy').map(({ data }) => data['version']);
    expect(kept.filter((version) => versions.filter((one) => one === version).length !== 1)).toEqual([]);
    expect(callsOf(mail.mails).map(({ subject }) => /first|second/.exec(subject)?.[0])).toEqual(['first', 'second']);
    expect(nines.output).not.toContain('a defect');
  },
);
