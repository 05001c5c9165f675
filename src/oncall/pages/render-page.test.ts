import { expect, test } from 'vitest';
import type { LedgerEvent } from '../../ledger/index.ts';
import type { PageAlert, PageState } from './page.ts';
import { graphLink, renderPage, type PageContent, type PageReader } from './render-page.ts';

const at = (time: string): number => Date.parse(`2026-11-21T${time}Z`);

const alert: PageAlert = {
  fingerprint: 'f1',
  rule: 'HighErrorRate',
  group: 'shop',
  severity: 'critical',
  service: 'shop',
  labels: { alertname: 'HighErrorRate', severity: 'critical', service: 'shop', instance: 'web-1' },
  annotations: { summary: 'More than 1 % of requests fail', description: 'Counted at the\nload balancer.', unit: 'ratio' },
  value: 0.042_37,
  expr: 'sum(rate(errors[5m])) / sum(rate(requests[5m])) > 0.01',
  activeAt: at('02:57:00'),
  firedAt: at('02:59:00'),
  resolvedAt: null,
  state: 'firing',
};

const page: PageState = {
  id: '01h', groupKey: 'shop critical', subject: 'Check shop: More than 1 % of requests fail', severity: 'critical', service: 'shop',
  team: 'store', policy: 'store', state: 'triggered', text: '', alerts: [alert], beganAt: at('02:57:00'), triggeredAt: at('02:59:00'),
  acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null, step: 0, round: 0, escalatesAt: at('03:05:00'), snoozedUntil: null, respondBy: null, respondedAt: null, incident: null,
}; // prettier-ignore

const event = (time: string, title: string, actor: string): LedgerEvent => ({
  marker: 1, time: `2026-11-21T${time}.000Z`, kind: 'change.deploy', service: 'shop', actor, subject: null, title, data: {},
}); // prettier-ignore

const content: PageContent = {
  page,
  service: {
    name: 'shop',
    title: 'Shop',
    tier: 1,
    owner: 'Store',
    runbook: 'https://wiki.example.org/shop',
    dependents: ['Checkout', 'Search'],
  },
  changes: [event('02:41:00', 'shop 1.4.2 is out', 'token:ci'), event('00:10:00', 'Flag new-cart is on', 'person:ben')],
  url: 'https://nines.example.org',
  now: at('03:00:00'),
};
const reader: PageReader = {
  timeZone: 'Europe/Berlin',
  called: ['Ana'],
  next: [
    { at: at('03:05:00'), people: ['Ben'] },
    { at: at('03:10:00'), people: ['Ana', 'Ben', 'Cleo'] },
  ],
  acknowledge: 'https://nines.example.org/a/s3cret',
};

test('a critical page, whole', () => {
  expect(renderPage(content, reader)).toBe(`- HighErrorRate (instance web-1): 4.2 %, fires above 1 %

Counted at the load balancer.

Since 03:57 on Sat 21 Nov (Europe/Berlin), 3 minutes ago.

Affected: Shop (tier 1, owned by Store). Checkout and Search depend on it.

Graph: https://nines.example.org/graph?expr=sum%28rate%28errors%5B5m%5D%29%29+%2F+sum%28rate%28requests%5B5m%5D%29%29+%3E+0.01&from=2026-11-21T01%3A57%3A00.000Z&to=2026-11-21T03%3A00%3A00.000Z
Runbook: https://wiki.example.org/shop

What changed:
- 03:41 shop 1.4.2 is out, by ci (16 minutes before it began)
- 01:10 Flag new-cart is on, by ben (3 hours before it began)

Called: Ana. If no one acknowledges: Ben at 04:05, then Ana, Ben and Cleo at 04:10.

Acknowledge: https://nines.example.org/a/s3cret

Page: https://nines.example.org/pages/01h`);
});

const many = Array.from({ length: 40 }, (_, i) => ({ ...alert, fingerprint: `f${i}`, labels: { instance: `web-${i}` } }));
test.each<[string, Partial<PageContent>, Partial<PageReader>, (string | RegExp)[], string[]]>([
  ['another time zone', {}, { timeZone: 'America/New_York' }, ['Since 21:57 on Fri 20 Nov (America/New_York)', 'Ben at 22:05'], []],
  ['nothing changed', { changes: [] }, {}, ['What changed: nothing that nines was told of in the last 6 hours, in Shop or what it depends on.'], []],
  ['nobody has looked what changed', { changes: null }, {}, [], ['What changed']],
  ['a change after it began', { changes: [event('02:58:30', 'shop 1.4.1 is back', 'nines')] }, {}, ['- 03:58 shop 1.4.1 is back (90 seconds after it began)'], [', by nines']],
  ['a change long before', { changes: [event('00:00:00', 'forgotten', 'token:ci')], page: { ...page, beganAt: at('06:00:01') } }, {}, ['What changed: nothing'], ['forgotten']],
  ['many alerts', { page: { ...page, alerts: many } }, {}, ['- HighErrorRate (instance web-4)', '- and 35 more'], ['web-5']],
  ['a summary that the subject cuts', { page: { ...page, subject: 'Check shop: More than 1 % of…' } }, {}, [/^More than 1 % of requests fail$/m], []],
  ['a summary that the subject says', {}, {}, [/^- HighErrorRate/], []],
  ['no service', { service: null, changes: [] }, {}, ['in the last 6 hours.'], ['Affected', 'Runbook']],
  ['a runbook of the rule', { page: { ...page, alerts: [{ ...alert, annotations: { runbook_url: 'https://r.example.org' } }] } }, {}, ['Runbook: https://r.example.org'], ['wiki']],
  ['nobody left to call', {}, { next: [] }, ['Called: Ana. Nobody else is called after this.'], []],
  ['a ticket', { page: { ...page, severity: 'today' } }, {}, [], ['Called', 'If no one']],
  ['over', { page: { ...page, state: 'resolved', resolvedAt: at('03:12:00'), alerts: [{ ...alert, state: 'resolved' }] } }, {}, ['From 03:57 on Sat 21 Nov (Europe/Berlin) to 04:12: 15 minutes.', '(over)'], ['ago']],
  ['a value that the rule asks for', { page: { ...page, alerts: [{ ...alert, expr: 'up == 0', value: 0 }] } }, {}, [/HighErrorRate \(instance web-1\)$/m], []],
  ['a value that is missing', { page: { ...page, alerts: [{ ...alert, value: null }] } }, {}, [/HighErrorRate \(instance web-1\)$/m], []],
  ['sent by a person', { page: { ...page, alerts: [], text: 'Ana calls: look' } }, {}, ['Ana calls: look', 'Called: Ana'], ['Graph', 'What changed']],
])('%s', (_, change, reads, says, saysNot) => {
  const text = renderPage({ ...content, ...change }, { ...reader, ...reads });
  for (const part of says) expect(text).toMatch(part);
  for (const part of saysNot) expect(text).not.toContain(part);
}); // prettier-ignore

test('the link to the graph says the same to whoever opens it, whenever', () => {
  const link = new URL(graphLink('https://n', { expr: 'a{b="c&d"} > 1', activeAt: at('02:57:00') }, at('03:00:00')));
  expect(link.pathname).toBe('/graph');
  expect(Object.fromEntries(link.searchParams)).toEqual({
    expr: 'a{b="c&d"} > 1',
    from: '2026-11-21T01:57:00.000Z',
    to: '2026-11-21T03:00:00.000Z',
  });
});
