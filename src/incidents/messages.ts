import type { ResourceSet } from '../catalog/index.ts';
import type { Message } from '../delivery/index.ts';
import { UPDATE_EVERY_MS, updateDueAt } from './incident.ts';
import type { StoredIncident } from './incident-store.ts';
import type { Nudge } from './nudges.ts';
import { contactOf, followersOf, inCharge, ownersOf, type Recipient } from './people.ts';
import { withDependencies } from './related-services.ts';

export interface MessageContext {
  readonly set: ResourceSet;
  /** Where people open nines; no slash at the end. */
  readonly url: string;
  readonly now: number;
}

/** `03:05 UTC`. */
const clockTime = (ms: number): string => `${new Date(ms).toISOString().slice(11, 16)} UTC`;
const minutes = (ms: number): string => `${Math.max(0, Math.round(ms / 60_000))} min`;
const clip = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`);
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function standing(incident: StoredIncident, { url, now }: MessageContext): string {
  const due = updateDueAt(incident);
  return [
    `Incident ${incident.number}: ${incident.title}`,
    `Began ${clockTime(incident.outageBeganAt)}, ${minutes((incident.outageEndedAt ?? now) - incident.outageBeganAt)}${incident.outageEndedAt === null ? ' so far' : ` until ${clockTime(incident.outageEndedAt)}`}.`,
    `Commander: ${incident.roles.commander ?? 'nobody yet'}. On the scene: ${incident.responders.join(', ') || 'nobody yet'}.`,
    ...(due === null ? [] : [`Next update by ${clockTime(due)}.`]),
    `${url}/incidents/${incident.id}`,
  ].join('\n');
}

function messages(
  incident: StoredIncident,
  to: readonly Recipient[],
  what: Omit<Message, 'person' | 'about' | 'channel' | 'address' | 'data'>,
) {
  return to.map(({ person, channel, address }): Message => ({
    ...what,
    key: `${what.key}/${person}`,
    channel,
    address,
    person,
    about: `incident/${incident.id}`,
    data: { incident: incident.id, number: incident.number, reason: what.reason },
  }));
}

/** The update, to everyone who follows. `marker` makes it this update and no other. */
export function updateMessages(incident: StoredIncident, text: string, marker: number, context: MessageContext): Message[] {
  return messages(incident, followersOf(context.set, incident), {
    key: `incident/${incident.id}/update/${marker}`,
    subject: clip(`Update, incident ${incident.number}: ${oneLine(text)}`, 78),
    text: `${text}\n\n${standing(incident, context)}\n`,
    priority: 3,
    reason: 'incident-update',
  });
}

export function allClearMessages(incident: StoredIncident, text: string, context: MessageContext): Message[] {
  return messages(incident, followersOf(context.set, incident), {
    key: `incident/${incident.id}/all-clear`,
    subject: clip(`All clear, incident ${incident.number}: ${oneLine(incident.title)}`, 78),
    text: `${text === '' ? 'The incident is over.' : text}\n\n${standing(incident, context)}\n\nA draft of the postmortem follows on that page.\n`,
    priority: 3,
    reason: 'incident-all-clear',
  });
}

export function roleMessages(
  incident: StoredIncident,
  role: string,
  name: string,
  by: string,
  marker: number,
  context: MessageContext,
): Message[] {
  const to = contactOf(context.set, incident, name);
  if (to === undefined || name === by) return [];
  return messages(incident, [to], {
    key: `incident/${incident.id}/role/${marker}`,
    subject: clip(`You are ${role} of incident ${incident.number}: ${oneLine(incident.title)}`, 78),
    text: `${by} handed you the role of ${role}.\n\n${standing(incident, context)}\n`,
    priority: 1,
    reason: 'incident-role',
  });
}

/** What a reminder says, to whoever answers for the incident. */
export function nudgeMessages(incident: StoredIncident, nudge: Nudge, context: MessageContext): Message[] {
  const { number, id } = incident;
  const { subject, text } = nudgeText(incident, nudge, context);
  return messages(incident, inCharge(context.set, incident), {
    key: `incident/${id}/${nudge.kind}/${nudge.at}`,
    subject: clip(`${subject}, incident ${number}: ${oneLine(incident.title)}`, 78),
    text: `${text}\n\n${standing(incident, context)}\n`,
    priority: 2,
    reason: `incident-${nudge.kind}`,
  });
}

function nudgeText(incident: StoredIncident, { kind }: Nudge, { set, now }: MessageContext): { subject: string; text: string } {
  if (kind === 'ask-for-help') {
    const others = ownersOf(set, [...withDependencies(set, incident.services)]).filter((name) => !incident.responders.includes(name));
    const who = others.length === 0 ? 'whoever knows the system' : others.slice(0, 8).join(', ');
    return {
      subject: 'Ask for help',
      text: `You have been alone with this for ten minutes. Call someone now, even if you think you are close: ${who}.`,
    };
  }
  if (kind === 'all-clear-due') {
    const quiet = minutes(now - (incident.outageEndedAt ?? now));
    return {
      subject: 'Call the all-clear?',
      text: `Nothing has fired for ${quiet}. If it is over, call the all-clear; if not, say what is still wrong.`,
    };
  }
  return {
    subject: 'Post an update',
    text: `No update for ${minutes(Math.max(now - (incident.lastUpdateAt ?? incident.openedAt), UPDATE_EVERY_MS))}. Say what is broken, who is affected, what is being done and when you will write next.`,
  };
}
