import type { Command, Misunderstood } from './command.ts';
import { readLength, type Reading, readMoment } from './moment.ts';
import type { Word } from './words.ts';

type Read = { readonly command: Command } | Misunderstood;

/** `silence <what> [for] <length> <reason>`, `silence <what> until <time> <reason>`, `silence end <id>`, `silence`. */
export function parseSilence(text: string, words: readonly Word[], reading: Reading): Read {
  const [first, second] = words;
  if (first === undefined || /^(?:list|show)$/i.test(first.text)) return { command: { verb: 'silence', silence: { action: 'list' } } };
  if (/^(?:end|expire|remove|delete|off)$/i.test(first.text)) {
    if (second === undefined) return { problem: 'Which silence ends?', suggestion: 'silences' };
    return { command: { verb: 'silence', silence: { action: 'end', id: second.text.replace(/^#/, '').slice(0, 100) } } };
  }
  const texts = words.map(({ text, quoted }) => (quoted ? '' : text));
  for (let at = 1; at < words.length; at += 1) {
    const time = lengthAt(texts, at, reading);
    if (time === undefined) continue;
    const reason = words[at + time.took];
    const what = text.slice(first.start, words[at - 1]!.end);
    const said = reason === undefined ? '' : text.slice(reason.start).replace(/^(?:because|as|while|:|-)(?:\s+|$)/i, '').replace(/^"(.*)"$/, '$1'); // prettier-ignore
    if (said.trim() === '') return { problem: 'Why? Whoever looks at the silence later wants to know.', suggestion: `silence ${text.slice(first.start).slice(0, 100)} moving the database` }; // prettier-ignore
    return { command: { verb: 'silence', silence: { action: 'new', what, forMs: time.ms, reason: said.slice(0, 500) } } };
  }
  return { problem: 'For how long, and why?', suggestion: `silence ${first.text.slice(0, 60)} 2h moving the database` };
}

function lengthAt(texts: readonly string[], at: number, reading: Reading): { ms: number; took: number } | undefined {
  const lead = /^(?:for|until|till)$/i.test(texts[at]!) ? 1 : 0;
  const length = readLength(texts, at + lead);
  if (length !== undefined) return { ms: length.ms, took: length.took + lead };
  if (lead === 0 || texts[at]!.toLowerCase() === 'for') return undefined;
  const moment = readMoment(texts, at + 1, reading);
  if (moment === undefined) return undefined;
  const ms = moment.at - reading.now;
  // A time of day that has passed today is that of tomorrow.
  const ahead = ms > 0 ? ms : ms + 86_400_000;
  return ahead > 0 ? { ms: ahead, took: 1 + moment.took } : undefined;
}
