import { z } from 'zod';
import { parseDuration } from '../../platform/duration.ts';
import { type Route, route } from '../../platform/http/index.ts';
import { Problem } from '../../platform/problem.ts';
import { zoneOf } from '../answers.ts';
import { findLink } from '../calls/ack-links.ts';
import { type Desk, gather, titleOf, withIncident } from '../desk.ts';
import type { PageState } from '../pages/page.ts';
import { renderFacts } from '../pages/render-page.ts';
import { acknowledge, findPage, resolveByHand } from '../paging/answer.ts';
import { escalateNow } from '../paging/escalate-now.ts';
import { notMine } from '../paging/not-mine.ts';
import { snooze } from '../paging/snooze.ts';
import { acknowledgePage, deadLinkPage } from './acknowledge-page.ts';
import { isMachine } from './is-machine.ts';

const bySecret = z.object({ secret: z.string().max(100) });

/** The link in a message. Reading it changes nothing: a mail scanner that follows it, or asks for its head, presses no button. */
export function linkRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/a/:secret',
      access: 'public',
      summary: 'The page that a message links to, with one big button',
      params: bySecret,
      async handler({ params, headers }) {
        const link = await findLink(desk.sql, params.secret, desk.clock.now());
        if (link && !isMachine(headers)) await desk.delivery.opened(`${desk.url}/a/${params.secret}`);
        return link ? show(desk, await findPage(desk, link.page), link.person) : deadLinkPage(desk.url);
      },
    }),
    route({
      method: 'POST',
      path: '/a/:secret',
      access: 'public',
      summary: 'Acknowledge, snooze, escalate, decline or resolve as the person to whom the link was sent',
      params: bySecret,
      bodyAs: 'form',
      bodyLimit: 4096,
      async handler({ params, body }) {
        const link = await findLink(desk.sql, params.secret, desk.clock.now());
        if (!link) return deadLinkPage(desk.url);
        const before = await findPage(desk, link.page);
        if (before.state === 'resolved') return show(desk, before, link.person);
        try {
          const { page, done } = await answerByForm(desk, link, body instanceof URLSearchParams ? body : new URLSearchParams());
          return await show(desk, page, link.person, done === undefined ? undefined : { text: done, refused: false });
        } catch (error) {
          // Who stands in the dark with a phone is told in words, on the same page.
          if (!(error instanceof Problem)) throw error;
          return show(desk, await findPage(desk, link.page), link.person, { text: error.message, refused: true });
        }
      },
    }),
  ];
}

async function show(desk: Desk, one: PageState, reader: string, notice?: { text: string; refused: boolean }) {
  const set = desk.catalog.current();
  const acknowledgedBy = one.acknowledgedBy === null ? null : titleOf(set, one.acknowledgedBy);
  const timeZone = zoneOf(set, reader);
  return acknowledgePage({
    page: await withIncident(desk, one),
    facts: renderFacts({ ...(await gather(desk, one)), page: one }, timeZone),
    acknowledgedBy,
    reader: titleOf(set, reader),
    timeZone,
    url: desk.url,
    ...(notice && { notice }),
  });
}

interface Answered {
  readonly page: PageState;
  /** What to say beside how the page stands now. */
  readonly done?: string;
}

/** What the pressed button says; no field at all is the big one, as in links that were sent before there were others. */
async function answerByForm(desk: Desk, { page: id, person }: { page: string; person: string }, form: URLSearchParams): Promise<Answered> {
  const who = { actor: `person:${person}`, name: person };
  const length = form.get('snooze');
  if (length !== null) return { page: await snooze(desk, id, who, desk.clock.now() + parseDuration(length)) };
  switch (form.get('answer')) {
    case 'escalate':
      return { page: await escalateNow(desk, id, who), done: 'The next people are called now.' };
    case 'not-mine':
      return { page: await notMine(desk, id, who), done: 'You are not called for this page any more.' };
    case 'resolve':
      return { page: await resolveByHand(desk, id, who, (form.get('reason') ?? '').trim().slice(0, 500) || 'no reason given') };
    default:
      return { page: await acknowledge(desk, id, who) };
  }
}
