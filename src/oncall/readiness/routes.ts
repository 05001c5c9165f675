import { z } from 'zod';
import { escapeHtml } from '../../delivery/index.ts';
import { reply, type Route, route } from '../../platform/http/index.ts';
import { badRequest } from '../../platform/problem.ts';
import { type Desk, titleOf } from '../desk.ts';
import { deadLinkPage, plainPage } from '../links/acknowledge-page.ts';
import { findByCode, findByLink, listChecks, verify } from './check-store.ts';
import { checkAnswer, codeBody, readinessAnswer, readinessQuery } from './contract.ts';
import { readinessOf } from './readiness.ts';
import { sendChecks } from './send-checks.ts';

const byPerson = z.object({ person: z.string().max(100) });
const bySecret = z.object({ secret: z.string().max(100) });
const isoOrNull = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

async function answer(desk: Desk, team?: string) {
  await desk.rosters.refresh(desk.sql);
  const people = readinessOf(desk.catalog.current(), await listChecks(desk.sql), desk.clock.now(), team);
  return {
    people: people.map(({ contacts, nextShift, ...one }) => ({
      ...one,
      nextShift: isoOrNull(nextShift),
      contacts: contacts.map(({ channel, address, verifiedAt, askedAt }) => ({
        channel,
        address,
        verifiedAt: isoOrNull(verifiedAt),
        askedAt: isoOrNull(askedAt),
      })),
    })),
  };
}

export const readinessRoutes = (desk: Desk): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/oncall/ready',
    access: 'viewer',
    summary: 'Who carries a shift soon, and whether a call would reach them',
    query: readinessQuery,
    response: readinessAnswer,
    handler: ({ query: { team } }) => answer(desk, team),
  }),
  route({
    method: 'POST',
    path: '/nines/v1/oncall/ready/:person/check',
    access: 'responder',
    summary: 'Send a message to each contact of a person, for them to answer',
    params: byPerson,
    response: checkAnswer,
    async handler({ params, principal }) {
      const by = { actor: principal.actor, name: principal.person === null ? principal.name : titleOf(desk.catalog.current(), principal.person) };
      return reply(202, { sent: await sendChecks(desk, params.person, by) });
    },
  }),
  route({
    method: 'POST',
    path: '/nines/v1/oncall/ready/:person/verify',
    access: 'responder',
    summary: 'Type the code of such a message',
    params: byPerson,
    body: codeBody,
    response: readinessAnswer,
    async handler({ params: { person }, body: { code } }) {
      const found = await desk.sql.transaction(async (tx) => {
        const one = await findByCode(tx, person, code, desk.clock.now());
        if (one) await verify(tx, one, desk.clock.now());
        return one;
      });
      if (!found) throw badRequest('The code is wrong, or over: it counts for a day, and may be guessed five times. Ask for a new message.');
      return answer(desk);
    },
  }),
  ...linkRoutes(desk),
]; // prettier-ignore

/** The link in the message: looking at it proves nothing, a mail scanner does that too; pressing the button does. */
function linkRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v/:secret',
      access: 'public',
      summary: 'The page that asks whether a message arrived',
      params: bySecret,
      async handler({ params }) {
        const found = await findByLink(desk.sql, params.secret, desk.clock.now());
        if (!found) return deadLinkPage(desk.url);
        return plainPage('Did it reach you?', `<h1>Did it reach you?</h1><p>By ${escapeHtml(found.channel)}, at ${escapeHtml(found.address)}.</p><form method="post"><button type="submit">Yes, it did</button></form>`); // prettier-ignore
      },
    }),
    route({
      method: 'POST',
      path: '/v/:secret',
      access: 'public',
      summary: 'Say that a message arrived',
      params: bySecret,
      bodyAs: 'form',
      bodyLimit: 1024,
      async handler({ params }) {
        const now = desk.clock.now();
        const found = await desk.sql.transaction(async (tx) => {
          const one = await findByLink(tx, params.secret, now);
          if (one) await verify(tx, one, now);
          return one;
        });
        if (!found) return deadLinkPage(desk.url);
        return plainPage('Thank you', `<h1>Thank you</h1><p class="done" role="status">Pages reach you by ${escapeHtml(found.channel)}.</p><nav><a href="${desk.url}/oncall/ready">Who is ready</a></nav>`); // prettier-ignore
      },
    }),
  ];
}
