import type { JobHandler } from '../platform/jobs/index.ts';
import { type Desk, eventOf } from './desk.ts';
import { lockIncident, type StoredIncident } from './incident-store.ts';
import { nudgeMessages } from './messages.ts';
import { nextNudge, type Nudge } from './nudges.ts';

/** Sends an incident's reminder when it is due and sets the next one. Message, event and next time are one transaction. */
export function reminders(desk: Desk): JobHandler {
  return {
    async run({ key, payload }) {
      await desk.sql.transaction(async (tx) => {
        const before = await lockIncident(tx, key);
        const nudge = before && nextNudge(before);
        if (before === undefined || nudge === null || nudge === undefined) return;
        const now = desk.clock.now();
        // What happened since it was set moved it: recording sets the new time. The queue says that the time has come, not
        // the clock, which may have jumped while the incident's half hour went on.
        const set = payload as Partial<Nudge>;
        if (nudge.kind !== set.kind || nudge.at !== set.at) {
          await desk.record(tx, before, []);
          return;
        }
        const messages = nudgeMessages(before, nudge, desk.messageContext());
        const incident = sent(before, nudge, now);
        const to = messages.map(({ person }) => person).join(', ') || 'nobody (no one to tell)';
        const event = eventOf(incident, 'reminded', `${WORDS[nudge.kind]}: reminded ${to}`, 'nines', { data: { reminder: nudge.kind } });
        await desk.record(tx, incident, [event]);
        await desk.send(tx, messages);
      });
    },
  };
}

const WORDS: Record<Nudge['kind'], string> = {
  'ask-for-help': 'Ten minutes alone, ask for help',
  'update-due': 'An update is due',
  'all-clear-due': 'The all-clear is due',
};

const sent = (incident: StoredIncident, { kind }: Nudge, now: number): StoredIncident =>
  kind === 'ask-for-help' ? { ...incident, helpAskedAt: now } : { ...incident, remindedAt: now };
