/** Graphite's events are those of the feed: what was posted, what came by StatsD, deploys, incidents. */
import type { Ledger, LedgerEvent } from '../../../ledger/index.ts';
import type { Sql } from '../../../platform/sql/index.ts';
import { GraphiteError } from '../graphite-error.ts';

export interface GraphiteEvent {
  readonly id: number;
  readonly what: string;
  /** Seconds since the epoch. */
  readonly when: number;
  readonly tags: readonly string[];
  readonly data: string;
}

/** With all of these tags, or with any of them. Undefined: whatever its tags are. */
export interface EventTags {
  readonly tags: readonly string[];
  readonly any: boolean;
}

export interface EventBook {
  /** Those with `from <= when <= until` (seconds), the oldest first. @throws GraphiteError where there are too many */
  find(from: number, until: number, wanted: EventTags | undefined): Promise<GraphiteEvent[]>;
  /** Resolves once it is kept. */
  add(event: Omit<GraphiteEvent, 'id'>): Promise<void>;
}

const KINDS = 'event.received,change.*,incident.opened';
const PAGE = 1_000;
const MOST = 20_000;

export function createEventBook({ sql, ledger }: { readonly sql: Sql; readonly ledger: Ledger }): EventBook {
  return {
    async find(from, until, wanted) {
      const found: GraphiteEvent[] = [];
      for (let marker = 0, read = 0; ;) {
        const { events } = await ledger.read({
          from: Math.floor(from * 1000),
          to: Math.floor(until * 1000),
          kind: KINDS,
          limit: PAGE,
          marker,
        });
        for (const event of events) {
          const one = eventOf(event);
          if (wanted === undefined || fits(one, wanted)) found.push(one);
        }
        read += events.length;
        if (events.length < PAGE) return found.sort((a, b) => a.when - b.when);
        if (read >= MOST) throw new GraphiteError(`There are more than ${MOST} events in this time: ask for a shorter one.`);
        marker = events.at(-1)!.marker;
      }
    },
    add: ({ what, when, tags, data }) =>
      sql.transaction((tx) =>
        ledger.append(tx, [
          {
            kind: 'event.received',
            title: what,
            actor: 'graphite',
            time: when * 1000,
            service: tags.find((tag) => /^service:[a-z0-9][-a-z0-9]{0,62}$/.test(tag))?.slice(8),
            data: { text: data, tags },
          },
        ]),
      ),
  };
}

function fits(event: GraphiteEvent, { tags, any }: EventTags): boolean {
  const has = (tag: string): boolean => event.tags.includes(tag);
  return any ? tags.some(has) : tags.every(has);
}

/** Its tags, and what nines knows of it as more of them: the words of its kind (`change`, `deploy`), and its service. */
function eventOf({ marker, time, kind, service, title, data }: LedgerEvent): GraphiteEvent {
  const { text, tags } = data;
  const own = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  const known = kind === 'event.received' ? [] : kind.split('.');
  return {
    id: marker,
    what: title,
    when: Date.parse(time) / 1000,
    tags: [...new Set([...own, ...known, ...(service === null ? [] : [service])])],
    data: typeof text === 'string' ? text : '',
  };
}
