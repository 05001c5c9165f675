import type { BacktestAnswer, BacktestOutcome } from '../../src/alerting/backtest/contract.ts';
import type { Alert } from '../../src/alerting/contract.ts';
import type { AlertHistory } from '../../src/alerting/history/contract.ts';
import type { LintAnswer } from '../../src/alerting/lint/contract.ts';
import type { NotificationJson } from '../../src/delivery/contract.ts';
import type { Review, ReviewAnswer } from '../../src/alerting/review/contract.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

/** What the linter says of three rules, a backtest of one, and the week's review: for the pages of alerting. */
export const lint = (): LintAnswer => ({
  findings: 3,
  rules: [
    {
      rule: 'NodeCpuHigh', group: 'nodes', source: 'rules/nodes', severity: 'critical', service: null, documentation: null,
      expr: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.9',
      findings: [
        { check: 'imperative', where: 'annotations.summary', message: "the summary does not begin with a verb: 'CPU is high …' says what is, not what to do", hint: "begin with what the reader is to do: 'Restart …', 'Roll back …'" },
        { check: 'owner', where: 'alert', message: "alert 'NodeCpuHigh' has no owner: nobody will mend or remove it", hint: 'add the label service, or the label team' },
        { check: 'cause', where: 'expr', message: "critical alert 'NodeCpuHigh' looks at a cause: how busy processors are", hint: 'wake people for a symptom: a latency or an error ratio that users see' },
      ],
      ignored: [],
    },
    { rule: 'LinkErrors', group: 'links', source: 'rules/links', severity: 'critical', service: 'links', documentation: 'https://wiki.example/links', expr: 'job:link_errors:ratio > 0.05', findings: [], ignored: [] },
    { rule: 'StoreDiskFull', group: 'store', source: 'rules/store', severity: 'critical', service: 'store', documentation: 'https://wiki.example/store', expr: 'store_disk_free_ratio < 0.05', findings: [], ignored: [{ check: 'cause', reason: 'what is written there is lost' }] },
  ],
}); // prettier-ignore

const incident = (number: number, days: number, title: string) => ({
  number, id: `inc-${number}`, title, beganAt: ago(days * DAY), declaredAt: ago(days * DAY - HOUR / 3), endedAt: ago(days * DAY - 2 * HOUR),
}); // prettier-ignore
const firing = (days: number, hours: number, of: number | null): BacktestOutcome['firings'][number] => ({
  labels: { job: 'links' }, summary: 'Roll back the link service', severity: 'critical', service: 'links', activeAt: ago(days * DAY), firedAt: ago(days * DAY - HOUR / 10), resolvedAt: ago(days * DAY - hours * HOUR), value: 0.12, incident: of,
}); // prettier-ignore

function outcome(expr: string, firings: BacktestOutcome['firings'], missed: boolean): BacktestOutcome {
  const noise = firings.filter((one) => one.incident === null).length;
  const first = { ...incident(11, 21, 'Links answered 500'), firedAt: ago(21 * DAY - HOUR / 10), beforeDeclaredMs: 14 * 60_000, afterBeganMs: 6 * 60_000 };
  const second = incident(12, 6, 'The store is slow');
  return {
    expr, for: '2m', firings, fired: firings.length, pages: firings.length, firingMs: firings.length * 1.6 * HOUR, longestMs: 2 * HOUR,
    called: [{ person: 'ana', title: 'Ana Lima', calls: firings.length, nights: noise }], nobody: 0, bySeverity: { critical: firings.length, today: 0, eventually: 0 },
    caught: missed ? [first] : [first, { ...second, firedAt: ago(6 * DAY - HOUR / 6), beforeDeclaredMs: 10 * 60_000, afterBeganMs: 10 * 60_000 }],
    missed: missed ? [{ ...second, firedAt: null, beforeDeclaredMs: null, afterBeganMs: null }] : [],
    noise, evaluations: 43_200, failed: 0, failure: null,
  };
} // prettier-ignore

export function backtest(expr: string): BacktestAnswer {
  const all = [firing(21, 2, 11), firing(6, 2, 12), ...[27, 24, 17, 13, 9, 3].map((days) => firing(days, 0.4, null))];
  return {
    from: ago(30 * DAY), to: ago(0), evaluated: 'interval', stepMs: 60_000, incidents: 2,
    notes: [`Samples from before ${ago(15 * DAY).slice(0, 16)}Z are kept as rollups only: what was shorter than a bucket can't be seen there.`],
    results: [{ alert: 'LinkErrors', threshold: 0.05, before: outcome('job:link_errors:ratio > 0.05', all, false), after: outcome(expr, all.slice(0, 3), false) }],
    markdown: '### Backtest of LinkErrors\n',
  };
} // prettier-ignore

const answers: ReviewAnswer[] = [{ question: 'responded', answer: 'yes', note: '', by: 'ben', at: ago(HOUR) }];

export const review = (week: string): Review => ({
  week, from: ago(9 * DAY), to: ago(2 * DAY), team: null, timeZone: 'UTC', previous: '2026-W46', next: '2026-W48', reviewed: 0, partial: false,
  responses: [
    { severity: 'critical', promisedMs: HOUR / 2, promisedUpToMs: HOUR, pages: 5, answered: 4, inTime: 3, medianMs: 7 * 60_000, longestMs: 52 * 60_000 },
    { severity: 'today', promisedMs: DAY, promisedUpToMs: DAY, pages: 2, answered: 2, inTime: 2, medianMs: 3 * HOUR, longestMs: 5 * HOUR },
  ],
  alerts: [
    {
      rule: 'LinkErrors', service: 'links', team: 'links', severity: 'critical', summary: 'Roll back the link service', fired: 4, pages: 4, acknowledged: 3, nights: 4, firingMs: 3 * HOUR,
      occurrences: [0, 1, 2, 3].map((n) => ({ fingerprint: 'fp-1', firedAt: ago((3 + n) * DAY), resolvedAt: ago((3 + n) * DAY - HOUR / 2), page: n === 0 ? 'page-21' : null, acknowledgedAt: n === 0 ? ago(3 * DAY - HOUR / 8) : null, acknowledgedBy: n === 0 ? 'ana' : null, night: true })),
      suggestions: [{ kind: 'always-at-night', title: 'Look for what runs at night when LinkErrors fires: a job or a backup may need a maintenance window', evidence: 'Fired 4 times, each between 22:00 and 07:00.', backtest: null }],
      answers,
    },
    {
      rule: 'StoreSlow', service: 'store', team: 'links', severity: 'today', summary: 'Look at the queries of the store', fired: 6, pages: 2, acknowledged: 0, nights: 1, firingMs: 4 * 60_000,
      occurrences: [], answers: [],
      suggestions: [{ kind: 'resolves-itself', title: "Give StoreSlow time: a longer 'for' would have said nothing", evidence: 'Fired 6 times, and was over by itself within 45s each time.', backtest: '/backtest?alert=StoreSlow&for=2m' }],
    },
  ],
}); // prettier-ignore

export function history(fingerprint: string, alert?: Alert, notifications: NotificationJson[] = []): AlertHistory {
  const { rule = 'LinkErrors', service = 'links', severity = 'critical', labels = { alertname: 'LinkErrors', job: 'links', severity: 'critical' } } = alert ?? {};
  const past = [6, 9, 16, 16.2, 21].map((days) => ({ firedAt: ago(days * DAY), resolvedAt: ago(days * DAY - HOUR), summary: 'Roll back the link service', value: 0.08 }));
  return {
    fingerprint, rule, service, severity, labels,
    firings: [{ firedAt: ago(HOUR / 4), resolvedAt: null, summary: 'Roll back the link service', value: 0.12 }, ...past],
    pages: [
      {
        id: 'page-21', subject: 'links: stop the errors, 14 % fail',
        events: [{ time: ago(HOUR / 4), kind: 'page.triggered', title: 'Ana Lima is paged: links: stop the errors, 14 % fail', actor: 'nines' }, { time: ago(HOUR / 5), kind: 'page.escalated', title: 'Nobody answered: Ben Okafor is called', actor: 'nines' }, { time: ago(HOUR / 6), kind: 'page.acknowledged', title: 'Ana Lima acknowledged', actor: 'person:ana' }],
        notifications,
      },
    ],
  };
} // prettier-ignore
