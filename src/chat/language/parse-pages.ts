import type { Command, Misunderstood, PagesMeant } from './command.ts';
import { comingTime, readLength, type Reading, readMoment, readTime } from './moment.ts';
import type { Word } from './words.ts';

type Read = { readonly command: Command } | Misunderstood;

/** A page by its id or the end of it, as answers show it: `#k3xq`. */
const PAGE_ID = /^#?([0-9a-z]{4,20})$/;
const FILLERS = new Set(['page', 'the', 'that', 'this', 'it', 'please', 'pages', 'my', 'of', 'them']);

/** Takes which pages are meant from the beginning of words; `took` of them. */
function takePages(words: readonly Word[]): { pages: PagesMeant; took: number } {
  let took = 0;
  let pages: PagesMeant = { of: 'it' };
  while (took < words.length) {
    const word = words[took]!.text.toLowerCase().replace(/[.,!]$/, '');
    if (word === 'all' || word === 'everything') pages = pages.of === 'mine' ? pages : { of: 'all' };
    else if (word === 'mine' || word === 'my') pages = { of: 'mine' };
    else if (!FILLERS.has(word)) break;
    took += 1;
  }
  if (pages.of !== 'it') return { pages, took };
  const id = idIn(words[took]);
  return id === undefined ? { pages, took } : { pages: { of: 'id', id }, took: took + 1 };
}

/** An id has a digit in it, a sign before it, or is whole: otherwise it may be a word. */
function idIn(word: Word | undefined): string | undefined {
  const match = PAGE_ID.exec(word?.text.toLowerCase() ?? '');
  const sure = match !== null && !word!.quoted && (word!.text.startsWith('#') || match[1]!.length === 20 || /\d/.test(match[1]!));
  return sure && readLength([match[1]!]) === undefined ? match[1] : undefined;
}

export function parsePages(verb: 'ack' | 'not-mine', words: readonly Word[]): Read {
  const { pages, took } = takePages(words);
  const over = words[took];
  if (over === undefined) return { command: { verb, pages } };
  // A short word without a digit may be an id all the same, where it can't be anything else.
  const id = PAGE_ID.exec(over.text.toLowerCase())?.[1];
  if (pages.of === 'it' && id !== undefined && words.length === took + 1) return { command: { verb, pages: { of: 'id', id } } };
  const name = verb === 'ack' ? 'ack' : 'notmine';
  return { problem: `'${over.text.slice(0, 40)}' is no page.`, suggestion: pages.of === 'id' ? `${name} ${pages.id}` : name };
}

export function parseSnooze(words: readonly Word[], reading: Reading): Read {
  const { pages, took } = takePages(words);
  const texts = words.slice(took).map(({ text }) => text.toLowerCase().replace(/[.,!]$/, ''));
  while (['please', 'pls', 'thanks'].includes(texts.at(-1) ?? '')) texts.pop();
  const lead = ['for', 'until', 'till', 'to'].includes(texts[0] ?? '') ? 1 : 0;
  const until = momentAhead(texts.slice(lead), reading);
  if (until === undefined) {
    const said = texts.slice(lead).join(' ');
    return {
      problem: said === '' ? 'For how long?' : `'${said.slice(0, 40)}' is no length and no time.`,
      suggestion: pages.of === 'id' ? `snooze ${pages.id} 30m` : 'snooze 30m',
    };
  }
  return { command: { verb: 'snooze', pages, until } };
}

/** `30m`, `2 hours`, `09:00` (the next one), `tomorrow 9:00`: milliseconds. */
function momentAhead(words: readonly string[], reading: Reading): number | undefined {
  if (words.length === 0) return undefined;
  const length = readLength(words);
  if (length?.took === words.length) return reading.now + length.ms;
  if (/^\d{1,4}$/.test(words[0]!) && words.length === 1) return reading.now + Number(words[0]) * 60_000 || undefined;
  const time = words.length === 1 ? readTime(words[0]!) : undefined;
  if (time !== undefined) return comingTime(time, reading);
  const moment = readMoment(words, 0, reading);
  if (moment === undefined || moment.took !== words.length) return undefined;
  // Weekdays lie behind us where a graph is meant; here the next one is.
  return moment.at > reading.now ? moment.at : /^[a-z]{3,9}$/.test(words[0]!) && words[0] !== 'yesterday' && words[0] !== 'today' && words[0] !== 'now' ? moment.at + 604_800_000 : undefined; // prettier-ignore
}

export function parseEscalate(words: readonly Word[]): Read {
  const { pages, took } = takePages(words);
  const rest = words.slice(took).filter(({ text }, i) => !(i === 0 && /^to$/i.test(text)));
  const to = rest
    .map(({ text }) => text.replace(/^@/, ''))
    .join(' ')
    .slice(0, 100);
  return { command: { verb: 'escalate', pages, to: to === '' || to === 'now' ? null : to } };
}

export function parseResolve(text: string, words: readonly Word[]): Read {
  const { pages, took } = takePages(words);
  const rest = words[took];
  const reason = rest === undefined ? '' : text.slice(rest.start).replace(/^(?:because|as|since|reason:?|:|-)\s+/i, '');
  return { command: { verb: 'resolve', pages, reason: reason.replace(/^"(.*)"$/, '$1').slice(0, 1_000) } };
}
