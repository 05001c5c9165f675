import { z } from 'zod';
import { type Route, route } from '../platform/http/index.ts';
import { acknowledgePage, deadLinkPage } from './acknowledge-page.ts';
import { findLink } from './ack-links.ts';
import { acknowledge, findPage } from './answer.ts';
import { zoneOf } from './answers.ts';
import { type Desk, gather, titleOf, withIncident } from './desk.ts';
import type { PageState } from './page.ts';
import { renderFacts } from './render-page.ts';

const bySecret = z.object({ secret: z.string().max(100) });

/** The link in a message. Reading it changes nothing: a mail scanner that follows it, or asks for its head, presses no button. */
export function linkRoutes(desk: Desk): Route[] {
  const show = async (one: PageState, reader: string) => {
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
    });
  };
  return [
    route({
      method: 'GET',
      path: '/a/:secret',
      access: 'public',
      summary: 'The page that a message links to, with one button',
      params: bySecret,
      async handler({ params }) {
        const link = await findLink(desk.sql, params.secret, desk.clock.now());
        return link ? show(await findPage(desk, link.page), link.person) : deadLinkPage(desk.url);
      },
    }),
    route({
      method: 'POST',
      path: '/a/:secret',
      access: 'public',
      summary: 'Acknowledge as the person to whom the link was sent',
      params: bySecret,
      bodyAs: 'form',
      bodyLimit: 1024,
      async handler({ params }) {
        const link = await findLink(desk.sql, params.secret, desk.clock.now());
        if (!link) return deadLinkPage(desk.url);
        const before = await findPage(desk, link.page);
        if (before.state === 'resolved') return show(before, link.person);
        return show(await acknowledge(desk, link.page, { actor: `person:${link.person}`, name: link.person }), link.person);
      },
    }),
  ];
}
