import { nearest } from '../../catalog/index.ts';
import { type Command, HELP, type Misunderstood, type Parsed } from './command.ts';
import type { Reading } from './moment.ts';
import { parseGraph } from './parse-graph.ts';
import { parseIncident } from './parse-incident.ts';
import { parseEscalate, parsePages, parseResolve, parseSnooze } from './parse-pages.ts';
import { parseSilence } from './parse-silence.ts';
import { tidy, type Word, wordsOf } from './words.ts';

/** Longer is no command: chats let people send 4,000 to 40,000 characters. */
export const LONGEST_COMMAND = 4_000;

interface Given extends Reading {
  readonly text: string;
  /** Behind the verb. */
  readonly rest: readonly Word[];
}
type Reader = (given: Given) => { readonly command: Command } | Misunderstood;

const named =
  (verb: 'alerts' | 'pages' | 'oncall' | 'deploys'): Reader =>
  ({ rest }) => ({ command: { verb, name: nameIn(rest) } });

/** `for payments?`, `the payments team`, `about payments now` */
function nameIn(rest: readonly Word[]): string | null {
  const FILLERS = ['for', 'of', 'in', 'about', 'the', 'team', 'service', 'now', 'right', 'currently', 'today', 'on', 'call'];
  const left = rest.map(({ text, quoted }) => (quoted ? text : text.replace(/^[@#]|[?!.,]+$/g, '')));
  const words = left.filter((word, i) => word !== '' && (rest[i]!.quoted || !FILLERS.includes(word.toLowerCase())));
  return words.length === 0 ? null : words.join(' ');
}

const READERS: Readonly<Record<string, Reader>> = {
  help: ({ rest }) => ({ command: { verb: 'help', about: rest[0] === undefined ? null : verbOf(rest[0].text) } }),
  status: () => ({ command: { verb: 'status' } }),
  alerts: named('alerts'),
  pages: named('pages'),
  oncall: named('oncall'),
  deploys: named('deploys'),
  ack: ({ rest }) => parsePages('ack', rest),
  'not-mine': ({ rest }) => parsePages('not-mine', rest),
  snooze: ({ rest, ...reading }) => parseSnooze(rest, reading),
  escalate: ({ rest }) => parseEscalate(rest),
  resolve: ({ text, rest }) => parseResolve(text, rest),
  page: ({ text, rest }) => parsePage(text, rest),
  incident: ({ text, rest }) => parseIncident(text, rest),
  deploy: ({ text, rest }) => parseDeploy('deploy', text, rest),
  rollback: ({ text, rest }) => parseDeploy('rollback', text, rest),
  silence: ({ text, rest, ...reading }) => parseSilence(text, rest, reading),
  graph: ({ text, rest, ...reading }) => parseGraph(text, rest, reading),
};

const ALIASES: Readonly<Record<string, string>> = {
  acknowledge: 'ack', acknowledged: 'ack', acked: 'ack', take: 'ack', oncalls: 'oncall', 'on-call': 'oncall', who: 'oncall', whois: 'oncall',
  alert: 'alerts', firing: 'alerts', notmine: 'not-mine', decline: 'not-mine', resolved: 'resolve', close: 'resolve', fixed: 'resolve',
  incidents: 'incident', inc: 'incident', deployed: 'deploy', release: 'deploy', releases: 'deploys', changes: 'deploys', rolledback: 'rollback',
  silences: 'silence', mute: 'silence', unsilence: 'silence', chart: 'graph', plot: 'graph', show: 'graph', call: 'page', '?': 'help', commands: 'help',
  health: 'status', ping: 'status', snoozed: 'snooze', escalated: 'escalate',
}; // prettier-ignore

const verbOf = (word: string): string => {
  const lower = word
    .toLowerCase()
    .replace(/^[/!]/, '')
    .replace(/[!.,:]+$/, '');
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower]! : lower;
};

/** The longer way to say it, before words are looked at one by one. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/^(?:who(?: is|'s)|whos) (?:currently )?(?:on[- ]?call|oncall)\b/i, 'oncall'],
  [/^who (?:do|should|can) (?:i|we) (?:call|page|ask)\b/i, 'oncall'],
  [/^(?:who(?: is|'s)) (?:next|responsible|the primary)\b/i, 'oncall'],
  [/^on call\b/i, 'oncall'],
  [/^(?:i(?:'ve| have)? got (?:it|this)|got it|on it|i'?m on it|i am on it|mine|looking)[.!]*$/i, 'ack'],
  [/^(?:it'?s )?not mine\b[.!]*/i, 'not-mine'],
  [/^what(?: is|'s) (?:wrong|up|broken|going on)\b\??/i, 'status'],
  [/^what(?: is|'s) firing\b\??/i, 'alerts'],
  [/^what changed\b\??/i, 'deploys'],
  [/^roll(?:ed)? back\b/i, 'rollback'],
];

/**
 * What someone typed into a chat, as a command; or what is wrong with it. The same in every chat: a slash, an exclamation mark, the
 * program's name or a mention of it may stand before it.
 */
export function parseCommand(typed: string, reading: Reading): Parsed {
  if (typed.length > LONGEST_COMMAND)
    return { problem: `That is too long for a command: at most ${LONGEST_COMMAND} characters.`, suggestion: null };
  const text = called(tidy(typed));
  if (text === '') return { command: { verb: 'help', about: null } };
  for (const [pattern, verb] of PHRASES) {
    const said = pattern.exec(text);
    if (said) return read(verb, text, said[0].length, reading);
  }
  const [first] = wordsOf(text);
  const verb = verbOf(first!.text);
  if (first!.text.toLowerCase().startsWith('unsilence')) return read('silence', `silence end ${text.slice(first!.end)}`, 7, reading);
  if (!first!.quoted && Object.hasOwn(READERS, verb)) return read(verb, text, first!.end, reading);
  return misunderstood(verb, text.slice(first!.end).trim());
}

function read(verb: string, text: string, from: number, reading: Reading): Parsed {
  const rest = wordsOf(text).filter(({ start }) => start >= from);
  return READERS[verb]!({ ...reading, text, rest });
}

/** Without what only says that nines is meant. */
function called(text: string): string {
  const left = text
    .replace(/^(?:hey |ok |hi )?@?nines\b[,:]?(?=\s|$)/i, '')
    .replace(/^\s*@U[A-Z0-9]{5,20}\b[,:]?/, '')
    .replace(/^\s*[/!]+/, '')
    .replace(/^\s*nines\b[,:]?(?=\s|$)/i, '')
    .replace(/^\s*(?:please|pls)\b/i, '');
  return left.trim();
}

function misunderstood(verb: string, rest: string): Misunderstood {
  const known = [...Object.keys(READERS), ...Object.keys(ALIASES).filter((word) => word.length > 2)];
  const near = nearest(verb, known);
  const meant = near === undefined ? undefined : verbOf(near);
  const shown = meant === 'not-mine' ? 'notmine' : meant;
  return {
    problem: `I don't know '${verb.slice(0, 40)}'.`,
    suggestion: shown === undefined || shown === 'help' ? 'help' : `${shown} ${rest}`.trim().slice(0, 200),
  };
}

function parsePage(text: string, rest: readonly Word[]): { command: Command } | Misunderstood {
  const [target, next] = rest;
  const usage = HELP.find(({ verb }) => verb === 'page')!.examples[0]!;
  if (target === undefined) return { problem: 'Who is to be called, and what for?', suggestion: usage };
  if (next === undefined) return { problem: `What is whoever is on call for '${target.text.slice(0, 60)}' to do?`, suggestion: `page ${target.text.slice(0, 60)} "Look at …"` }; // prettier-ignore
  const subject = next.quoted ? next.text : text.slice(next.start).replace(/^(?:to|about|because|:)\s+/i, '');
  const more = next.quoted ? text.slice(next.end).trim() : '';
  return { command: { verb: 'page', target: target.text.replace(/^[@#]|[:,]$/g, ''), subject: subject.slice(0, 200), text: more } };
}

function parseDeploy(kind: 'deploy' | 'rollback', text: string, rest: readonly Word[]): { command: Command } | Misunderstood {
  const words = ['of', 'the'].includes(rest[0]?.text.toLowerCase() ?? '') ? rest.slice(1) : rest;
  const [service, second] = words;
  if (service === undefined) return { problem: 'Which service, and which version?', suggestion: `${kind} checkout 1.4.2` };
  const to = second?.text.toLowerCase() === 'to' ? 1 : 0;
  const version = words[1 + to];
  const note = version === undefined ? '' : text.slice(version.end).trim();
  return { command: { verb: 'deploy', kind, service: service.text.replace(/^[@#]/, ''), version: version?.text.slice(0, 200) ?? null, note: note.slice(0, 200) } }; // prettier-ignore
}
