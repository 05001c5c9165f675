import { z } from 'zod';

const time = z.iso.datetime().nullable();

/** Someone else who tells of alerts: `GET /nines/v1/integrations`. */
export const integration = z.object({
  name: z.string(),
  title: z.string(),
  type: z.string(),
  description: z.string(),
  service: z.string().nullable(),
  /** Where it sends, and what its settings are to be called there. */
  address: z.string(),
  /** Whether there is a secret that it can show: of the environment, or a key made by nines. */
  secret: z.enum(['environment', 'key', 'missing', 'none']),
  taken: z.number().int(),
  refused: z.number().int(),
  lastEventAt: time,
  lastEvent: z.string().nullable(),
  lastErrorAt: time,
  lastError: z.string().nullable(),
});
export type Integration = z.infer<typeof integration>;

export const integrationsAnswer = z.object({ integrations: z.array(integration) });
/** The key is in this answer and never again. */
export const integrationKey = z.object({ name: z.string(), key: z.string(), address: z.string() });
export type IntegrationKey = z.infer<typeof integrationKey>;
