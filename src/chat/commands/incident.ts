import type { Incident } from '../../incidents/contract.ts';
import { badRequest } from '../../platform/problem.ts';
import { answer, type ChatAnswer, quietly } from '../answer.ts';
import type { IncidentCommand } from '../language/command.ts';
import { clockTime, findNamed, oneLine, since, type Speech, titleOf, unknownName } from '../speech.ts';

const INCIDENTS = '/nines/v1/incidents';

export async function incident(speech: Speech, command: IncidentCommand): Promise<ChatAnswer> {
  switch (command.action) {
    case 'list':
      return listOpen(speech);
    case 'new':
      return declare(speech, command);
    case 'show':
      return show(speech, await which(speech, command.incident));
    case 'join': {
      const joined = await speech.post<Incident>(`${INCIDENTS}/${(await which(speech, command.incident)).id}/join`);
      const isCommander = joined.roles.commander === (speech.principal.person ?? speech.principal.name);
      return answer(`You are on the scene of incident ${joined.number}${isCommander ? ', and its commander' : ''}.`);
    }
    case 'note':
    case 'update': {
      const one = await which(speech, command.incident);
      await speech.post(`${INCIDENTS}/${one.id}/${command.action}s`, { text: command.text });
      const said = command.action === 'note' ? 'Noted in' : 'Everyone who follows is told of';
      return answer(`${said} incident ${one.number}: ${oneLine(command.text, 120)}`);
    }
    case 'role':
      return handOver(speech, command);
    default: {
      const one = await which(speech, command.incident);
      const over = await speech.post<Incident>(`${INCIDENTS}/${one.id}/all-clear`, { text: command.text, force: command.force });
      return answer(`All clear for incident ${over.number}: ${oneLine(over.title, 100)}`);
    }
  }
}

async function open({ get }: Speech): Promise<Incident[]> {
  return (await get<{ incidents: Incident[] }>(INCIDENTS, { state: 'open' })).incidents;
}

/** The one that is named, else the only one that is open, else that of the page that is talked about. */
async function which(speech: Speech, number: string | null): Promise<Incident> {
  if (number !== null) return speech.get<Incident>(`${INCIDENTS}/${number}`);
  const all = await open(speech);
  const about = all.filter(({ pages }) => speech.about !== null && pages.includes(speech.about));
  const [only] = about.length > 0 ? about : all;
  if (only === undefined) throw badRequest('No incident is open. To declare one: incident new "Checkout fails" for checkout');
  if (about.length === 0 && all.length > 1)
    throw badRequest(`Which of ${all.length}? ${all.slice(0, 5).map((one) => `${one.number} (${oneLine(one.title, 40)})`).join(', ')}`); // prettier-ignore
  return only;
}

async function listOpen(speech: Speech): Promise<ChatAnswer> {
  const all = await open(speech);
  if (all.length === 0) return answer('No incident is open.');
  return answer(all.slice(0, 10).map((one) => `${one.number} ${oneLine(one.title, 80)} · ${commander(speech, one)} · ${since(one.openedAt, speech)}`)); // prettier-ignore
}

const commander = ({ set }: Speech, { roles }: Incident): string =>
  roles.commander === undefined ? 'nobody commands' : `commander ${titleOf(set, roles.commander)}`;

async function declare(speech: Speech, { title, services }: Extract<IncidentCommand, { action: 'new' }>): Promise<ChatAnswer> {
  const names = services.map((said) => {
    const found = findNamed(speech.set, ['Service'], said);
    if (found === undefined) throw unknownName(speech.set, ['Service'], said);
    return found.name;
  });
  const made = await speech.post<Incident>(INCIDENTS, { title, services: names });
  return answer([
    `Incident ${made.number}: ${oneLine(made.title, 120)}`,
    `${commander(speech, made)} · ${speech.url}/incidents/${made.id}`,
  ]);
}

function show(speech: Speech, one: Incident): ChatAnswer {
  const roles = Object.entries(one.roles).map(([role, person]) => `${role} ${titleOf(speech.set, person)}`);
  const due = one.nextUpdateDueAt === null ? '' : `Next update due ${clockTime(one.nextUpdateDueAt, speech)}.`;
  return answer([
    `Incident ${one.number}: ${oneLine(one.title, 120)} (${one.state === 'open' ? `open since ${clockTime(one.openedAt, speech)}` : 'all clear'})`,
    [...(one.services.length > 0 ? [one.services.join(', ')] : []), ...roles].join(' · '),
    due,
    `${speech.url}/incidents/${one.id}`,
  ]);
}

async function handOver(speech: Speech, { incident, role, person }: Extract<IncidentCommand, { action: 'role' }>): Promise<ChatAnswer> {
  const me = speech.principal.person ?? speech.principal.name;
  const name = person === 'me' ? me : (findNamed(speech.set, ['Person'], person)?.name ?? person);
  const one = await which(speech, incident);
  const after = await speech.post<Incident>(`${INCIDENTS}/${one.id}/roles`, { role, person: name });
  const line = `${titleOf(speech.set, name)} is ${role} of incident ${after.number}.`;
  return after.roles[role] === name ? answer(line) : quietly(line);
}
