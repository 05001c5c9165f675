/** A word of what someone typed, where it stood. What stood in quotes is one word. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
  /** In the tidied text: from, and to without. */
  readonly start: number;
  readonly end: number;
}

const QUOTES: Readonly<Record<string, string>> = { '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '‘': "'", '’': "'" };

/**
 * The text as it was meant: phones turn quotes into typographic ones and `..` into `…`, chats wrap addresses and mentions in angle
 * brackets (`<https://…|…>`, `<@U012|ana>`) and escape `&`, `<` and `>`. On one line, without control characters.
 */
export function tidy(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[“”„«»‘’]/g, (quote) => QUOTES[quote]!)
    .replaceAll('…', '..')
    .replaceAll(/<([@#!]?)([^<>|\s]{1,2000})(?:\|([^<>]{0,500}))?>/g, (_, sign: string, target: string, label?: string) =>
      sign === '' ? unwrapped(target) : `${sign}${label === undefined || label === '' ? target : label}`,
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '')
    .trim();
}

/** An address stays one; anything else in angle brackets was typed so. */
const unwrapped = (target: string): string => (/^(https?|mailto|tel):/.test(target) ? target.replace(/^(mailto|tel):/, '') : `<${target}>`);

/** A quote begins a word only at its start: `it's` is one word. One that is not closed is a word of its rest. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ') {
      at += 1;
      continue;
    }
    const quote = text[at] === '"' || text[at] === "'" ? text[at]! : undefined;
    const closing = quote === undefined ? -1 : closingQuote(text, at, quote);
    if (closing !== -1) {
      words.push({ text: text.slice(at + 1, closing), quoted: true, start: at, end: closing + 1 });
      at = closing + 1;
      continue;
    }
    const space = text.indexOf(' ', at);
    const end = space === -1 ? text.length : space;
    words.push({ text: text.slice(at, end), quoted: false, start: at, end });
    at = end;
  }
  return words;
}

/** Before a space, or at the end: an apostrophe in a quoted text does not end it. */
function closingQuote(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (at + 1 === text.length || text[at + 1] === ' ') return at;
  }
  return -1;
}
