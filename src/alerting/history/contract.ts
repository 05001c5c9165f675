import { z } from 'zod';
import { severity } from '../../catalog/contract.ts';
import { notification } from '../../delivery/contract.ts';

const entry = z.object({ time: z.iso.datetime(), kind: z.string(), title: z.string(), actor: z.string() });

/** `GET /nines/v1/alerts/:fingerprint/history`: what an alert did, and every message that it caused. Newest first. */
export const alertHistory = z.object({
  fingerprint: z.string(),
  rule: z.string(),
  service: z.string().nullable(),
  severity,
  labels: z.record(z.string(), z.string()),
  firings: z.array(
    z.object({
      firedAt: z.iso.datetime(),
      /** Null while it fires. */
      resolvedAt: z.iso.datetime().nullable(),
      summary: z.string(),
      value: z.number().nullable(),
    }),
  ),
  /** Each page that it was part of, what happened to it, and who was told by which way. */
  pages: z.array(z.object({ id: z.string(), subject: z.string(), events: z.array(entry), notifications: z.array(notification) })),
});
export type AlertHistory = z.infer<typeof alertHistory>;
