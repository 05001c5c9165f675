/** A phone from the first to the last step: subscribed over the API, paged by a push service that is not ours, acknowledged from its lock screen. */
import { expect, test } from 'vitest';
import type { PushAnswer } from '../../src/delivery/contract.ts';
import { ntfyServer } from '../harness/channels/ntfy-server.ts';
import { startPhone } from '../harness/channels/push-sides.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';
import { has } from '../harness/peer-process.ts';

const TEAM = `
apiVersion: nines/v1
kind: Team
metadata: { name: web }
spec: { members: [ana] }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec: { email: ana@example.org, contacts: [{ channel: push, address: all }] }
---
apiVersion: nines/v1
kind: EscalationPolicy
metadata: { name: web }
spec: { steps: [{ notify: [{ person: ana }] }] }
---
apiVersion: nines/v1
kind: Service
metadata: { name: shop }
spec: { owner: web, escalation: web }
`;
const ANA = { email: 'ana@example.org', password: 'a-long-enough-password-7' };

test.skipIf(!ntfyServer || !has('openssl'))('a page reaches a phone that was subscribed, encrypted for it alone', async () => {
  await using phone = await startPhone({ https: true });
  await using nines = await NinesProcess.start({
    files: { 'nines.yaml': `push: { services: ['${new URL(phone.endpoint).origin}'] }\n`, 'team.yaml': TEAM },
    environment: { NODE_EXTRA_CA_CERTS: phone.certificate },
  });
  await nines.ask('POST', '/nines/v1/accounts', { ...ANA, name: 'Ana', role: 'responder' });
  const asked = async (method: string, address: string, body?: object, cookie = ''): Promise<Response> => {
    const headers = { ...(cookie !== '' && { cookie }), ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${nines.url}${address}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    expect(answer.ok, `${method} ${address}: ${answer.status}`).toBe(true);
    return answer;
  };
  const cookie = (await asked('POST', '/nines/v1/session', ANA)).headers.get('set-cookie')!.split(';')[0]!;
  const devices = async () => (await (await asked('GET', '/nines/v1/devices', undefined, cookie)).json()) as PushAnswer;
  expect(await devices()).toMatchObject({ person: 'ana', devices: [] });
  await asked('POST', '/nines/v1/devices', { endpoint: phone.endpoint, keys: phone.keys, label: 'Phone' }, cookie);

  await nines.ask('POST', '/api/v2/alerts', [{ labels: { alertname: 'ShopDown', service: 'shop', severity: 'critical' }, annotations: { summary: 'Restore the shop' } }]); // prettier-ignore
  const [page] = await waitFor(() => `the page; nines said:\n${nines.output}`, async () => { const got = await phone.got(); return got.length > 0 && got; }); // prettier-ignore
  const pages = async () => (await nines.ask<{ pages: { id: string; state: string; acknowledgedBy: string | null }[] }>('GET', '/nines/v1/pages')).pages;
  const [{ id } = { id: '' }] = await pages();
  expect(page).toMatchObject({ title: 'Restore the shop', urgent: true, url: `${nines.url}/pages/${id}` });

  // What the service worker does: says that it is there, and presses the button.
  const told = async () => (await nines.ask<{ notifications: { channel: string; state: string }[] }>('GET', '/nines/v1/notifications')).notifications[0];
  await waitFor('it to be written down as sent', async () => (await told())?.state === 'sent');
  await asked('POST', `/nines/v1/devices/receipts/${page!.receipt}`, { state: 'seen' });
  expect(await told()).toMatchObject({ channel: 'push', state: 'seen' });
  expect((await pages())[0]?.state).toBe('triggered');
  expect((await fetch(page!.acknowledge!, { method: 'POST' })).ok).toBe(true);
  expect((await pages())[0]).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ana' });
  expect((await devices()).devices).toMatchObject([{ label: 'Phone', usedAt: expect.any(String) as string }]);
}); // prettier-ignore
