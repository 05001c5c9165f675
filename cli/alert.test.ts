/** `nines alert …` and `nines review`, by what a server answers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alert } from '../src/alerting/contract.ts';
import { alertHistory } from '../src/alerting/history/contract.ts';
import { lintAnswer } from '../src/alerting/lint/contract.ts';
import { review } from '../src/alerting/review/contract.ts';
import { FakeServer, runCli } from '../test/harness/test-cli.ts';

const at = (time: string): string => `2026-03-01T${time}:00Z`;
const alertFiring = alert.parse({
  fingerprint: 'f1', rule: 'CheckoutErrors', group: 'checkout', severity: 'critical', service: 'checkout', state: 'firing',
  labels: {}, annotations: { summary: '12% of checkouts fail' }, value: 0.1234, activeAt: at('11:50'), firedAt: at('11:55'), resolvedAt: null, expr: 'x', source: 'nines', generatorUrl: null, mutedBy: null,
}); // prettier-ignore
const history = alertHistory.parse({
  fingerprint: 'f1', rule: 'CheckoutErrors', service: 'checkout', severity: 'critical', labels: {},
  firings: [{ firedAt: at('11:55'), resolvedAt: null, summary: 'Roll back', value: 1 }, { firedAt: at('09:00'), resolvedAt: at('09:12'), summary: 'Roll back', value: 1 }],
  pages: [{
    id: 'p1', subject: 'Roll back', events: [{ time: at('11:55'), kind: 'page.triggered', title: 'Page: Roll back', actor: 'nines' }, { time: at('11:57'), kind: 'page.acknowledged', title: 'Acknowledged', actor: 'person:ana' }],
    notifications: [{ id: 'd1', person: 'ana', channel: 'email', address: 'a@b', reason: 'page', about: 'page/p1', subject: 's', state: 'failed', attempts: 2, lastError: '550 no', createdAt: at('11:55'), sentAt: null, deliveredAt: null, seenAt: null, acknowledgedAt: null, provider: null, bundle: null }],
  }],
}); // prettier-ignore
const lint = lintAnswer.parse({
  findings: 1,
  rules: [{ rule: 'Cpu', group: 'g', source: 'rules', severity: 'critical', service: null, expr: 'cpu > 1', documentation: null, findings: [{ check: 'cause', message: 'it looks at a cause', hint: 'take a symptom', where: 'expr' }], ignored: [{ check: 'length', reason: 'long names' }] }],
}); // prettier-ignore
const week = review.parse({
  week: '2026-W08', from: at('00:00'), to: at('00:00'), team: 'store', timeZone: 'UTC', previous: '2026-W07', next: null, reviewed: 0, partial: false,
  alerts: [{ rule: 'Blip', service: 'shop', team: 'store', severity: 'critical', summary: 's', fired: 3, pages: 3, acknowledged: 0, nights: 2, firingMs: 60_000, occurrences: [], answers: [], suggestions: [{ kind: 'resolves-itself', title: 'Give Blip time', evidence: 'Fired 3 times.', backtest: null }] }],
  responses: [{ severity: 'critical', promisedMs: 1_800_000, promisedUpToMs: 3_600_000, pages: 3, answered: 2, inTime: 1, medianMs: 300_000, longestMs: 900_000 }],
}); // prettier-ignore

let server: FakeServer;
beforeAll(async () => {
  server = await FakeServer.start({
    'GET /nines/v1/alerts': { alerts: [alertFiring, { ...alertFiring, fingerprint: 'f2' }] },
    'GET /nines/v1/alerts/f1/history': history,
    'GET /nines/v1/rules/lint': lint,
    'GET /nines/v1/review': week,
  });
});
afterAll(() => server[Symbol.asyncDispose]());

test.each<[string, number, string[]]>([
  ['alert list', 0, ['f1', 'firing', 'CheckoutErrors', '12% of checkouts fail']],
  ['alert list --json', 0, ['"fingerprint": "f1"']],
  ['alert show f1', 0, ['12% of checkouts fail', 'expr']],
  ['alert show CheckoutErrors', 2, ["2 alerts are meant by 'CheckoutErrors'"]],
  ['alert show nothing', 2, ["There is no alert 'nothing'"]],
  ['alert history f1', 0, ['fires  Roll back', 'for 12m', 'Page p1', 'person:ana', 'page to ana by email: failed, 550 no']],
  ['alert lint', 0, ['Cpu', 'cause: it looks at a cause; take a symptom', 'length let pass: long names', '1 findings in 1 alerting rules']],
  ['review', 0, ['Week 2026-W08 of store: 0 of 1 alerts reviewed', 'critical: 1 of 3 pages answered within 30m to 1h, as was promised, half of the answers within 5m', 'Give Blip time. Fired 3 times.', '0 of 5']],
  ['review --json', 0, ['"week": "2026-W08"']],
])('nines %s', async (line, code, told) => {
  const ran = await runCli(line.split(' '), { env: { NINES_URL: server.url } });
  expect(ran.code, ran.err).toBe(code);
  for (const text of told) expect(ran.out + ran.err).toContain(text);
}); // prettier-ignore
