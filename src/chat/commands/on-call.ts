import type { ServiceSpec } from '../../catalog/index.ts';
import type { OnCallNow } from '../../oncall/contract.ts';
import { Problem } from '../../platform/problem.ts';
import { answer, type ChatAnswer } from '../answer.ts';
import { clockTime, findNamed, howLong, list, type Speech, unknownName } from '../speech.ts';

type Schedule = OnCallNow['schedules'][number];

/** Who is on call: for everything, or for a service, a team, a schedule; or when a person is. */
export async function onCall(speech: Speech, { name }: { name: string | null }): Promise<ChatAnswer> {
  const now = await speech.get<OnCallNow>('/nines/v1/oncall/now');
  if (name === null) {
    if (now.schedules.length === 0) return answer('There is no schedule yet.');
    const lines = now.schedules.slice(0, 15).map((one) => `${one.schedule}: ${holder(one)}${until(one, speech)}`);
    if (now.schedules.length > 15) lines.push(`and ${now.schedules.length - 15} more: ${speech.url}/on-call`);
    return answer(lines);
  }
  const kinds = ['Service', 'Team', 'Schedule', 'Person'];
  const found = findNamed(speech.set, kinds, name);
  if (found === undefined) throw unknownName(speech.set, kinds, name);
  if (found.kind === 'Person') return ofPerson(speech, now, found.name);
  const said = ofTarget(speech, now, found);
  const then = await escalation(speech, found.name);
  return then === '' ? said : { ...said, text: `${said.text}\n${then}` };
}

interface Steps {
  readonly steps: readonly { readonly at: string; readonly people: readonly { readonly title: string }[]; readonly oneOf: boolean }[];
}

/** Who is called after the first, and how long after. */
async function escalation(speech: Speech, about: string): Promise<string> {
  const who = await speech.get<Steps>('/nines/v1/oncall/who', { about }).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 404) return { steps: [] };
    throw error;
  });
  const later = who.steps.slice(1, 4).map(({ at, people, oneOf }) => {
    const names = list(
      people.map(({ title }) => title),
      oneOf ? 'or' : 'and',
    );
    return `${names === '' ? 'nobody' : names} after ${howLong(Date.parse(at) - speech.now)}`;
  });
  return later.length === 0 ? '' : `If nobody answers: ${later.join(', then ')}`;
}

function ofTarget(speech: Speech, now: OnCallNow, found: { kind: string; name: string }): ChatAnswer {
  const team = found.kind === 'Service' ? speech.set.get<ServiceSpec>('Service', found.name)?.spec.owner : found.name;
  const called = found.kind === 'Service' ? now.services.find(({ service }) => service === found.name) : undefined;
  const schedules = now.schedules.filter((one) => (found.kind === 'Schedule' ? one.schedule === found.name : one.team === team));
  const first = called === undefined ? [] : called.first.map(({ title }) => title);
  const lines = [
    called === undefined
      ? ''
      : called.policy === null
        ? `Nobody is called for ${found.name}: it has no escalation policy.`
        : `${found.name}: ${first.length === 0 ? 'nobody' : list(first)} is called first (policy ${called.policy}).`,
    ...schedules.flatMap((one) => shiftLines(one, speech)),
  ];
  if (lines.every((line) => line === '')) return answer(`${found.name} has no schedule and nobody to call.`);
  return answer(lines);
}

function shiftLines(one: Schedule, speech: Speech): string[] {
  const second = one.secondary === null ? '' : ` · second: ${one.secondary.title}`;
  const next = one.next?.primary ? ` · next: ${one.next.primary.title}` : '';
  return [`${one.schedule}: ${holder(one)}${until(one, speech)}${second}${next}`];
}

const holder = ({ primary }: Schedule): string => primary?.title ?? 'nobody';

function until({ until: end, primary }: Schedule, speech: Speech): string {
  if (end === null || primary === null) return '';
  return ` until ${clockTime(end, speech)} (${howLong(Date.parse(end) - speech.now)})`;
}

function ofPerson(speech: Speech, now: OnCallNow, person: string): ChatAnswer {
  const title = speech.set.get('Person', person)?.title ?? person;
  const lines = now.schedules.flatMap((one) => {
    if (one.primary?.name === person) return [`${one.schedule}: on call now${until(one, speech)}`];
    if (one.secondary?.name === person) return [`${one.schedule}: second now${until(one, speech)}`];
    return one.next?.primary?.name === person && one.until !== null ? [`${one.schedule}: next, from ${clockTime(one.until, speech)}`] : [];
  });
  return answer(lines.length === 0 ? `${title} is not on call, and not next in any schedule.` : [title, ...lines]);
}
