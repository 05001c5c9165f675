import { isImperative, LONGEST_SUBJECT } from '../../catalog/index.ts';

/**
 * What to do, in at most 50 characters: the alert's `action` annotation, else its summary where that begins with a verb
 * already, else a check of it. Cut at a word.
 */
export function subjectOf(alert: {
  action?: string | undefined;
  summary?: string | undefined;
  rule: string;
  service: string | null;
}): string {
  const text = oneLine(alert.action ?? '') || oneLine(alert.summary ?? '') || spaced(alert.rule);
  if (alert.action || isImperative(text)) return cut(text);
  const { service } = alert;
  const named = service !== null && text.toLowerCase().includes(service.toLowerCase());
  return cut(service === null || named ? `Check: ${text}` : `Check ${service}: ${text}`);
}

/** `text` in at most `longest` characters, cut between words where that leaves most of it. */
export function cut(text: string, longest = LONGEST_SUBJECT): string {
  const characters = Array.from(text);
  if (characters.length <= longest) return text;
  const start = characters.slice(0, longest - 1).join('');
  const wholeWord = characters[longest - 1] === ' ';
  const space = wholeWord ? start.length : start.lastIndexOf(' ');
  const kept = space > longest / 2 ? start.slice(0, space) : start;
  return `${kept.replace(/[\s,;:.–-]+$/u, '')}…`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** `HighErrorRate` reads as `high error rate`. */
const spaced = (rule: string): string =>
  rule
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
