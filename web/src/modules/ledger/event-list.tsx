import type { ReactNode } from 'react';
import type { LedgerEvent } from '../../../../src/ledger/contract.ts';
import type { TimelineEntry } from '../../../../src/incidents/contract.ts';
import { actorName } from '../../ui/format.ts';
import { At } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';

type Line = LedgerEvent | TimelineEntry;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Where an event's subject is shown, if anywhere. */
export function subjectPath(subject: string | null): string | undefined {
  const [thing, id] = (subject ?? '').split('/', 2);
  if (id === undefined || id === '') return undefined;
  const pages: Readonly<Record<string, string>> = {
    page: '/pages/',
    incident: '/incidents/',
    postmortem: '/postmortems/',
    service: '/services/',
  };
  const page = pages[thing ?? ''];
  return page === undefined ? undefined : page + encodeURIComponent(id);
}

/** An address from an event's data, when it is one that a link may lead to. */
export function safeUrl(value: unknown): string | undefined {
  const url = text(value);
  return url !== undefined && /^https?:\/\//i.test(url) ? url : undefined;
}

/** What happened, line by line, in the order given. */
export function EventList({ events, seconds = false }: { events: readonly Line[]; seconds?: boolean }): ReactNode {
  return (
    <ol className="timeline">
      {events.map((event) => (
        <li key={event.marker}>
          <At time={event.time} seconds={seconds} />
          <EventLine event={event} />
        </li>
      ))}
    </ol>
  );
}

/** Where the title alone would not say what happened to it. */
const KIND_WORDS: Readonly<Record<string, string>> = {
  'alert.firing': 'Alert',
  'incident.noted': 'Note',
  'incident.updated': 'Update to everyone',
};

function EventLine({ event }: { event: Line }): ReactNode {
  const path = 'subject' in event ? subjectPath(event.subject) : undefined;
  const url = safeUrl(event.data['url']);
  // What a person wrote, whole: the title may be its beginning.
  const said = event.kind === 'incident.noted' || event.kind === 'incident.updated' ? text(event.data['text']) : undefined;
  const actor = actorName(text(event.data['by']) ?? event.actor);
  const strong = said === undefined && path === undefined && /^(incident\.|page\.|alert\.firing|change\.)/.test(event.kind);
  return (
    <div>
      {KIND_WORDS[event.kind] !== undefined && <span className="dim">{KIND_WORDS[event.kind]}: </span>}
      {said !== undefined ? (
        <span style={{ whiteSpace: 'pre-wrap' }}>{said}</span>
      ) : (
        <span className={strong ? 'strong' : ''}>{path === undefined ? event.title : <Link to={path}>{event.title}</Link>}</span>
      )}
      {actor !== '' && actor !== 'nines' && !event.title.includes(actor) && <span className="dim small"> · {actor}</span>}
      {url !== undefined && (
        <>
          {' '}
          <a className="small" href={url} rel="noreferrer" target="_blank">
            details
          </a>
        </>
      )}
    </div>
  );
}
