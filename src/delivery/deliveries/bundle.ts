import type { DeliveryRow } from './delivery-store.ts';
import type { Message } from '../messages/index.ts';

/** More pages than this to one person by one channel, within this time, are told in one message. */
export const BUNDLE_WITHIN_MS = 60_000;
/** A bundle waits this long for others to join it; told once, it tells of what has come since no sooner than after the second. */
export const FIRST_TELLING_MS = 5_000;
export const NEXT_TELLING_MS = 60_000;
/** The most that one telling tells of; more wait for the next. */
export const MOST_TOLD = 1_000;
const MOST_LISTED = 10;

const CALLS: ReadonlySet<string> = new Set(['page', 'escalation', 'ticket']);

/**
 * Which messages are told together: those to one person by one channel and address, critical ones apart from tickets, and
 * calls apart from the news that it is over. Undefined for what is always a message of its own.
 */
export function bundleClass({ person, channel, address, reason, priority, about }: Message): string | undefined {
  if (!person || !about?.startsWith('page/')) return undefined;
  const kind = CALLS.has(reason) ? (priority === 0 ? 'critical' : 'tickets') : reason === 'resolved' ? 'resolved' : undefined;
  return kind && [kind, person, channel, address].join(' ');
}

/** Of so many that are given, how many leave on their own where `recent` have left within the minute. */
export const onTheirOwn = (given: number, recent: number, limit: number): number => Math.max(0, Math.min(given, limit - recent));

type Member = Pick<DeliveryRow, 'subject' | 'about' | 'reason' | 'content' | 'created_at' | 'address' | 'service'>;

/**
 * The one message for all that have gathered: `37 pages: Restart the cache`. `untold` are those that it tells of for the
 * first time, the oldest first; `told` how many earlier tellings told of.
 */
export function bundleText(untold: readonly Member[], told: number, url: string): Pick<Message, 'subject' | 'text' | 'data'> {
  const [first] = untold;
  const last = untold.at(-1);
  if (!first || !last) return { subject: '', text: '' };
  const over = first.reason === 'resolved';
  const total = told + untold.length;
  const one = total === 1;
  const noun = over ? (one ? 'page is over' : 'pages are over') : `${first.reason === 'ticket' ? 'ticket' : 'page'}${one ? '' : 's'}`;
  const count = told === 0 ? `${total} ${noun}` : `${total} ${noun}, ${untold.length} of them new`;
  const listed = untold.length <= MOST_LISTED ? untold : [...untold.slice(0, MOST_LISTED - 1), last];
  const lines = listed.flatMap((one, i) => {
    const missing =
      i === listed.length - 1 && untold.length > listed.length ? [`… and ${untold.length - listed.length} between them`, ''] : [];
    return [...missing, `${label(i, listed.length)}: ${one.subject}`, linkOf(one, url), ''];
  });
  const why = over ? '' : '\nThey are told in one message, so that they do not bury each other. Each link acknowledges one.';
  const pages = untold.map(({ about, subject, service }) => ({ id: about?.slice('page/'.length) ?? '', subject, service }));
  return {
    subject: `${count}: ${over ? last.subject.replace(/^Resolved: /, '') : first.subject}`.slice(0, 100),
    text: `${count}.${why}\n\n${lines.join('\n')}\nPages: ${url}/pages`,
    data: { bundle: { total, untold: untold.length, pages: pages.slice(0, 100) } },
  };
}

const label = (i: number, count: number): string => (i === 0 ? 'First' : i === count - 1 ? 'Last' : `${i + 1}`);

function linkOf({ content, about }: Member, url: string): string {
  const link = content?.action?.url;
  return link ?? (about ? `${url}/pages/${about.slice('page/'.length)}` : url);
}
