import { z } from 'zod';

export const role = z.enum(['viewer', 'responder', 'admin']);
export const tokenScope = z.enum(['viewer', 'responder', 'admin', 'intake']);

/** Who am I: `GET /nines/v1/me`. */
export const me = z.object({
  kind: z.enum(['account', 'token']),
  name: z.string(),
  email: z.string().nullable(),
  role: z.enum(['viewer', 'responder', 'admin', 'intake']),
  /** The Person document this account stands for (same e-mail address), if any. */
  person: z.string().nullable(),
});
export type Me = z.infer<typeof me>;

/** `POST /nines/v1/session` → 204 and a cookie. */
export const signIn = z.strictObject({ email: z.string().max(320), password: z.string().min(1).max(4096) });

/** `GET /nines/v1/setup` → whether the first admin is still to be made (public); `POST` with the one-time token makes it. */
export const setupState = z.object({ needed: z.boolean() });
export const setup = z.strictObject({
  token: z.string().max(200),
  name: z.string().min(1).max(200),
  email: z.email().max(320),
  password: z.string().min(1).max(4096),
});

export const passwordChange = z.strictObject({ current: z.string().max(4096), next: z.string().min(1).max(4096) });

export const account = z.object({ id: z.string(), name: z.string(), email: z.string(), role, createdAt: z.iso.datetime() });
export type Account = z.infer<typeof account>;
export const newAccount = z.strictObject({
  name: z.string().min(1).max(200),
  email: z.email().max(320),
  password: z.string().min(1).max(4096),
  role,
});
export const accountChange = z.strictObject({ role: role.optional(), name: z.string().min(1).max(200).optional() });

export const apiToken = z.object({
  id: z.string(),
  name: z.string(),
  scope: tokenScope,
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
});
export type ApiToken = z.infer<typeof apiToken>;
export const newToken = z.strictObject({
  name: z.string().min(1).max(100),
  scope: tokenScope,
  expiresInDays: z.number().int().min(1).max(3650).optional(),
});
/** The only time that the secret is shown. */
export const newTokenAnswer = apiToken.extend({ secret: z.string() });
