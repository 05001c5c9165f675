/** The machine's clock jumps an hour while nines runs: forward, then back. By libfaketime, on the built program. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import { startMailServer } from '../harness/mail-server.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';
import { callsOf } from './support/calls.ts';
import { people, services, smtp } from './support/documents.ts';
import { startShops } from './support/shops.ts';
import { readFeed } from './support/verify.ts';

/** Of Debian's package `faketime`; below /usr/lib/<architecture>. */
const library = fs
  .readdirSync('/usr/lib')
  .map((folder) => path.join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
  .find((file) => fs.existsSync(file));

const HOUR = 3_600_000;
const ESCALATION_MS = 4_000;
/** For a busy machine; what a jump would do is an hour, or nothing. */
const PATIENCE_MS = 10_000;
const ESCALATION = '    - after: 4s\n      notify: [{ person: ben }]\n';
/** For each direction: one whose page waits for its escalation when the clock jumps, and one that breaks afterwards. */
const FORWARD = { waiting: 'forward-before', after: 'forward-after', offset: '+3600', byMs: HOUR };
const BACK = { waiting: 'back-before', after: 'back-after', offset: '+0', byMs: -HOUR };

test.skipIf(library === undefined)('the clock jumps an hour: no page too many, none lost, none late', { timeout: 90_000 }, async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-clock-'));
  const offset = path.join(directory, 'offset');
  fs.writeFileSync(offset, '+0\n');
  await using mail = await startMailServer();
  await using shops = await startShops();
  await using nines = await NinesProcess.start({
    wrapper: [
      'env',
      `LD_PRELOAD=${library ?? ''}`,
      `FAKETIME_TIMESTAMP_FILE=${offset}`,
      'FAKETIME_NO_CACHE=1',
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ],
    files: {
      'nines.yaml': smtp(mail.port),
      'people.yaml': people({ escalation: ESCALATION }),
      'shops.yaml': services(['steady', FORWARD.waiting, FORWARD.after, BACK.waiting, BACK.after], shops.urlOf),
    },
  });
  await waitFor('the first probes', () => shops.asked('steady') > 1 && shops.asked(BACK.after) > 0);
  const call = (name: string, step: number) =>
    waitFor(
      () => `call ${step} for ${name}; nines said:\n${nines.output}`,
      () => callsOf(mail.mails).find((one) => one.subject.includes(name) && one.step === step),
    );

  for (const { waiting, after, offset: to, byMs } of [FORWARD, BACK]) {
    shops.break(waiting);
    const first = await call(waiting, 0);
    const asked = shops.asked('steady');
    const jumpedAt = performance.now();
    // Whole at once, as nines may read it at any moment.
    fs.writeFileSync(`${offset}.new`, `${to}\n`);
    fs.renameSync(`${offset}.new`, offset);

    const second = await call(waiting, 1);
    expect(second.at - first.at).toBeGreaterThan(ESCALATION_MS - 500);
    expect(second.at - first.at).toBeLessThan(ESCALATION_MS + PATIENCE_MS);

    const jumps = (await readFeed(nines)).filter(({ kind }) => kind === 'clock.jumped');
    expect(Number(jumps.at(-1)?.data['byMs'])).toBeGreaterThan(byMs - 2_000);
    expect(Number(jumps.at(-1)?.data['byMs'])).toBeLessThan(byMs + 2_000);
    const { components } = await nines.ask<HealthAnswer>('GET', '/nines/v1/health');
    expect(components.find(({ component }) => component === 'clock')).toMatchObject({
      state: 'degraded',
      problem: expect.stringContaining(byMs > 0 ? '1h forward' : '1h back') as string,
    });

    // Neither a burst of probes nor a pause.
    const seconds = (performance.now() - jumpedAt) / 1000;
    const turns = shops.asked('steady') - asked;
    expect(turns).toBeGreaterThanOrEqual(Math.floor(seconds) - 2);
    expect(turns).toBeLessThanOrEqual(Math.ceil(seconds) + 2);

    shops.break(after);
    const late = await call(after, 0);
    expect(late.at - (shops.failedAt(after) ?? Number.NaN)).toBeLessThan(PATIENCE_MS);
    await fetch(late.link, { method: 'POST' });
  }

  const calls = callsOf(mail.mails);
  expect(calls.map(({ subject, step }) => `${/(forward|back)-\w+|steady/.exec(subject)?.[0]} ${step}`)).toEqual([
    'forward-before 0',
    'forward-before 1',
    'forward-after 0',
    'back-before 0',
    'back-before 1',
    'back-after 0',
  ]);
  expect(new Set(mail.mails.map(({ messageId }) => messageId)).size).toBe(mail.mails.length);
  fs.rmSync(directory, { recursive: true });
});
