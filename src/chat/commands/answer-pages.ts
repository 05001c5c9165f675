import type { Page, PageDetail } from '../../oncall/contract.ts';
import { badRequest } from '../../platform/problem.ts';
import { answer, type Button, type ChatAnswer, quietly } from '../answer.ts';
import type { Command } from '../language/command.ts';
import { clockTime, findNamed, howLong, oneLine, since, type Speech, titleOf, unknownName } from '../speech.ts';
import { openPages, shortId, whichPages } from './which-pages.ts';

type Of<Verb extends Command['verb']> = Extract<Command, { verb: Verb }>;

const pathOf = (page: Page, verb: string): string => `/nines/v1/pages/${page.id}/${verb}`;
const named = (page: Page): string => `${shortId(page.id)} ${oneLine(page.subject, 80)}`;
const isMe = ({ principal }: Speech, name: string): boolean => name === (principal.person ?? principal.name);

export async function ack(speech: Speech, { pages: meant }: Of<'ack'>): Promise<ChatAnswer> {
  const pages = await whichPages(speech, meant, 'ack');
  if (pages.length === 0) return quietly('No page waits to be acknowledged.');
  const lines: string[] = [];
  let taken: Page | undefined;
  for (const page of pages) {
    const after = await speech.post<PageDetail>(pathOf(page, 'acknowledge'));
    const by = after.acknowledgedBy ?? '';
    if (isMe(speech, by)) {
      taken = after;
      lines.push(`You have it: ${named(after)}`);
    } else lines.push(`${titleOf(speech.set, by)} has had it since ${clockTime(after.acknowledgedAt ?? speech.now, speech)}: ${named(after)}`);
  }
  if (taken?.service) lines.push(...(await lastChange(speech, taken)));
  return answer(lines, { buttons: pages.length === 1 && taken !== undefined ? nextSteps(taken) : [] });
} // prettier-ignore

const nextSteps = ({ id }: Page): Button[] => [
  { label: 'Snooze 30m', command: `snooze #${id} 30m` },
  { label: 'Escalate', command: `escalate #${id}` },
  { label: 'Resolve', command: `resolve #${id}` },
];

/** A deploy is what most outages begin with: the first thing to know. */
async function lastChange({ get, now }: Speech, { service }: Page): Promise<string[]> {
  const from = new Date(now - 6 * 3_600_000).toISOString();
  const { changes } = await get<{ changes: { title: string; time: string }[] }>('/nines/v1/changes', { service: service ?? undefined, from, limit: 1 });
  return changes.map(({ title, time }) => `Changed ${since(time, { now })}: ${oneLine(title, 100)}`);
} // prettier-ignore

export async function snooze(speech: Speech, { pages: meant, until }: Of<'snooze'>): Promise<ChatAnswer> {
  return each(speech, meant, async (page) => {
    await speech.post(pathOf(page, 'snooze'), { until: new Date(until).toISOString() });
    return `Snoozed until ${clockTime(until, speech)} (${howLong(until - speech.now)}): ${named(page)}`;
  });
}

export async function notMine(speech: Speech, { pages: meant }: Of<'not-mine'>): Promise<ChatAnswer> {
  return each(speech, meant, async (page) => {
    const after = await speech.post<PageDetail>(pathOf(page, 'not-mine'));
    const next = after.notifications.filter(({ person, reason }) => person !== null && reason !== 'resolved' && !isMe(speech, person)).at(-1)?.person; // prettier-ignore
    const whom = typeof next === 'string' ? `${titleOf(speech.set, next)} is called` : 'Someone else is called';
    return `${whom} instead of you: ${named(page)}`;
  });
}

export async function resolve(speech: Speech, { pages: meant, reason }: Of<'resolve'>): Promise<ChatAnswer> {
  return each(speech, meant, async (page) => {
    await speech.post(pathOf(page, 'resolve'), { reason: reason === '' ? 'no reason given' : reason });
    return `Resolved: ${named(page)}`;
  });
}

export async function escalate(speech: Speech, { pages: meant, to }: Of<'escalate'>): Promise<ChatAnswer> {
  const body = to === null ? {} : target(speech, to);
  const whom = to === null ? 'The next people are' : `${Object.values(body)[0] ?? to} is`;
  return each(speech, meant, async (page) => {
    await speech.post(pathOf(page, 'escalate'), body);
    return `${whom} called now: ${named(page)}`;
  });
}

function target({ set }: Speech, said: string): Record<string, string> {
  const kinds = ['Person', 'Team', 'Schedule'];
  const found = findNamed(set, kinds, said);
  if (found === undefined) throw unknownName(set, kinds, said);
  return { [found.kind.toLowerCase()]: found.name };
}

async function each(speech: Speech, meant: Of<'snooze'>['pages'], run: (page: Page) => Promise<string>): Promise<ChatAnswer> {
  const pages = await whichPages(speech, meant, 'other');
  if (pages.length === 0) return quietly('No page is open.');
  const lines: string[] = [];
  for (const page of pages) lines.push(await run(page));
  return answer(lines);
}

export async function listPages(speech: Speech, { name }: { name: string | null }): Promise<ChatAnswer> {
  const service = name === null ? undefined : findNamed(speech.set, ['Service'], name)?.name;
  if (name !== null && service === undefined) throw unknownName(speech.set, ['Service'], name);
  const pages = (await openPages(speech)).filter((page) => service === undefined || page.service === service);
  if (pages.length === 0) return answer(`No page is open${service === undefined ? '' : ` for ${service}`}.`);
  const lines = pages.slice(0, 10).map((page) => {
    const who = page.acknowledgedBy === null ? 'nobody has it' : titleOf(speech.set, page.acknowledgedBy);
    return `${named(page)} · ${page.service ?? 'no service'} · ${since(page.triggeredAt, speech)} · ${who}`;
  });
  if (pages.length > 10) lines.push(`and ${pages.length - 10} more: ${speech.url}/pages`);
  const waiting = pages.filter(({ state }) => state === 'triggered');
  const buttons = waiting.length === 1 ? [{ label: 'Acknowledge', command: `ack #${waiting[0]!.id}` }] : [];
  return answer(lines, { buttons });
}

/** Calls whoever is on call for a service, a policy, or a team's policy. */
export async function pageSomeone(speech: Speech, { target, subject, text }: Of<'page'>): Promise<ChatAnswer> {
  const kinds = ['Service', 'EscalationPolicy', 'Team'];
  const found = findNamed(speech.set, kinds, target);
  if (found === undefined) throw unknownName(speech.set, kinds, target);
  const policy = found.kind === 'Team' ? policyOfTeam(speech, found.name) : found.name;
  const whom = found.kind === 'Service' ? { service: found.name } : { policy };
  const page = await speech.post<Page>('/nines/v1/pages', { ...whom, subject, text });
  return answer([`Calling whoever is on call for ${found.name}: ${named(page)}`, `${speech.url}/pages/${page.id}`]);
}

function policyOfTeam({ set }: Speech, team: string): string {
  const policies = set.list<{ team?: string }>('EscalationPolicy');
  const found = policies.find(({ name, spec }) => spec.team === team || name === team);
  if (found === undefined) throw badRequest(`The team ${team} has no escalation policy: name a service or a policy.`);
  return found.name;
}
