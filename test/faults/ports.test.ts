/** Two nines on one machine: the ports for samples are the first one's, and the second says so and misses nothing else. */
import { expect, test } from 'vitest';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import { execNines } from '../harness/exec-nines.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { freePort } from '../harness/free-port.ts';

const NAMES = ['statsd', 'graphite', 'graphitePickle', 'otlpHttp', 'otlpGrpc'] as const;

test('ports that another nines has cost the second one those ports, each by name, and nothing else', async () => {
  const ports: number[] = [];
  for (const _ of NAMES) ports.push(await freePort());
  const listen = `listen:\n${NAMES.map((name, i) => `  ${name}: ${ports[i]}\n`).join('')}`;
  const options = { files: { 'nines.yaml': listen }, environment: { NINES_LISTEN: undefined } };
  await using first = await NinesProcess.start(options);
  const opened = async (nines: NinesProcess): Promise<HealthAnswer['components']> => {
    const { components } = await nines.ask<HealthAnswer>('GET', '/nines/v1/health');
    return components.filter(({ component }) => component.startsWith('listen.'));
  };
  await waitFor('the first one to have its ports', async () => (await opened(first)).length === NAMES.length);
  expect((await opened(first)).map(({ state }) => state)).toEqual(NAMES.map(() => 'ok'));

  await using second = await NinesProcess.start(options);
  await waitFor('the second one to have tried', async () => (await opened(second)).length === NAMES.length);
  const said = new Map((await opened(second)).map(({ component, state, problem }) => [component, `${state}: ${problem}`]));
  for (const [i, name] of NAMES.entries())
    expect(said.get(`listen.${name}`)).toContain(`degraded: Port ${ports[i]} is in use by another program`);
  const status = await execNines(second, ['status']);
  for (const name of NAMES) expect(status.text).toContain(`listen.${name}`);

  // What comes by the main port is taken and answered, and the first one goes on as before.
  for (const nines of [first, second]) {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const sent = await fetch(`${nines.url}/write`, { method: 'POST', headers, body: 'shop orders=3' });
    expect(sent.status).toBe(204);
    await waitFor('the sample', async () => {
      const { data } = await nines.ask<{ data: { result: unknown[] } }>('GET', '/api/v1/query?query=shop_orders');
      return data.result.length === 1;
    });
  }
  expect((await opened(first)).map(({ state }) => state)).toEqual(NAMES.map(() => 'ok'));
}, 120_000);
