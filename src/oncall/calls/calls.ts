import type { ResourceSet } from '../../catalog/index.ts';
import type { Contact, Message } from '../../delivery/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, describeService, personOf, titleOf } from '../desk.ts';
import { addTold, addToldAgain, type ToldRow } from '../pages/page-store.ts';
import type { PageState } from '../pages/page.ts';
import { type PageContent, renderFacts, renderPage } from '../pages/render-page.ts';
import { cut } from '../pages/subject.ts';
import type { PlannedStep } from '../policies/escalation.ts';
import { quietEnds } from '../policies/quiet-hours.ts';
import { addLinks } from './ack-links.ts';
import { enqueueLater, waysOf } from './ways.ts';

export interface Call {
  readonly page: PageState;
  readonly content: Omit<PageContent, 'page'>;
  readonly people: readonly string[];
  /** Told with them, to learn: nobody counts on them to answer. */
  readonly beside?: readonly string[];
  readonly round: number;
  readonly step: number;
  readonly reason: 'page' | 'escalation' | 'ticket';
  /** What follows if nobody acknowledges. */
  readonly next: readonly PlannedStep[];
  /** By this way and not by the person's rules: another contact because one failed, or the next way of their rules. */
  readonly by?: { readonly contact: Contact; readonly mark: string; readonly failed: boolean };
  /** Not before, in milliseconds, for each person. */
  readonly notBefore?: (person: string) => number;
}

/** Sends a page to people, each by the ways that are tried first: a message's key is made of page, round, step, person and way. */
export async function callPeople(desk: Desk, tx: Tx, call: Call): Promise<void> {
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const { round, step, page, by } = call;
  const callees: Omit<Callee, 'link'>[] = [];
  const told: ToldRow[] = [];
  for (const person of [...call.people, ...(call.beside ?? [])]) {
    const plan = waysOf(set, person, page.severity);
    const ways = by === undefined ? plan.filter(({ after }) => after === 0) : [by];
    const [first] = ways;
    if (!first) continue;
    for (const { contact, mark } of ways)
      callees.push({ key: `page:${page.id}:${round}:${step}:${person}:${contact.channel}${mark}`, person, contact });
    const { channel, address } = first.contact;
    told.push({ page: page.id, round, step, person, channel, address, told_at: now, calls: ways.length });
    if (by !== undefined) continue;
    const from = Math.max(now, call.notBefore?.(person) ?? now);
    const later = { page: page.id, person, round, step, reason: call.reason };
    await enqueueLater(desk, tx, later, { ways: plan, from, until: call.next[0]?.at ?? Number.POSITIVE_INFINITY });
  }
  if (by === undefined) await addTold(tx, told);
  else await addToldAgain(tx, told, by.failed);
  const secrets = await addLinks(tx, page.id, callees.map(({ person }) => person), now); // prettier-ignore
  const messages = callees.map((callee, i) => callMessage(desk, set, call, { ...callee, link: `${desk.url}/a/${secrets[i]}` }));
  await desk.delivery.send(tx, messages);
}

interface Callee {
  readonly key: string;
  readonly person: string;
  readonly contact: Contact;
  readonly link: string;
}

function callMessage(desk: Desk, set: ResourceSet, call: Call, { key, person, contact, link }: Callee): Message {
  const { page, reason, notBefore } = call;
  return {
    key,
    channel: contact.channel,
    address: contact.address,
    subject: page.subject,
    text: callText(desk, set, call, { person, link }),
    priority: page.severity === 'critical' ? 0 : 5,
    person,
    about: `page/${page.id}`,
    service: page.service,
    reason,
    action: { label: 'Acknowledge', url: link },
    data: pageData(page, desk.url),
    ...(notBefore && { notBefore: notBefore(person) }),
  };
}

/** Whatever is wrong with what it tells of: a page leaves, if only with its subject and links. */
function callText(
  desk: Desk,
  set: ResourceSet,
  { page, content, people, next }: Call,
  { person, link }: { person: string; link: string },
): string {
  try {
    const reader = {
      timeZone: personOf(set, person)?.timeZone ?? 'UTC',
      called: people.map((name) => titleOf(set, name)),
      next: next.map(({ at, people, oneOf }) => ({ at, oneOf, people: people.map((name) => titleOf(set, name)) })),
      acknowledge: link,
    };
    return renderPage({ ...content, page }, reader);
  } catch (error) {
    desk.log.error({ err: error, page: page.id }, 'the text of a page could not be made');
    return `${page.subject}\n\nAcknowledge: ${link}\n\nPage: ${desk.url}/pages/${page.id}`;
  }
}

/** Tells everyone who was called that it is over. Tickets wait for the end of quiet hours. */
export async function tellResolved(desk: Desk, tx: Tx, page: PageState, told: readonly ToldRow[], by: string): Promise<void> {
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const everyone = new Map(told.map((one) => [one.person, one]));
  const messages = [...everyone.values()].map(({ person, channel, address }): Message => {
    const reader = personOf(set, person);
    const timeZone = reader?.timeZone ?? 'UTC';
    const content = { page, service: describeService(set, page.service), changes: null, url: desk.url, now };
    const text = [`Over: ${by}`, renderFacts(content, timeZone), `Page: ${desk.url}/pages/${page.id}`].join('\n\n');
    return {
      key: `page:${page.id}:${page.round}:resolved:${person}:${channel}`,
      channel,
      address,
      subject: cut(`Resolved: ${page.subject}`),
      text,
      priority: page.severity === 'critical' ? 1 : 5,
      person,
      about: `page/${page.id}`,
      service: page.service,
      reason: 'resolved',
      data: pageData(page, desk.url),
      ...(page.severity !== 'critical' && reader && { notBefore: quietEnds(reader, now) }),
    };
  });
  await desk.delivery.send(tx, messages);
}

/** What a webhook gets of a page. */
function pageData(page: PageState, url: string): Record<string, unknown> {
  const { id, severity, service, team, state, subject } = page;
  const alerts = page.alerts
    .slice(0, 20)
    .map(({ rule, labels, annotations, value, state }) => ({ rule, labels, annotations, value, state }));
  const times = { beganAt: new Date(page.beganAt).toISOString(), triggeredAt: new Date(page.triggeredAt).toISOString() };
  return { page: { id, severity, service, team, state, subject, ...times, url: `${url}/pages/${id}`, alerts } };
}
