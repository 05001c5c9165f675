import { expect, test } from 'vitest';
import { integration, integrationKey } from '../src/alerting/inbound/contract.ts';
import { FakeServer, runCli } from '../test/harness/test-cli.ts';

const V1 = '/nines/v1/integrations';
const one = integration.parse({
  name: 'grafana', title: 'grafana', type: 'grafana', description: '', service: null, address: 'https://n/nines/v1/inbound/grafana', secret: 'missing',
  taken: 12, refused: 1, lastEventAt: '2026-03-01T11:58:00Z', lastEvent: 'Slow', lastErrorAt: '2026-03-01T11:00:00Z', lastError: 'alerts: odd\u001b[31m',
}); // prettier-ignore

test.each([
  [['integration'], { [`GET ${V1}`]: { integrations: [one] } }, 1, /grafana +grafana +https:\/\/n\/nines\/v1\/inbound\/grafana +not set +12 +2m ago +1h ago: alerts: odd\[31m\n$/],
  [['integration', 'list'], { [`GET ${V1}`]: { integrations: [] } }, 0, /^There is no integration yet/],
  [['integration', 'key', 'grafana'], { [`POST ${V1}/grafana/key`]: integrationKey.parse({ name: 'grafana', key: 'abc', address: 'https://n' }) }, 0, /^abc\nSend to https:\/\/n with it/],
  [['integration', 'key', 'grafana', '--revoke'], { [`DELETE ${V1}/grafana/key`]: undefined }, 0, /is revoked/],
  [['integration', 'test', 'grafana'], { [`POST ${V1}/grafana/test`]: { title: 'Test of grafana' } }, 0, /^Told: Test of grafana\n$/],
])('%o', async (argv, answers, code, out) => {
  await using server = await FakeServer.start(answers);
  const ran = await runCli(argv, { env: { NINES_URL: server.url } });
  expect([ran.code, ran.err]).toEqual([code, '']);
  expect(ran.out).toMatch(out);
}); // prettier-ignore
