import type { Catalog, ResourceSet } from '../../catalog/index.ts';
import type { Delivery, Message } from '../../delivery/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import type { AlertSink, AlertState, AlertTransition } from '../alerts/index.ts';
import { maySpeak, needsTelling, type Told } from './decide-notify.ts';
import { lockGroup, membersOf, removeGroup, removeIfEmpty, removeResolved, saveTold, type GroupRow } from './group-store.ts';
import { notificationData, type Member, type NotificationData } from './notification-data.ts';
import { isPolicy } from './page-policy.ts';
import { integrationsOf, type Outgoing } from './receiver-messages.ts';
import { Words } from './receiver-words.ts';
import { allRoutes, groupKeyOf, type Route } from './route-tree.ts';
import type { Routing } from './routing.ts';
import type { TemplateFiles } from './template-files.ts';
import type { Definitions } from '../template/index.ts';

export interface GroupDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly delivery: Pick<Delivery, 'send'>;
  readonly catalog: Catalog;
  readonly routing: () => Routing;
  /** Who pages. */
  readonly sink: AlertSink;
  /** Which of these alerts, that fire, nobody is to be told of now. */
  readonly heldBack: (alerts: readonly AlertState[]) => Promise<ReadonlySet<string>>;
  /** What receivers' templates may invoke. */
  readonly templates: TemplateFiles;
  /** Where the UI is. */
  readonly url: string;
}

/** Pages of receivers that are policies are made apart: a group's row must not be held while the ledger is waited for. */
export const PAGE_JOB = 'alerting.group-page';
const MOST_MEMBERS = 10_000;
/** The integration of a receiver that is a policy. */
const POLICY = 'policy';

/** Tells a group's receiver what is new, and looks again after the group's interval; ends the group once nothing is left of it. */
export async function flushGroup(deps: GroupDeps, id: string, enter: Enter): Promise<void | { again: number }> {
  const { sql, clock, routing } = deps;
  const held = await heldBack(deps, id);
  const definitions = await deps.templates.definitions();
  const now = clock.now();
  return sql.transaction(async (tx) => {
    const group = await lockGroup(tx, id);
    if (group === undefined) return undefined;
    const members = await membersOf(tx, id, MOST_MEMBERS);
    const route = allRoutes(routing().root).find((one) => one.key === group.route && one.receiver === group.receiver);
    // The configuration has changed: what still fires goes where it says now.
    if (route === undefined || routing().spec === undefined) {
      await removeGroup(tx, id);
      await enter(tx, members.map(({ alert }) => alert).filter(({ state }) => state === 'firing')); // prettier-ignore
      return undefined;
    }
    if (maySpeak(route, now)) await tell(deps, tx, { group, route, members, held, definitions, now });
    return (await removeIfEmpty(tx, id)) ? undefined : { again: now + route.groupIntervalMs };
  });
}

export type Enter = (tx: Tx, alerts: readonly AlertState[]) => Promise<void>;

/** Looked up before the transaction: others' tables are not read within it. */
async function heldBack({ sql, heldBack: find }: GroupDeps, id: string): Promise<ReadonlySet<string>> {
  const members = await membersOf(sql, id, MOST_MEMBERS);
  return find(members.map(({ alert }) => alert).filter(({ state }) => state === 'firing'));
}

interface Flush {
  readonly group: GroupRow;
  readonly route: Route;
  readonly members: readonly Member[];
  readonly held: ReadonlySet<string>;
  readonly definitions: Definitions;
  readonly now: number;
}

async function tell(deps: GroupDeps, tx: Tx, flush: Flush): Promise<void> {
  const { group, route, members, held, now } = flush;
  const firing = members.filter(({ alert }) => alert.state === 'firing' && !held.has(alert.fingerprint));
  const resolved = members.filter(({ alert }) => alert.state === 'resolved');
  const fingerprints = (list: readonly Member[]): string[] => list.map(({ alert }) => alert.fingerprint);
  const current = { firing: fingerprints(firing), resolved: fingerprints(resolved) };
  const told: Record<string, Told> = {};
  for (const one of channelsOf(deps, group.receiver)) {
    const before = group.told[one.key];
    if (!needsTelling(before, current, { sendResolved: one.sendResolved, repeatMs: route.repeatIntervalMs, at: now })) {
      if (before !== undefined) told[one.key] = before;
      continue;
    }
    told[one.key] = { ...current, at: now };
    const news = [...firing, ...(one.sendResolved ? resolved : [])];
    if (news.length > 0) await one.send(tx, { ...flush, members: news, before });
  }
  await saveTold(tx, group.id, told);
  await removeResolved(tx, group.id, current.resolved);
}

interface Sending extends Flush {
  /** What is told now, and what was told before. */
  readonly before: Told | undefined;
}

interface Sender {
  readonly key: string;
  readonly sendResolved: boolean;
  send(tx: Tx, sending: Sending): Promise<void>;
}

/** Where a receiver is a policy of nines it pages; otherwise its integrations are told. */
function channelsOf(deps: GroupDeps, name: string): Sender[] {
  const set = deps.catalog.current();
  const receiver = deps.routing().spec?.receivers?.find((one) => one.name === name);
  const policy: Sender = { key: POLICY, sendResolved: true, send: (tx, sending) => page(deps, tx, sending) };
  const integrations = receiver === undefined ? [] : integrationsOf(receiver);
  return [
    ...(isPolicy(set, name) ? [policy] : []),
    ...integrations.map((one): Sender => ({
      key: one.key,
      sendResolved: one.sendResolved,
      async send(tx, sending) {
        const { group, route, members, definitions, now } = sending;
        const data = notificationData(members, { receiver: name, groupLabels: group.labels, externalURL: deps.url });
        const words = new Words(data, { definitions, now });
        const messages = one.messages(words, groupKeyOf(route, group.labels));
        await deps.delivery.send(tx, messages.map((message, i) => messageOf(message, { sending, key: `${one.key}/${i}`, data }))); // prettier-ignore
      },
    })),
  ];
}

interface About {
  readonly sending: Sending;
  readonly key: string;
  readonly data: NotificationData;
}

function messageOf(message: Outgoing, { sending: { group, members, now }, key, data }: About): Message {
  const services = new Set(members.map(({ alert }) => alert.service));
  const critical = members.some(({ alert }) => alert.state === 'firing' && alert.severity === 'critical');
  return {
    ...message,
    key: `alert-group/${group.id}/${key}/${now}`,
    // In the lane of pages where it is one.
    priority: critical ? 1 : 5,
    about: `alert-group/${group.id}`,
    reason: data.status === 'resolved' ? 'resolved' : 'alerts',
    service: services.size === 1 ? ([...services][0] ?? null) : null,
  };
}

/** What a policy has not heard of begins to fire; what it has, and is over, resolves. */
async function page({ jobs }: GroupDeps, tx: Tx, { group, members, before, now }: Sending): Promise<void> {
  const known = new Set(before?.firing);
  const transitions = members.flatMap(({ alert }): AlertTransition[] => {
    if (alert.state === 'firing' && known.has(alert.fingerprint)) return [];
    const groupKey = `${alert.groupKey}/policy/${group.receiver}`;
    return [{ to: alert.state === 'firing' ? 'firing' : 'resolved', alert, groupKey, policy: group.receiver }];
  });
  if (transitions.length > 0) await jobs.enqueue(tx, { kind: PAGE_JOB, key: `${group.id}/${now}`, payload: transitions, priority: 0 });
}

/** Whether anything is done for a receiver at all. */
export const isHeard = (set: ResourceSet, { spec }: Routing, name: string): boolean => {
  const receiver = spec?.receivers?.find((one) => one.name === name);
  return isPolicy(set, name) || (receiver !== undefined && integrationsOf(receiver).length > 0);
};
