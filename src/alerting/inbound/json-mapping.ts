/** Any JSON: a document says where in it things are. */
import type { Mapping } from './integration-kind.ts';
import type { InboundEvent, IntegrationType, Mapped, Refused } from './integration-type.ts';
import { textOf, timeOf, valueAt } from './json-value.ts';
import { parseJson, refusal } from './read-json.ts';

const MOST_ITEMS = 10_000;

/** @throws Problem 400 where nothing of it can be taken */
export function mapJson(document: unknown, map: Mapping): Mapped {
  const items = map.items === undefined ? [document] : valueAt(document, map.items);
  if (!Array.isArray(items)) throw refusal([{ field: map.items ?? 'body', problem: `must be a list of alerts, as map.items says` }]);
  if (items.length > MOST_ITEMS) throw refusal([{ field: map.items ?? 'body', problem: `has ${items.length} alerts, at most ${MOST_ITEMS} are taken at once` }]);
  const refused: Refused[] = [];
  const events: InboundEvent[] = [];
  items.forEach((item: unknown, i) => {
    const event = eventOf(item, map);
    if (typeof event === 'string') refused.push({ field: map.items === undefined ? event.split(' ')[0]! : `${map.items}[${i}].${event.split(' ')[0]}`, problem: event.slice(event.indexOf(' ') + 1) });
    else if (event !== undefined) events.push(event);
  });
  if (events.length === 0 && refused.length > 0) throw refusal(refused);
  return { events, refused };
} // prettier-ignore

/** The event; undefined where it means nothing; where it can't be one, the path and what is wrong with it. */
function eventOf(item: unknown, map: Mapping): InboundEvent | string | undefined {
  const at = (path: string | undefined, longest?: number): string | undefined => (path === undefined ? undefined : textOf(valueAt(item, path), longest));
  const word = at(map.status)?.toLowerCase();
  const says = (words: readonly string[]): boolean => word !== undefined && words.some((one) => one.toLowerCase() === word);
  if (says(map.ignored)) return undefined;
  if (map.status !== undefined && word === undefined) return `${map.status} says whether it fires, and is missing`;
  const status = says(map.resolved) ? 'resolved' : 'firing';
  const title = at(map.title);
  const key = at(map.key) ?? (map.key === undefined ? title : undefined);
  if (key === undefined) return `${map.key ?? map.title ?? 'key'} makes it the same alert each time, and is missing`;
  if (status === 'firing' && title === undefined) return `${map.title ?? 'title'} says what it is about, and is missing`;
  const labels = Object.fromEntries(Object.entries(map.labels).map(([name, path]) => [name, at(path)]));
  return {
    status,
    key,
    title,
    description: at(map.description, 15_000),
    severity: at(map.severity),
    service: at(map.service, 63),
    labels,
    startsAt: map.startsAt === undefined ? undefined : timeOf(valueAt(item, map.startsAt)),
    url: at(map.url, 4_000),
  };
} // prettier-ignore

export const jsonMapping: IntegrationType = {
  severities: {},
  usual: 'today',
  map({ body }, { map }) {
    if (map === undefined) throw refusal([{ field: 'map', problem: 'this integration has no mapping' }]);
    return mapJson(parseJson(body), map);
  },
};
