import { z } from 'zod';

/** `GET /nines/v1/backups/:name`. */
export const backupState = z.object({
  name: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  /** Where it is, on the machine that nines runs on. */
  folder: z.string(),
  startedAt: z.iso.datetime(),
  /** Null until it is done. */
  bytes: z.number().nullable(),
  seconds: z.number().nullable(),
  /** Why it failed. */
  problem: z.string().nullable(),
});
export const backupStates = z.object({ backups: z.array(backupState) });
export type BackupState = z.infer<typeof backupState>;
