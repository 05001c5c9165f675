import { cutText, sizeOf, type Measure, type MessageParts } from '../../messages/index.ts';

/** The default alphabet of GSM 03.38 (3GPP TS 23.038, 6.2.1), and its extension, whose characters take two places. */
const GSM_7 = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENDED = new Set('^{}\\[~]|€');

/** More parts than these cost money and nobody reads them. */
const MOST_SEGMENTS = 4;
/** Places of each part of several: 160 (GSM-7) or 70 (UCS-2) less the header that puts them together. */
const SEGMENT = { gsm7: 153, ucs2: 67 };

const septets: Measure = (character) => (EXTENDED.has(character) ? 2 : 1);
const units: Measure = (character) => character.length;

/** What GSM-7 lacks and has something like: an ellipsis or a dash would make a message of 160 characters one of 70. */
const LIKE: Readonly<Record<string, string>> = { '…': '...', '–': '-', '—': '-', '‘': "'", '’': "'", '“': '"', '”': '"', '·': '-', '→': '->', '\u00a0': ' ', '\t': ' ', '`': "'" }; // prettier-ignore

const isGsm7 = (text: string): boolean => Array.from(text).every((character) => GSM_7.has(character) || EXTENDED.has(character));
const simpler = (text: string): string => Array.from(text, (character) => LIKE[character] ?? character).join('');

/** Title, the most important link, and as much of the body as fits in four parts; in GSM-7 where its characters allow it. */
export function smsText({ title, body, links }: MessageParts): string {
  const link = links[0] === undefined ? '' : `${links[0].label}: ${links[0].url}`;
  const whole = simpler([title, body, link].join('\n'));
  const gsm7 = isGsm7(whole);
  const measure = gsm7 ? septets : units;
  const limit = MOST_SEGMENTS * (gsm7 ? SEGMENT.gsm7 : SEGMENT.ucs2);
  const size = (text: string): number => sizeOf(text, measure);
  const cut = (text: string, room: number): string => simpler(cutText(simpler(text), Math.max(0, room - 2), measure));
  const kept = simpler(link);
  const room = limit - (size(kept) > limit / 2 ? 0 : size(kept) + 1);
  const head = cut(title, Math.min(room, Math.floor(limit / 2)));
  const left = room - size(head) - 1;
  const middle = body === '' || left < 20 ? '' : cut(body, left);
  return [head, middle, size(kept) > limit / 2 ? '' : kept].filter((part) => part !== '').join('\n');
}
