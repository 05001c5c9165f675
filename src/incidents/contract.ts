import { z } from 'zod';
import { severity } from '../catalog/contract.ts';

export const incidentRole = z.enum(['commander', 'communications', 'operations', 'scribe']);
export type IncidentRole = z.infer<typeof incidentRole>;

/** `GET /nines/v1/incidents?state=`, `/incidents/:id`. */
export const incident = z.object({
  id: z.string(),
  /** Counts from 1: what people call it. */
  number: z.number().int(),
  title: z.string(),
  state: z.enum(['open', 'all-clear']),
  severity,
  services: z.array(z.string()),
  /** Name of the Person (or account) in each role; empty until someone is on the scene. */
  roles: z.partialRecord(incidentRole, z.string()),
  responders: z.array(z.string()),
  declaredBy: z.string(),
  openedAt: z.iso.datetime(),
  /** When the failure began, from the first alert's activeAt; openedAt until then known better. */
  outageBeganAt: z.iso.datetime(),
  outageEndedAt: z.iso.datetime().nullable(),
  acknowledgedAt: z.iso.datetime().nullable(),
  allClearAt: z.iso.datetime().nullable(),
  lastUpdateAt: z.iso.datetime().nullable(),
  /** When the next update to everyone is due: thirty minutes after the last. */
  nextUpdateDueAt: z.iso.datetime().nullable(),
  pages: z.array(z.string()),
  postmortem: z.string().nullable(),
});
export type Incident = z.infer<typeof incident>;

/** A line of the timeline, from the ledger. */
export const timelineEntry = z.object({
  marker: z.number().int(),
  time: z.iso.datetime(),
  kind: z.string(),
  actor: z.string(),
  title: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;
export const incidentDetail = incident.extend({
  timeline: z.array(timelineEntry),
  /** Triage, newest first: changes to its services and what they depend on in the six hours before. */
  recentChanges: z.array(timelineEntry),
});
export type IncidentDetail = z.infer<typeof incidentDetail>;

/** `POST /nines/v1/incidents` → 201. */
export const declareIncident = z.strictObject({
  title: z.string().min(1).max(200),
  services: z.array(z.string().max(100)).max(50).default([]),
  severity: severity.default('critical'),
});
/** `POST /nines/v1/incidents/:id/notes`. */
export const newNote = z.strictObject({ text: z.string().min(1).max(10_000) });
/** `POST /nines/v1/incidents/:id/updates`: told to everyone who follows; resets the thirty minutes. */
export const newUpdate = z.strictObject({ text: z.string().min(1).max(10_000) });
/** `POST /nines/v1/incidents/:id/roles`: hands a role to a person, by name. */
export const roleChange = z.strictObject({ role: incidentRole, person: z.string().min(1).max(100) });
/** `POST /nines/v1/incidents/:id/all-clear`; refused with 409 while its pages fire, unless `force`. */
export const allClear = z.strictObject({ text: z.string().max(10_000).default(''), force: z.boolean().default(false) });
// `POST /nines/v1/incidents/:id/join`: 'I am on the scene'; the first to say so is incident commander.
