import type { PersonSpec } from '../catalog/index.ts';
import { timeZoneName } from '../catalog/index.ts';
import { type Principal, type Role, type Route, route } from '../platform/http/index.ts';
import { badRequest, notFound } from '../platform/problem.ts';
import { chatAnswer, chatRequest, type ChatReply } from './contract.ts';
import type { ChatDesk, DeskDeps } from './desk.ts';

const ROLES: readonly (Role | null)[] = [null, 'viewer', 'responder', 'admin'];

/** Commands over HTTP: bots of one's own, and the command line. */
export function chatRoutes(deps: DeskDeps, desk: ChatDesk): Route[] {
  return [
    route({
      method: 'POST',
      path: '/nines/v1/chat',
      access: 'viewer',
      summary: 'Does what a chat command says, and answers as in a chat',
      body: chatRequest,
      response: chatAnswer,
      async handler({ body, principal }): Promise<ChatReply> {
        const speaks = body.as === undefined ? principal : await speakingFor(deps, principal, body.as);
        const known = speaks.person === null ? undefined : deps.catalog.current().get<PersonSpec>('Person', speaks.person);
        const timeZone = body.timeZone ?? known?.spec.timeZone ?? 'UTC';
        if (!timeZoneName.safeParse(timeZone).success) throw badRequest(`There is no time zone '${timeZone}'.`, { field: 'timeZone' });
        const { text, quiet, pictures, buttons } = await desk.hearPrincipal(speaks, {
          text: body.text,
          about: body.page ?? null,
          timeZone,
        });
        return { text, quiet, pictures: pictures.map(({ title, page, image }) => ({ title, page, image })), buttons: [...buttons] };
      },
    }),
  ];
}

/** A bot speaks for people: as them, and with no more rights than either has. */
async function speakingFor({ catalog, sql, roleByEmail, rules }: DeskDeps, bot: Principal, name: string): Promise<Principal> {
  const person = catalog.current().get<PersonSpec>('Person', name);
  if (person === undefined) throw notFound('person', name);
  if (bot.role !== 'responder' && bot.role !== 'admin') throw badRequest('To speak as someone takes a token of a responder.');
  const role = (await roleByEmail(sql, person.spec.email)) ?? rules.people;
  const least = ROLES.indexOf(role) < ROLES.indexOf(bot.role) ? role : bot.role;
  return { kind: 'account', actor: `person:${name}`, name: person.title, person: name, role: least };
}
