import type { Answers } from '../delivery/index.ts';
import type { Oncall } from '../oncall/index.ts';
import type { Sql } from '../platform/sql/index.ts';

/** What on-call does with answers by telephone: as the person whose number it is. */
export function answersOf(sql: Sql, { pages }: Oncall): Answers {
  const who = (person: string) => ({ actor: `person:${person}`, name: person });
  return {
    async waiting(ids) {
      const found = await Promise.all(ids.map((id) => pages.get(sql, id)));
      return found.flatMap((page) => (page?.state === 'triggered' ? [{ id: page.id, subject: page.subject }] : []));
    },
    acknowledge: async (page, person) => void (await pages.acknowledge(page, who(person))),
    notMine: async (page, person) => void (await pages.notMine(page, who(person))),
  };
}
