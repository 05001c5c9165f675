import type { Page, PageDetail } from '../../oncall/contract.ts';
import { notFound, Problem } from '../../platform/problem.ts';
import type { PagesMeant } from '../language/command.ts';
import { oneLine, type Speech } from '../speech.ts';

const PAGES = '/nines/v1/pages';
/** Enough to be told apart, short enough to be typed at 3 a.m. */
export const shortId = (id: string): string => `#${id.slice(-4)}`;

export const openPages = async ({ get }: Speech): Promise<Page[]> => (await get<{ pages: Page[] }>(PAGES, { state: 'open', limit: 200 })).pages; // prettier-ignore

/**
 * The pages that are meant. Of several that could be, those that called whoever speaks; someone else's page must not go quiet by
 * accident. Throws a Problem that lists them where that leaves it open.
 */
export async function whichPages(speech: Speech, meant: PagesMeant, verb: 'ack' | 'other'): Promise<Page[]> {
  if (meant.of === 'it' && speech.about !== null) return [await speech.get<PageDetail>(`${PAGES}/${speech.about}`)];
  const open = await openPages(speech);
  if (meant.of === 'id') return [await byId(speech, open, meant.id)];
  const waiting = verb === 'ack' ? open.filter(({ state }) => state === 'triggered') : open;
  if (waiting.length === 0) return [];
  if (meant.of === 'all' || (meant.of === 'it' && waiting.length === 1)) return waiting;
  const mine = await ofMine(speech, waiting);
  if (meant.of === 'mine' || (verb === 'ack' && mine.length > 0) || mine.length === 1) return mine;
  const some = (mine.length > 0 ? mine : waiting).slice(0, 5).map(({ id, subject }) => `${shortId(id)} ${oneLine(subject, 60)}`);
  throw new Problem(409, 'conflict', `Which of ${mine.length > 0 ? mine.length : waiting.length} pages?\n${some.join('\n')}`);
}

async function byId({ get }: Speech, open: readonly Page[], id: string): Promise<Page> {
  const found = open.filter((one) => one.id.endsWith(id));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new Problem(409, 'conflict', `Several open pages end with '${id}': write more of it.`);
  if (id.length < 20) throw notFound('open page', id);
  return get<PageDetail>(`${PAGES}/${id}`);
}

async function ofMine({ get, principal }: Speech, pages: readonly Page[]): Promise<Page[]> {
  const me = principal.person ?? principal.name;
  const mine: Page[] = [];
  for (const page of pages.slice(0, 50)) {
    const called = page.acknowledgedBy === me || (await get<PageDetail>(`${PAGES}/${page.id}`)).notifications.some(({ person }) => person === me);
    if (called) mine.push(page);
  }
  return mine;
} // prettier-ignore
