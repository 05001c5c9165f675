import type { Answers } from '../delivery/index.ts';
import type { Oncall } from '../oncall/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Sql } from '../platform/sql/index.ts';

/** What on-call does with answers by telephone: as the person whose number it is. */
export function answersOf(sql: Sql, clock: Clock, { pages }: Oncall): Answers {
  return {
    async open(ids) {
      const found = await Promise.all(ids.map((id) => pages.get(sql, id)));
      return found.flatMap((page) =>
        page === undefined || page.state === 'resolved' ? [] : [{ id: page.id, subject: page.subject, waits: page.state === 'triggered' }],
      );
    },
    async answer(page, person, answered) {
      const who = { actor: `person:${person}`, name: person };
      if (answered === 'acknowledge') await pages.acknowledge(page, who);
      else if (answered === 'not-mine') await pages.notMine(page, who);
      else if (answered === 'escalate') await pages.escalate(page, who);
      else if (answered === 'resolve') await pages.resolve(page, who, 'by telephone, no reason given');
      else await pages.snooze(page, who, clock.now() + answered.snoozeMs);
    },
  };
}
