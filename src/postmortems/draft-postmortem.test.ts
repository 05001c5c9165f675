import { expect, test } from 'vitest';
import { draftPostmortem } from './draft-postmortem.ts';
import type { Evidence } from './evidence.ts';

const at = (time: string): number => Date.parse(`2026-11-21T${time}:00Z`);
let marker = 0;
const entry = (time: string, kind: string, actor: string, title: string, data: Record<string, unknown> = {}) => ({
  marker: ++marker,
  time: new Date(at(time)).toISOString(),
  kind,
  actor,
  title,
  data,
});

const deploy = entry('02:55', 'change.deploy', 'token:ci', 'Deploy of checkout 1.4.2', { url: 'https://ci.example/142', by: 'ben' });

/** A night with everything in it, its people not all well-meaning. */
export const evidence: Evidence = {
  id: '01kapm0000abcdefghjk',
  url: 'https://nines.example',
  incident: {
    id: '01kainc000abcdefghjk',
    number: 3,
    title: 'Fix checkout: 12 % of requests fail',
    state: 'all-clear',
    severity: 'critical',
    services: ['checkout', 'store'],
    roles: { commander: 'ben', communications: 'ben' },
    responders: ['ana', 'ben'],
    declaredBy: 'nines',
    openedAt: at('03:00'),
    outageBeganAt: at('02:58'),
    outageEndedAt: at('03:51'),
    acknowledgedAt: at('03:02'),
    allClearAt: at('04:00'),
    lastUpdateAt: at('03:30'),
    helpAskedAt: at('03:10'),
    remindedAt: at('03:56'),
    postmortem: null,
  },
  pages: [],
  timeline: [
    entry('03:00', 'alert.firing', 'nines', 'CheckoutErrors fires: 12 % of requests fail'),
    entry('03:00', 'page.triggered', 'nines', 'Page: Fix checkout'),
    entry('03:00', 'incident.opened', 'nines', 'Incident 3 opened by a page: Fix checkout'),
    entry('03:02', 'incident.joined', 'person:ana', 'ana is on the scene and is incident commander', { person: 'ana', role: 'commander' }),
    entry('03:05', 'incident.noted', 'person:ana', 'clipped', {
      text: '# Not a heading\n| not | a row |\n<script>alert(1)</script> [not a link](javascript:alert(1)) ![x](y) `a` *b* _c_ snake_case &lt; 1 < 2',
    }),
    entry('03:20', 'change.rollback', 'person:ana', 'Rollback of checkout 1.4.1'),
    entry('03:30', 'incident.updated', 'person:ben', 'Rolled back, errors fall', { text: 'Rolled back, errors fall' }),
    entry('03:45', 'incident.role-changed', 'person:ana', 'commander handed over from ana to ben', { role: 'commander', person: 'ben', from: 'ana' }),
    entry('03:51', 'incident.outage-ended', 'nines', 'The last alert is over'),
    entry('04:00', 'incident.all-clear', 'person:ana', 'All clear, called by ana', { text: 'Quiet for nine minutes' }),
  ],
  recentChanges: [deploy, entry('01:10', 'change.flag', 'person:eve', 'New | basket\n## <b>for all</b>', { url: 'javascript:alert(1)' })],
  costs: [
    { objective: 'checkout-availability', title: 'checkout-availability', from: '2026-11-21T02:58:00Z', to: '2026-11-21T03:51:00Z', good: 38_766, total: 40_000, bad: 1_234, budgetShare: 0.2345 },
    { objective: 'store-latency', title: 'store-latency', from: '2026-11-21T02:58:00Z', to: '2026-11-21T03:51:00Z', good: null, total: null, bad: null, budgetShare: null },
  ],
  paged: ['ana', 'ben'],
  graphs: [
    {
      title: 'CheckoutErrors: errors / total',
      expr: 'errors / total',
      threshold: 0.05,
      unit: 'ratio',
      from: at('02:28'),
      to: at('04:00'),
      series: [
        { name: 'a{path="/x, y"}', points: [[at('02:58'), 0.123456], [at('02:59'), null]] },
        { name: '=cmd|```', points: [[at('02:59'), 12_345]] },
      ],
      left: 2,
      problem: null,
    },
    { title: 'Broken', expr: 'x', threshold: null, unit: '', from: 0, to: 1, series: [], left: 0, problem: 'took too long <b>' },
    { title: 'Silent', expr: 'y', threshold: null, unit: '', from: 0, to: 1, series: [], left: 0, problem: null },
  ],
  draftedAt: at('04:00'),
}; // prettier-ignore

test('the draft of a night reads as in night.golden', async () => {
  await expect(draftPostmortem(evidence)).toMatchFileSnapshot('testdata/night.golden');
});

test('an incident of which nothing is known but its end still makes a draft', async () => {
  const incident = { ...evidence.incident, roles: {}, responders: [], services: [], acknowledgedAt: null, lastUpdateAt: null };
  const bare: Evidence = { ...evidence, incident, timeline: [], recentChanges: [], costs: [], paged: [], graphs: [] };
  await expect(draftPostmortem(bare)).toMatchFileSnapshot('testdata/bare.golden');
});

test('nothing that others wrote becomes a heading, a row, a link, an image or HTML', () => {
  const markdown = draftPostmortem(evidence).replace(/^(`{3,})csv\n[\s\S]*?^\1$/gm, '');
  const ours = new Set(['https://nines.example', 'https://ci.example/142']);
  for (const [, link = ''] of markdown.matchAll(/(?<!\\)\]\(([^)]*)\)/g))
    expect(
      [...ours].some((one) => link.startsWith(one)),
      link,
    ).toBe(true);
  expect(markdown).not.toMatch(/(?<!\\)</);
  expect(markdown.match(/^## /gm)).toHaveLength(9);
  for (const row of markdown.match(/^\|.*$/gm) ?? []) expect(row.match(/(?<!\\)\|/g)?.length, row).toBeLessThanOrEqual(5);
});

test('an outage of seconds is told in seconds, and that everyone was told of an update is not', () => {
  const began = at('03:00') + 20_000;
  const incident = { ...evidence.incident, outageBeganAt: began, outageEndedAt: began + 16_000, allClearAt: began + 60_000 };
  const sent = (reason: string) => entry('03:00', 'notification.sent', 'nines', `E-mail (${reason})`, { reason });
  const markdown = draftPostmortem({ ...evidence, incident, timeline: [sent('page'), sent('incident-update')], recentChanges: [] });
  expect(markdown).toContain('| 03:00:36 | **Outage ends** |');
  expect(markdown).toContain('from 03:00:20 to 03:00:36 UTC (16 s)');
  expect(markdown).toContain('E-mail (page)');
  expect(markdown).not.toContain('E-mail (incident-update)');
});
