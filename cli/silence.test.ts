import { expect, test } from 'vitest';
import { previewAnswer, silence } from '../src/alerting/muting/contract.ts';
import { FakeServer, runCli } from '../test/harness/test-cli.ts';

const V1 = '/nines/v1/silences';
const one = silence.parse({
  id: 's-1', state: 'active', matchers: [{ name: 'service', op: '=', value: 'shop' }], startsAt: '2026-03-01T11:00:00Z', endsAt: '2026-03-01T14:00:00Z',
  recurring: null, nextChange: '2026-03-01T14:00:00Z', reason: 'Move', createdBy: 'ana', createdAt: '2026-03-01T11:00:00Z', updatedAt: '2026-03-01T11:00:00Z', holds: 2,
}); // prettier-ignore
const preview = previewAnswer.parse({
  now: { count: 1, alerts: [{ fingerprint: 'f', rule: 'Down', service: 'shop', severity: 'critical', labels: {} }] },
  past: { from: '2026-02-22T12:00:00Z', of: 9, hidden: 3, complete: true, days: [{ day: '2026-02-27', hidden: 3, alerts: [{ rule: 'Slow', service: null, times: 3 }] }] },
  warnings: [],
}); // prettier-ignore
const answer = { silence: one, warnings: ['too much'] };

test.each<[string[], Record<string, unknown>, RegExp]>([
  [['silence'], { [`GET ${V1}`]: { silences: [one, { ...one, id: 'old', state: 'expired' }] }, 'GET /nines/v1/maintenance': { maintenance: [] } }, /^SILENCE.*\ns-1 +active +service="shop" +2 +in 2h +ana +Move\n$/],
  [['silence', 'show', 's-1'], { [`GET ${V1}/s-1`]: answer }, /^service="shop" {2}active\n(.*\n)*.*holds back +2 alerts now\n$/],
  [['silence', 'add', 'service=shop', '--for', '2h', '--reason', 'Move'], { [`POST ${V1}`]: answer }, /^! too much\nSilenced until .*: service="shop"\nEnd it with: nines silence expire s-1\n$/],
  [['silence', 'expire', 's-1'], { [`POST ${V1}/s-1/expire`]: answer }, /^Ended: service="shop"\n$/],
  [['silence', 'preview', 'service=shop'], { [`POST ${V1}/preview`]: preview }, /^1 of the alerts.*\n {2}Down of shop\n\nSince .* hidden 3 of 9 alerts\.\nDAY.*\n2026-02-27 +Slow +– +3\n$/],
])('%o', async (argv, answers, out) => {
  await using server = await FakeServer.start(answers);
  const ran = await runCli(argv, { env: { NINES_URL: server.url } });
  expect([ran.code, ran.err]).toEqual([0, '']);
  expect(ran.out).toMatch(out);
}); // prettier-ignore

test.each([
  [['--days', 'monday'], '--days needs --between'],
  [['--between', '2-3'], "'2-3' are no hours"],
])('%o is refused before anything is asked', async (options, problem) => {
  const ran = await runCli(['silence', 'add', 'service=shop', '--for', '1d', '--reason', 'x', ...options], { env: { NINES_URL: 'http://127.0.0.1:1' } });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(problem);
}); // prettier-ignore
