import type { z } from 'zod';
import { badRequest } from '../../platform/problem.ts';
import type { Refused } from './integration-type.ts';

const MOST_PROBLEMS = 20;

/** @throws Problem 400 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message.slice(0, 200)}.`);
  }
}

/** `alerts[3].labels.a`. */
export const fieldOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step).slice(0, 100)}`)).join('').replace(/^\./, ''); // prettier-ignore

export function problemsOf(error: z.ZodError, before: readonly PropertyKey[] = []): Refused[] {
  return error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => ({ field: fieldOf([...before, ...path]) || 'body', problem: message }));
} // prettier-ignore

/** @throws Problem 400 that says where it is wrong */
export function readAs<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw refusal(problemsOf(read.error));
}

export const refusal = (problems: readonly Refused[], taken = ''): Error =>
  badRequest(`${problems.slice(0, 5).map(({ field, problem }) => `${field}: ${problem}`).join('; ')}.${taken}`, { problems: problems.slice(0, MOST_PROBLEMS) }); // prettier-ignore

/** Each that fits the schema; the others by their places. */
export function readEach<T>(schema: z.ZodType<T>, values: readonly unknown[], name: string): { good: T[]; refused: Refused[] } {
  const good: T[] = [];
  const refused: Refused[] = [];
  values.forEach((value, i) => {
    const read = schema.safeParse(value);
    if (read.success) good.push(read.data);
    else
      refused.push(
        ...problemsOf(
          read.error,
          [name, i].filter((step) => step !== ''),
        ).slice(0, 1),
      );
  });
  return { good, refused };
}
