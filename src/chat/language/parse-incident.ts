import { nearest } from '../../catalog/index.ts';
import { type IncidentRole, incidentRole } from '../../incidents/contract.ts';
import type { Command, IncidentCommand, Misunderstood } from './command.ts';
import type { Word } from './words.ts';

type Read = { readonly command: Command } | Misunderstood;

const ACTIONS: Readonly<Record<string, IncidentCommand['action']>> = {
  new: 'new', open: 'new', declare: 'new', create: 'new', start: 'new', list: 'list', show: 'show', status: 'show', join: 'join', here: 'join',
  note: 'note', add: 'note', log: 'note', update: 'update', tell: 'update', say: 'update', role: 'role', assign: 'role', command: 'join',
  resolve: 'resolve', resolved: 'resolve', close: 'resolve', clear: 'resolve', 'all-clear': 'resolve', allclear: 'resolve',
}; // prettier-ignore
const ROLES: Readonly<Record<string, IncidentRole>> = { ic: 'commander', lead: 'commander', comms: 'communications', ops: 'operations' };

const done = (incident: IncidentCommand): Read => ({ command: { verb: 'incident', incident } });

/** `incident [number] action …` and `incident action [number] …`; without a number, the one that is open. */
export function parseIncident(text: string, words: readonly Word[]): Read {
  const numbered = numberIn(words[0]);
  const rest = numbered === null ? words : words.slice(1);
  const [verb] = rest;
  if (verb === undefined) return done(numbered === null ? { action: 'list' } : { action: 'show', incident: numbered });
  const word = verb.text.toLowerCase().replace(/[:,]$/, '');
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word]! : undefined;
  if (action === undefined) {
    const near = nearest(verb.text, Object.keys(ACTIONS));
    return {
      problem: `An incident can't be told to '${verb.text.slice(0, 40)}': new, show, join, note, update, role, resolve.`,
      suggestion: near === undefined ? 'incident' : `incident ${near} ${text.slice(verb.end).trim()}`.trim().slice(0, 200),
    };
  }
  if (action === 'list') return done({ action });
  if (action === 'new') return parseNew(text, rest.slice(1));
  const later = numbered === null ? numberIn(rest[1]) : null;
  return readAction(action, numbered ?? later, text, rest.slice(later === null ? 1 : 2));
}

function readAction(action: Exclude<IncidentCommand['action'], 'list' | 'new'>, incident: string | null, text: string, rest: readonly Word[]): Read {
  const said = rest[0] === undefined ? '' : text.slice(rest[0].start).replace(/^:\s*/, '').replace(/^"(.*)"$/, '$1');
  switch (action) {
    case 'show':
    case 'join':
      return done({ action, incident });
    case 'note':
    case 'update':
      if (said === '') return { problem: `What is the ${action} to say?`, suggestion: `incident ${action} rolled back` };
      return done({ action, incident, text: said });
    case 'resolve': {
      const force = /^(?:--)?force\b\s*/i.exec(said);
      return done({ action, incident, text: said.slice(force?.[0].length ?? 0), force: force !== null });
    }
    default:
      return parseRole(incident, rest);
  }
} // prettier-ignore

function parseRole(incident: string | null, words: readonly Word[]): Read {
  const [role, ...others] = words.filter(({ text }) => !/^(?:to|is|for|the|=)$/i.test(text));
  const known = incidentRole.options;
  const wanted = role?.text.toLowerCase() ?? '';
  const found = known.find((one) => one === wanted) ?? (Object.hasOwn(ROLES, wanted) ? ROLES[wanted] : undefined);
  if (found === undefined)
    return { problem: `${wanted === '' ? 'Which role?' : `'${wanted.slice(0, 40)}' is no role.`} They are ${known.join(', ')}.`, suggestion: `incident role ${nearest(wanted, known) ?? 'commander'} ana` }; // prettier-ignore
  const person = others.map(({ text }) => text.replace(/^@/, '')).join(' ');
  return done({ action: 'role', incident, role: found, person: person === '' ? 'me' : person.slice(0, 100) });
}

/** `"Title" for checkout, stock` or `Title and more for checkout`. */
function parseNew(text: string, words: readonly Word[]): Read {
  const [first] = words;
  if (first === undefined) return { problem: 'What is the matter?', suggestion: 'incident new "Checkout fails" for checkout' };
  const joins = words.findLastIndex(({ text: word, quoted }) => !quoted && /^(?:for|in|on)$/i.test(word));
  const named = joins > 0 ? words.slice(joins + 1) : [];
  const names = named.flatMap(({ text: word }) => word.split(',')).filter((name) => name !== '' && name !== 'and');
  const services = names.every((name) => /^[a-z\d][a-z\d-]{0,62}$/.test(name)) && names.length <= 10 ? names : [];
  const end = services.length > 0 ? words[joins - 1]!.end : text.length;
  const title = first.quoted && (services.length > 0 ? joins === 1 : words.length === 1) ? first.text : text.slice(first.start, end);
  return done({ action: 'new', title: title.slice(0, 200), services });
}

const numberIn = (word: Word | undefined): string | null => /^#?(\d{1,9})$/.exec(word?.text ?? '')?.[1] ?? null;
