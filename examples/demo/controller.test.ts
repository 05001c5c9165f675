import { expect, test } from 'vitest';
import { startController } from './controller.ts';

async function withController(check: (url: string, done: string[]) => Promise<void>): Promise<void> {
  const done: string[] = [];
  const act = async (what: string): Promise<string> => {
    done.push(`${what} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    done.push(`${what} ends`);
    if (what === 'latency') throw new Error('it would not break');
    return `Did ${what}.`;
  };
  const controller = await startController({ break: act, heal: () => act('heal') }, 0);
  try {
    await check(`http://127.0.0.1:${controller.port}`, done);
  } finally {
    controller.close();
  }
}

test.each([
  ['POST', '/break/errors', {}, 200, { broken: 'errors', tells: 'Did errors.' }],
  ['POST', '/heal', {}, 200, { tells: 'Did heal.' }],
  ['POST', '/break/latency', {}, 500, { error: 'it would not break' }],
  ['POST', '/break/everything', {}, 404, { error: 'There is: errors, latency, crash, dependency, deploy.' }],
  ['GET', '/heal', {}, 405, { error: 'POST /break/<what> or POST /heal.' }],
  ['POST', '/heal', { origin: 'https://example.org' }, 403, { error: 'Not from a web page.' }],
])('%s %s with %j is answered %i', (method, address, headers: Record<string, string>, status, body) =>
  withController(async (url) => {
    const answer = await fetch(`${url}${address}`, { method, headers });
    expect([answer.status, await answer.json()]).toEqual([status, body]);
  }),
);

test('one thing is done at a time', () =>
  withController(async (url, done) => {
    await Promise.all(['/break/deploy', '/heal', '/break/errors'].map((address) => fetch(`${url}${address}`, { method: 'POST' })));
    expect(done).toHaveLength(6);
    for (let i = 0; i < 6; i += 2) expect(done[i + 1]).toBe(done[i]?.replace('begins', 'ends'));
  }));
