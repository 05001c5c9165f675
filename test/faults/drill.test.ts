/** A page drill from the command line, on the whole program: passed by whoever presses the link, failed with the link that did not hold. */
import { expect, test } from 'vitest';
import { startMailServer } from '../harness/mail-server.ts';
import { execNines } from '../harness/exec-nines.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';
import { people, smtp, unwatched } from './support/documents.ts';

test('a drill passes when someone acknowledges, and says which link of the chain did not hold', { timeout: 120_000 }, async () => {
  await using mail = await startMailServer();
  await using nines = await NinesProcess.start({
    files: { 'nines.yaml': smtp(mail.port), 'people.yaml': people(), 'services.yaml': unwatched(['bakery', 'florist']) },
  });
  const drill = (...args: string[]) => execNines(nines, ['drill', 'page', ...args]);

  const passing = drill('bakery', '--within', '60s');
  const page = await waitFor('the mail', () => mail.mails.find(({ subject }) => subject?.includes('drill')));
  const linkOf = ({ text }: { text?: string | undefined }) => /https?:\S+\/a\/[\w-]+/.exec(text ?? '')?.[0];
  const link = linkOf(page) ?? '';
  await fetch(link, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' });
  const passed = await passing;
  expect(passed.text).toMatch(/it is a page[\s\S]*the first message has left[\s\S]*ana acknowledged[\s\S]*Passed/);
  expect(passed.code).toBe(0);
  // Nothing is wrong: no incident, and the page is over by itself.
  expect((await nines.ask<{ incidents: unknown[] }>('GET', '/nines/v1/incidents')).incidents).toEqual([]);
  await waitFor('the page to be over', async () => (await nines.ask<{ pages: unknown[] }>('GET', '/nines/v1/pages?state=open')).pages.length === 0);

  const unanswered = drill('bakery', '--within', '10s');
  await waitFor('the mail that nobody answers', () => mail.mails.some((one) => (linkOf(one) ?? link) !== link));
  mail.mood = 'silent';
  // While that one waits: its message has left.
  const unsent = drill('florist', '--within', '10s');
  expect((await unanswered).text).toContain('Nobody acknowledged within 10s: called ana.');
  expect((await unsent).text).toContain('No message left within 10s: email to ana');
  expect([(await unanswered).code, (await unsent).code]).toEqual([1, 1]);
  const states = async (service: string) =>
    (await nines.ask<{ drills: { state: string }[] }>('GET', `/nines/v1/drills?service=${service}`)).drills.map(({ state }) => state);
  expect([await states('bakery'), await states('florist')]).toEqual([['failed', 'passed'], ['failed']]);
}); // prettier-ignore
