import { z } from 'zod';
import { severity } from '../catalog/contract.ts';
import { mute } from './muting/contract.ts';

export type { Severity } from '../catalog/contract.ts';

/** One alert, a rule's result for one set of labels: `GET /nines/v1/alerts?state=&service=`. */
export const alert = z.object({
  /** Stable for a rule and a set of labels. */
  fingerprint: z.string(),
  rule: z.string(),
  group: z.string(),
  severity,
  service: z.string().nullable(),
  state: z.enum(['pending', 'firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  value: z.number().nullable(),
  /** When its condition became true. */
  activeAt: z.iso.datetime(),
  firedAt: z.iso.datetime().nullable(),
  resolvedAt: z.iso.datetime().nullable(),
  /** Empty where someone else decides it. */
  expr: z.string(),
  /** Who decides it: `nines`, or who reported it (`alertmanager`, …). */
  source: z.string(),
  /** Where to look at it there. */
  generatorUrl: z.string().nullable(),
  /** What holds its page back; null where nothing does. */
  mutedBy: mute.nullable(),
});
export type Alert = z.infer<typeof alert>;

/** Where an alert goes: `GET /nines/v1/alert-routes?labels=team=db,severity=critical`. */
export const alertRoutesAnswer = z.object({
  /** The alertmanager.yml in force; null where there is none. */
  file: z.string().nullable(),
  routes: z.array(
    z.object({
      receiver: z.string(),
      /** The matchers from the root down. */
      route: z.string(),
      /** The labels that it shares with its group. */
      group: z.record(z.string(), z.string()),
      groupWaitMs: z.number(),
      groupIntervalMs: z.number(),
      repeatIntervalMs: z.number(),
      /** Its time intervals keep it quiet now. */
      quiet: z.boolean(),
      /** The receiver is an EscalationPolicy. */
      pages: z.boolean(),
    }),
  ),
  severity,
  /** Whether nines pages for it by itself. */
  pages: z.boolean(),
});
export type AlertRoutes = z.infer<typeof alertRoutesAnswer>;

/** The tree of routes, and where what fires goes: `GET /nines/v1/alert-routes/tree`. */
export const alertRouteTree = z.object({
  /** The alertmanager.yml in force; null where there is none. */
  file: z.string().nullable(),
  /** A parent before its children. */
  routes: z.array(
    z.object({
      /** `0` is the root, `0.2` its third child. */
      id: z.string(),
      /** Of this route alone: `team="db"`. */
      matchers: z.array(z.string()),
      receiver: z.string(),
      /** The labels that make a group; null: all of them. */
      groupBy: z.array(z.string()).nullable(),
      groupWaitMs: z.number(),
      groupIntervalMs: z.number(),
      repeatIntervalMs: z.number(),
      /** Names of its time intervals. */
      muted: z.array(z.string()),
      active: z.array(z.string()),
      /** The routes after it are looked at, too. */
      continues: z.boolean(),
      /** Its time intervals keep it quiet now. */
      quiet: z.boolean(),
      /** The receiver is an EscalationPolicy. */
      pages: z.boolean(),
      /** How many alerts that fire end here. */
      alerts: z.number().int(),
    }),
  ),
  /** `channels` are what it tells: `slack`, `webhook`. */
  receivers: z.array(z.object({ name: z.string(), channels: z.array(z.string()), policy: z.boolean() })),
  /** Those that fire, the first 500 of them, with the ids of the routes that take each. */
  alerts: z.array(
    z.object({
      fingerprint: z.string(),
      rule: z.string(),
      service: z.string().nullable(),
      severity,
      routes: z.array(z.string()),
      /** Whether nines pages for it by itself. */
      pages: z.boolean(),
    }),
  ),
  firing: z.number().int(),
});
export type AlertRouteTree = z.infer<typeof alertRouteTree>;
