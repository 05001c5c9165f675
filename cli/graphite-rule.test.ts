import { expect, test } from 'vitest';
import { graphiteRuleDetail } from '../src/alerting/graphite-rules/contract.ts';
import { FakeServer, runCli } from '../test/harness/test-cli.ts';

const V1 = '/nines/v1/graphite-rules';
const seen = { firstSeenAt: '2026-03-01T10:00:00Z', lastSeenAt: '2026-03-01T11:58:00Z' };
const rule = graphiteRuleDetail.parse({
  name: 'disk', title: 'Disk', target: 'servers.*.free', service: 'shop', interval: '1m', conditions: ['critical < 5', 'missing 10m'], evaluatedAt: '2026-03-01T11:59:30Z',
  tookMs: 3, error: null, series: 2, firing: 0, missing: 1,
  known: [{ ...seen, series: 'servers.a.free', value: 12.3456, state: 'missing', levels: ['missing'] }, { ...seen, series: 'servers.b.free', value: 50, state: 'ok', levels: [] }],
}); // prettier-ignore

test.each([
  [['graphite-rule'], { [`GET ${V1}`]: { rules: [rule] } }, 1, /disk +servers\.\*\.free +critical < 5, missing 10m +2 +0 +1 +30s ago\n$/],
  [['graphite-rule'], { [`GET ${V1}`]: { rules: [{ ...rule, missing: 0 }] } }, 0, /disk/],
  [['graphite-rule', 'show', 'disk'], { [`GET ${V1}/disk`]: rule }, 0, /^Disk {2}servers.*\nSERIES.*\nservers\.a\.free +missing +12\.3 +2m ago\nservers\.b\.free +ok +50 +2m ago\n$/],
  [['graphite-rule', 'forget', 'disk', 'servers.a.free'], { [`POST ${V1}/disk/forget`]: undefined }, 0, /^servers.a.free is forgotten.\n$/],
])('%o', async (argv, answers, code, out) => {
  await using server = await FakeServer.start(answers);
  const ran = await runCli(argv, { env: { NINES_URL: server.url } });
  expect([ran.code, ran.err]).toEqual([code, '']);
  expect(ran.out).toMatch(out);
}); // prettier-ignore
