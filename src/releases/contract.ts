import { z } from 'zod';
import { ledgerEvent } from '../ledger/contract.ts';

/** `POST /nines/v1/changes` → 201 and the event: something in the world changed, on purpose. */
export const newChange = z.strictObject({
  kind: z.enum(['deploy', 'rollback', 'config', 'flag', 'scale', 'migration', 'other']).default('deploy'),
  service: z.string().min(1).max(100),
  /** What it is at now: a version, a commit. */
  version: z.string().max(200).optional(),
  title: z.string().min(1).max(200).optional(),
  state: z.enum(['started', 'finished', 'failed']).default('finished'),
  /** A page about it: the pipeline's run, the pull request. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  /** Who did it, when not who posts it. */
  by: z.string().max(200).optional(),
  /** When, ISO 8601; now by default. */
  time: z.iso.datetime({ offset: true }).optional(),
});
export type NewChange = z.infer<typeof newChange>;

/** The event, and what looks wrong with it. */
export const changeAnswer = ledgerEvent.extend({ warning: z.string().optional() });

/** `GET /nines/v1/changes`: newest first. */
export const changesQuery = z.object({
  service: z.string().max(100).optional(),
  kind: newChange.shape.kind.unwrap().optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** Only changes before this marker. */
  marker: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
export const changesPage = z.object({
  changes: z.array(ledgerEvent),
  /** Pass as `marker` for the next page; null on the last. */
  marker: z.number().int().nullable(),
});
