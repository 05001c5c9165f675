import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const REFERENCE = /^\$\{([A-Za-z_]\w{0,199})\}$/;

/** A secret in a document is never written down there: `${NAME}` says where in the environment it is. */
export const secretText = z
  .string()
  .regex(REFERENCE, "name a variable of the environment, such as '${JOB_TOKEN}': secrets are not written into documents");

/** The variable's value; undefined where it is not set, or empty: what has no secret lets nobody in. */
export function secretOf(reference: string | undefined, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const name = REFERENCE.exec(reference ?? '')?.[1];
  return (name !== undefined && environment[name]) || undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** In constant time, whatever the lengths are. */
export const sameSecret = (given: string, right: string): boolean => timingSafeEqual(digest(given), digest(right));
