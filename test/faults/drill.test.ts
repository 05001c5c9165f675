/** A page drill from the command line, on the whole program: passed by whoever presses the link, failed with the link that did not hold. */
import { expect, test } from 'vitest';
import { startMailServer } from '../harness/mail-server.ts';
import { execNines } from '../harness/exec-nines.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';
import { people, smtp, unwatched } from './support/documents.ts';

test('a drill passes when someone acknowledges, and says which link of the chain did not hold', { timeout: 120_000 }, async () => {
  await using mail = await startMailServer();
  await using nines = await NinesProcess.start({
    files: { 'nines.yaml': smtp(mail.port), 'people.yaml': people(), 'services.yaml': unwatched(['bakery']) },
  });
  const drill = (...args: string[]) => execNines(nines, ['drill', 'page', 'bakery', ...args]);

  const passing = drill('--within', '60s');
  const page = await waitFor('the mail', () => mail.mails.find(({ subject }) => subject?.includes('drill')));
  const link = /https?:\S+\/a\/[\w-]+/.exec(page.text ?? '')?.[0] ?? '';
  await fetch(link, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' });
  const passed = await passing;
  expect(passed.text).toMatch(/it is a page[\s\S]*the first message has left[\s\S]*ana acknowledged[\s\S]*Passed/);
  expect(passed.code).toBe(0);
  // Nothing is wrong: no incident, and the page is over by itself.
  expect((await nines.ask<{ incidents: unknown[] }>('GET', '/nines/v1/incidents')).incidents).toEqual([]);
  await waitFor('the page to be over', async () => (await nines.ask<{ pages: unknown[] }>('GET', '/nines/v1/pages?state=open')).pages.length === 0);

  const unanswered = await drill('--within', '10s');
  expect(unanswered.text).toContain('Nobody acknowledged within 10s: called ana.');
  mail.mood = 'silent';
  const unsent = await drill('--within', '10s');
  expect(unsent.text).toContain('No message left within 10s: email to ana');
  expect([unanswered.code, unsent.code]).toEqual([1, 1]);
  expect((await nines.ask<{ drills: { state: string }[] }>('GET', '/nines/v1/drills?service=bakery')).drills.map(({ state }) => state)).toEqual(['failed', 'failed', 'passed']);
}); // prettier-ignore
