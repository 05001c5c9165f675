import type { AlertRoutes, AlertRouteTree } from '../../src/alerting/contract.ts';
import type { ChatsAnswer } from '../../src/chat/contract.ts';
import type { PageDrillJson } from '../../src/experiments/contract.ts';
import type { CalendarJson } from '../../src/oncall/schedules/contract.ts';
import type { PayAnswer } from '../../src/oncall/pay/contract.ts';
import type { World } from './world-base.ts';

type Node = AlertRouteTree['routes'][number];
const node = (id: string, receiver: string, matchers: string[], more: Partial<Node> = {}): Node => ({
  id,
  receiver,
  matchers,
  groupBy: ['alertname', 'service'],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
  muted: [],
  active: [],
  continues: false,
  quiet: false,
  pages: false,
  alerts: 0,
  ...more,
});

/** An alertmanager.yml that someone brought along. */
export function routeTree({ alerts }: Pick<World, 'alerts'>): AlertRouteTree {
  const firing = alerts.filter(({ state }) => state === 'firing');
  return {
    file: 'alertmanager.yml',
    routes: [
      node('0', 'ops-chat', []),
      node('0.0', 'links-escalation', ['service=~"links|web"'], { pages: true, alerts: 1, continues: true, groupWaitMs: 0 }),
      node('0.0.0', 'links-chat', ['severity="today"'], { active: ['office-hours'], quiet: true }),
      node('0.1', 'data-team', ['service="store"', 'severity!="eventually"'], { alerts: 1, groupBy: null }),
      node('0.1.0', 'data-mail', ['alertname=~"ReplicationLagOfTheReadReplicaIsTooHigh|SlowQueries"'], { muted: ['weekends', 'holidays'], groupBy: [] }),
    ],
    receivers: [
      { name: 'ops-chat', channels: ['slack'], policy: false },
      { name: 'links-escalation', channels: [], policy: true },
      { name: 'links-chat', channels: ['slack', 'webhook'], policy: false },
      { name: 'data-team', channels: ['email', 'webhook', 'webhook'], policy: false },
      { name: 'data-mail', channels: [], policy: false },
    ],
    alerts: firing.map(({ fingerprint, rule, service, severity }) => ({ fingerprint, rule, service, severity, routes: [service === 'links' ? '0.0' : '0.1'], pages: service !== 'links' })),
    firing: firing.length,
  };
} // prettier-ignore

export const routesOf = (): AlertRoutes => ({
  file: 'alertmanager.yml',
  routes: [
    { receiver: 'links-escalation', route: '{}/{service=~"links|web"}', group: { alertname: 'LinksBudgetBurn', service: 'links' }, groupWaitMs: 0, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000, quiet: false, pages: true },
    { receiver: 'ops-chat', route: '{}', group: {}, groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000, quiet: true, pages: false },
  ],
  severity: 'critical',
  pages: false,
}); // prettier-ignore

export const chats = (): ChatsAnswer => ({
  chats: [
    { chat: 'slack', sends: 'bot', hears: 'address', address: 'https://nines.links.example/nines/v1/chat/slack', setting: 'slack.signingSecret' },
    { chat: 'irc', sends: 'bot', hears: 'connection', address: null, setting: 'irc.commands' },
    { chat: 'mattermost', sends: 'webhooks', hears: 'no', address: null, setting: 'mattermost.tokens' },
    { chat: 'teams', sends: 'webhooks', hears: 'no', address: null, setting: 'teams.secrets' },
    { chat: 'telegram', sends: 'no', hears: 'no', address: null, setting: 'telegram.token, and telegram.poll or telegram.webhookSecret' },
  ],
  people: [
    { name: 'ana', title: 'Ana Lima', chats: [{ chat: 'slack', id: 'U012AB3CD' }, { chat: 'irc', id: 'ana' }] },
    { name: 'ben', title: 'Ben Okafor', chats: [{ chat: 'slack', id: 'U045EF6GH' }] },
    { name: 'chen', title: 'Chen Wei', chats: [] },
  ],
  strangers: 'none',
  commands: [
    { verb: 'oncall', usage: 'oncall [service or team]', about: 'who is on call, now and next', examples: ['oncall payments'] },
    { verb: 'ack', usage: 'ack [page | all]', about: 'take a page', examples: ['ack', 'ack all'] },
    { verb: 'graph', usage: 'graph me <when> <what>', about: 'a graph', examples: ['graph me 20150517..20150523 @metric', 'graph checkout errors last 2h'] },
  ],
}); // prettier-ignore

export const pay = (month: string): PayAnswer => ({
  month,
  from: new Date(`${month}-01`).toISOString(),
  to: new Date(new Date(`${month}-28`).getTime() + 3 * 86_400_000).toISOString(),
  currency: 'EUR',
  people: [
    { person: 'ana', title: 'Ana Lima', hours: 336, counted: 412.5, rate: 4, amount: 1_650 },
    { person: 'ben', title: 'Ben Okafor', hours: 168, counted: 168, rate: 4, amount: 672 },
    { person: 'chen', title: 'Chen Wei', hours: 168, counted: 201.5, rate: null, amount: null },
  ],
});

const iso = (agoMs: number): string => new Date(Date.now() - agoMs).toISOString();
const MINUTE = 60_000;

const drill = (id: string, agoMs: number, more: Partial<PageDrillJson>): PageDrillJson => ({
  id,
  service: 'links',
  askedBy: 'person:ana',
  state: 'passed',
  reached: 'acknowledged',
  problem: null,
  startedAt: iso(agoMs),
  page: 'page-21',
  pagedAt: iso(agoMs - 800),
  sentAt: iso(agoMs - 1_900),
  acknowledgedAt: iso(agoMs - 41_000),
  acknowledgedBy: 'ben',
  answerBy: iso(agoMs - 15 * MINUTE),
  finishedAt: iso(agoMs - 41_000),
  ...more,
});

export const drills = (): PageDrillJson[] => [
  drill('drill-3', MINUTE / 2, { state: 'running', reached: 'sent', acknowledgedAt: null, acknowledgedBy: null, finishedAt: null }),
  drill('drill-2', 7 * 1_440 * MINUTE, {}),
  drill('drill-1', 14 * 1_440 * MINUTE, { service: 'store', askedBy: 'nines', state: 'failed', reached: 'sent', acknowledgedAt: null, acknowledgedBy: null, problem: 'Nobody answered within 15 minutes: Chen Wei was told by email and by sms. Is the phone on, and is nines allowed to disturb?' }),
]; // prettier-ignore

export const calendars = (): CalendarJson[] => [
  { name: 'holidays-pt', source: 'https://calendars.example/pt.ics', people: [{ name: 'ana', title: 'Ana Lima' }], events: 14, fetchedAt: iso(50 * MINUTE), problem: null },
  { name: 'away', source: 'https://calendars.example/team.ics', people: [{ name: 'ben', title: 'Ben Okafor' }, { name: 'chen', title: 'Chen Wei' }], events: 31, fetchedAt: iso(3_000 * MINUTE), problem: 'calendars.example answered 403' },
]; // prettier-ignore
