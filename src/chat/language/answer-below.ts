import { parseCommand } from './parse-command.ts';

const ANSWERS: ReadonlySet<string> = new Set(['ack', 'snooze', 'escalate', 'resolve', 'not-mine']);
/** People talk below a page, too: 'resolved in the last release, I think' resolves nothing. */
const MOST_WORDS = 6;
const SURELY =
  /^[!/]?(?:resolved?|close|fixed)(?:[.!]*$|[ ,:]+(?:because|as|since)\b)|^[!/]?escalated?(?:(?: (?:it|this|now|please))*[.!]*$|.* to \S)|^(?![!/]?(?:resolve|close|fix|escalate))/i;

/**
 * What someone wrote below a page's message without calling nines, where it is an answer to that page and can be nothing else:
 * `ack`, `on it`, `snooze 30m`, `not mine`, `escalate to ben`, `resolved because it was rolled back`. Undefined for what is said to others.
 */
export function answerBelow(text: string): string | undefined {
  const said = text.trim();
  const parsed = parseCommand(said, { now: 0, timeZone: 'UTC' });
  if (said === '' || !('command' in parsed) || !ANSWERS.has(parsed.command.verb) || !SURELY.test(said)) return undefined;
  if (parsed.command.verb === 'resolve') return said;
  // Of this page, and of no other that was named.
  const { pages } = parsed.command as { pages?: { of: string } };
  return pages?.of === 'it' && said.split(/\s+/).length <= MOST_WORDS ? said : undefined;
}

const REACTIONS: Readonly<Record<string, string>> = {
  eyes: 'ack', '👀': 'ack', '+1': 'ack', thumbsup: 'ack', '👍': 'ack', raised_hand: 'ack', hand: 'ack', '✋': 'ack', ok_hand: 'ack', '👌': 'ack',
  zzz: 'snooze 30m', '💤': 'snooze 30m', sleeping: 'snooze 30m', '😴': 'snooze 30m',
  arrow_up: 'escalate', '⬆': 'escalate', sos: 'escalate', '🆘': 'escalate',
  white_check_mark: 'resolve', '✅': 'resolve', heavy_check_mark: 'resolve', '✔': 'resolve',
  '-1': 'notmine', thumbsdown: 'notmine', '👎': 'notmine', no_good: 'notmine', '🙅': 'notmine',
}; // prettier-ignore

/** The command that a reaction to a page's message stands for, by its name or itself, whatever the colour of its hand. */
export function answerByReaction(reaction: string): string | undefined {
  const plain = reaction.replace(/::skin-tone-\d$/, '').replaceAll(/[\u{1f3fb}-\u{1f3ff}]|\ufe0e|\ufe0f|\u200d.*$/gu, '');
  return Object.hasOwn(REACTIONS, plain) ? REACTIONS[plain] : undefined;
}
