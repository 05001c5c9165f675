import type { z } from 'zod';
import { Problem } from '../problem.ts';
import type { Access, Principal } from './route.ts';

/** What a schema makes of a request's part; throws a 400 Problem that names each field that is wrong. */
export function parseInput(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 20).map((issue) => ({ field: [where, ...issue.path].join('.'), problem: issue.message }));
  throw new Problem(400, 'bad-request', problems.map(({ field, problem }) => `${field}: ${problem}`).join('; '), { extra: { problems } });
}

/** Why someone may not: 401 where nobody said who they are, else 403. */
export function refusal(principal: Principal, access: Access): Problem {
  if (principal.kind === 'anonymous') {
    return new Problem(401, 'unauthenticated', 'Sign in, or send a token: Authorization: Bearer <token>.', { extra: { needs: access } });
  }
  return new Problem(
    403,
    'forbidden',
    `This needs the right '${access}', and ${principal.name} has '${principal.role ?? 'none'}'. Ask an admin.`,
    { extra: { needs: access } },
  );
}
