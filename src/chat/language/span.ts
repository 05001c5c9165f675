import { readLength, type Reading, readMoment, unitOf } from './moment.ts';

/** A span of time in milliseconds, and how many words it took. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly took: number;
}

/**
 * Reads a span that begins at a word: `20150517..20150523` (both days whole), `10:00..`, `last 2h`, `past 3 hours`,
 * `2h`, `since yesterday 14:00`, `from 10:00 to 12:00`, `between 10:00 and 12:00`, `around 14:05`, `on monday`, `yesterday`, `today`.
 * Undefined where there is none. A span never goes beyond now, and is never empty.
 */
export function readSpan(words: readonly string[], at: number, reading: Reading): Span | undefined {
  const found = dots(words, at, reading) ?? phrase(words, at, reading);
  if (found === undefined) return undefined;
  const to = Math.min(found.to, reading.now);
  return to > found.from ? { ...found, to } : undefined;
}

function phrase(words: readonly string[], at: number, reading: Reading): Span | undefined {
  const { now } = reading;
  const lead = (words[at] ?? '').toLowerCase();
  switch (lead) {
    case 'last':
    case 'past': {
      const unit = unitOf((words[at + 1] ?? '').toLowerCase());
      if (unit !== undefined) return { from: now - unit, to: now, took: 2 };
      return within(readLength(words, at + 1), 1, now);
    }
    case 'in':
    case 'over':
    case 'for': {
      const inner = ['the', 'last', 'past'].includes((words[at + 1] ?? '').toLowerCase()) ? phrase(words, at + 1, reading) : undefined;
      return inner === undefined ? within(readLength(words, at + 1), 1, now) : { ...inner, took: inner.took + 1 };
    }
    case 'the': {
      const next = (words[at + 1] ?? '').toLowerCase();
      const inner = next === 'last' || next === 'past' ? phrase(words, at + 1, reading) : undefined;
      return inner && { ...inner, took: inner.took + 1 };
    }
    case 'since': {
      const begin = readMoment(words, at + 1, reading);
      return begin && { from: begin.at, to: now, took: 1 + begin.took };
    }
    case 'from':
      return twoEnds(words, at, reading, ['to', 'until', 'till', '-']);
    case 'between':
      return twoEnds(words, at, reading, ['and']);
    case 'around': {
      const middle = readMoment(words, at + 1, reading);
      return middle && { from: middle.at - 1_800_000, to: middle.at + 1_800_000, took: 1 + middle.took };
    }
    case 'on': {
      const day = readMoment(words, at + 1, reading);
      return day?.dayEnds === undefined ? undefined : { from: day.at, to: day.dayEnds, took: 1 + day.took };
    }
    default: {
      const length = readLength(words, at);
      if (length !== undefined) return within(length, 0, now);
      const day = readMoment(words, at, reading);
      return day?.dayEnds === undefined ? undefined : { from: day.at, to: day.dayEnds, took: day.took };
    }
  }
}

const within = (length: { ms: number; took: number } | undefined, before: number, now: number): Span | undefined =>
  length && { from: now - length.ms, to: now, took: before + length.took };

function twoEnds(words: readonly string[], at: number, reading: Reading, joins: readonly string[]): Span | undefined {
  const begin = readMoment(words, at + 1, reading);
  if (begin === undefined) return undefined;
  const middle = at + 1 + begin.took;
  // 'from 10:00', and nothing more, goes on until now.
  if (!joins.includes((words[middle] ?? '').toLowerCase()))
    return joins.includes('to') ? { from: begin.at, to: reading.now, took: 1 + begin.took } : undefined;
  const end = endAfter(words, middle + 1, begin.at, reading);
  return end && { from: begin.at, to: end.to, took: 2 + begin.took + end.took };
}

/** An end without a day is on the day of the beginning, or after its midnight. */
function endAfter(words: readonly string[], at: number, begin: number, reading: Reading): { to: number; took: number } | undefined {
  const plain = readMoment(words, at, reading);
  if (plain === undefined) return undefined;
  if (plain.dayEnds !== undefined) return { to: plain.dayEnds, took: plain.took };
  if (plain.took > 1 || !/^\d{1,2}(:\d\d){0,2}(am|pm)?$|^noon$|^midnight$/i.test(words[at] ?? ''))
    return { to: plain.at, took: plain.took };
  const soon = readMoment([words[at]!], 0, { ...reading, now: begin + 86_400_000 });
  return soon && { to: soon.at, took: plain.took };
}

/** `A..B`: either end may be left out; a date as the end is meant whole. */
function dots(words: readonly string[], at: number, reading: Reading): Span | undefined {
  const word = words[at] ?? '';
  const cut = word.indexOf('..');
  if (cut === -1 || word.includes('..', cut + 2)) return undefined;
  const [first, last] = [word.slice(0, cut), word.slice(cut + 2)];
  const begin = first === '' ? undefined : (readMoment([first], 0, reading)?.at ?? lengthAgo(first, reading.now));
  if (begin === undefined) return undefined;
  if (last === '') return { from: begin, to: reading.now, took: 1 };
  const end = endAfter([last], 0, begin, reading)?.to ?? lengthAgo(last, reading.now);
  return end === undefined ? undefined : { from: begin, to: end, took: 1 };
}

/** `-2h`, `2h`: as long ago. */
function lengthAgo(word: string, now: number): number | undefined {
  const length = readLength([word.replace(/^-/, '')]);
  return length && now - length.ms;
}
