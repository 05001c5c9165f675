import { z } from 'zod';
import { created, type Route, route } from '../../platform/http/index.ts';
import { newId } from '../../platform/id.ts';
import { type Desk, titleOf } from '../desk.ts';
import { storableText } from '../pages/storable.ts';
import { scheduleNamed } from '../schedules/spans.ts';
import { whoIsOnCall } from '../shifts/shifts.ts';
import { handoverNote, handoversAnswer, newHandoverNote } from './contract.ts';
import { addNote, listHandovers, notesAfter, type NoteRow } from './handover-store.ts';

const byName = z.object({ name: z.string().max(100) });
const MOST_PAST = 20;
const iso = (at: number): string => new Date(at).toISOString();
const noteJson = ({ id, author, text, created_at }: NoteRow) => ({ id, author, text, at: iso(created_at) });

export const handoverRoutes = (desk: Desk): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/schedules/:name/handovers',
    access: 'viewer',
    summary: 'The next hand-over of a schedule with its notes, and what was told at the last ones',
    params: byName,
    response: handoversAnswer,
    async handler({ params: { name } }) {
      await desk.rosters.refresh(desk.sql);
      const set = desk.catalog.current();
      const { until, primary, next } = whoIsOnCall(scheduleNamed(set, name), desk.clock.now());
      const ref = (person: string) => ({ name: person, title: titleOf(set, person) });
      const past = await listHandovers(desk.sql, name, MOST_PAST);
      return {
        schedule: name,
        next: { at: iso(until), outgoing: primary === null ? null : ref(primary), incoming: next.primary === null ? null : ref(next.primary) },
        notes: (await notesAfter(desk.sql, name, past[0]?.at ?? 0)).map(noteJson),
        past: past.map(({ at, outgoing, incoming, digest }) => ({ at: iso(at), outgoing: ref(outgoing), incoming: ref(incoming), digest })),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/nines/v1/schedules/:name/notes',
    access: 'responder',
    summary: 'Write something down for whoever takes over next',
    params: byName,
    body: newHandoverNote,
    response: handoverNote,
    async handler({ params: { name }, body, principal }) {
      scheduleNamed(desk.catalog.current(), name);
      const now = desk.clock.now();
      const row: NoteRow = { id: newId(now), schedule: name, author: principal.person ?? principal.name, text: storableText(body.text), created_at: now };
      await desk.sql.transaction((tx) => addNote(tx, row));
      return created(`/nines/v1/schedules/${name}/handovers`, noteJson(row));
    },
  }),
]; // prettier-ignore
